import { isTree, METHODS, type Tree } from './tree.ts';

/**
 * The description with every answer's schema replaced by an example of nothing, its statuses and media types kept: a
 * referee that judges requests need not read answers, and on some descriptions that takes it minutes.
 */
export function withoutAnswerSchemas(root: Tree): Tree {
  const paths = isTree(root['paths']) ? root['paths'] : {};
  return { ...root, paths: mapValues(paths, (item) => (isTree(item) ? cutItem(root, item) : item)) };
}

const cutItem = (root: Tree, item: Tree): Tree =>
  mapValues(item, (value, key) => (METHODS.has(key) && isTree(value) ? cutOperation(root, value) : value));

function cutOperation(root: Tree, operation: Tree): Tree {
  const produces = operation['produces'] ?? root['produces'];
  const responses = isTree(operation['responses']) ? operation['responses'] : {};
  const cut = mapValues(responses, (response) => {
    const whole = follow(root, response);
    const description = 'An answer.';
    if ('swagger' in root) {
      const types = 'schema' in whole && Array.isArray(produces) ? produces.map(String) : [];
      return { description, examples: Object.fromEntries(types.map((type) => [type, exampleOf(type)])) };
    }
    const content = isTree(whole['content']) ? whole['content'] : {};
    return { description, content: mapValues(content, (_, type) => ({ example: exampleOf(type) })) };
  });
  const body = isTree(operation['requestBody'])
    ? { requestBody: withDefaults(root, operation['requestBody']) }
    : {};
  return { ...operation, ...body, responses: cut, callbacks: undefined, 'x-webhooks': undefined };
}

/**
 * Forms with the encoding of their lists written out. A list without one is written `style: form`, exploded (OpenAPI
 * 3.0.4, 4.8.15.1.1); this referee applies that only where it is said, and calls a list of a form a text otherwise.
 */
function withDefaults(root: Tree, requestBody: Tree): Tree {
  const body = follow(root, requestBody);
  const content = isTree(body['content']) ? body['content'] : {};
  const whole = mapValues(content, (media, type) => {
    if (!isTree(media) || !type.startsWith('application/x-www-form-urlencoded')) return media;
    const { properties } = follow(root, media['schema']);
    const given = isTree(media['encoding']) ? media['encoding'] : {};
    const lists = Object.entries(isTree(properties) ? properties : {}).filter(
      ([, property]) => follow(root, property)['type'] === 'array',
    );
    const defaults = lists.map(([name]): [string, unknown] => [name, { style: 'form', explode: true }]);
    return { ...media, encoding: { ...Object.fromEntries(defaults), ...given } };
  });
  return { ...body, content: whole };
}

const exampleOf = (type: string): unknown => (/\bjson\b/.test(type) ? {} : 'text');

/** What a response is, behind one reference. */
function follow(root: Tree, value: unknown): Tree {
  if (!isTree(value)) return {};
  const { $ref } = value;
  if (typeof $ref !== 'string') return value;
  let node: unknown = root;
  for (const token of $ref.slice(2).split('/')) node = isTree(node) ? node[token] : undefined;
  return isTree(node) ? node : {};
}

const mapValues = (tree: Tree, map: (value: unknown, key: string) => unknown): Tree =>
  Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, map(value, key)]));
