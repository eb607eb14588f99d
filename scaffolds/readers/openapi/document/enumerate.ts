import type { Json, JsonObject, Omission } from '@counterpart/schemas';
import { isObject, listMember, member, objectMember, pointerTo, textMember } from '../source/json-tree.ts';
import type { Nameable } from '../text/names.ts';
import { hintOf } from './hints.ts';
import { Unusable, type Losses } from './omissions.ts';
import { resolveObject, type Located } from './references.ts';

/** An operation of the source before it is read. */
export interface Found extends Nameable {
  readonly tags: readonly string[];
  readonly pathItem: Located<JsonObject>;
  /** Not always an object: what is not one is reported when it is read. */
  readonly operation: Located;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

/** Every operation of a description in its order. Path items that cannot be read, webhooks and the like are reported. */
export function findOperations(root: JsonObject, losses: Losses): Found[] {
  const paths = objectMember(root, 'paths');
  if (!isObject(member(root, 'paths')) && member(root, 'webhooks') === undefined) {
    report(losses, {
      code: 'path-invalid',
      severity: 'notice',
      subject: 'paths',
      reason: 'The description has no `paths` object.',
      pointer: '#',
    });
  }
  reportWebhooks(root, losses);
  return Object.entries(paths).flatMap(([path, value]) => {
    if (path.startsWith('x-')) return [];
    const pointer = pointerTo('#', 'paths', path);
    try {
      const pathItem = resolvePathItem(root, { value, pointer });
      return operationsOf(templateOf(path, pointer, losses), pathItem, root);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      report(losses, {
        code: error.code === 'operation-invalid' ? 'path-invalid' : error.code,
        severity: 'part',
        subject: path,
        reason: `The path ${error.message}.`,
        pointer,
      });
      return [];
    }
  });
}

/** `/users/:id` is how routers of servers write `/users/{id}`. */
function templateOf(path: string, pointer: string, losses: Losses): string {
  const template = path.replaceAll(/(?<=^|\/):([A-Za-z_]\w*)(?=\/|$)/g, '{$1}');
  if (template !== path)
    report(losses, {
      code: 'guessed',
      severity: 'notice',
      subject: path.slice(0, 200),
      reason: `It is taken for ${template.slice(0, 200)}.`,
      pointer,
    });
  return template;
}

function report(losses: Losses, { pointer, ...loss }: Omit<Omission, 'source'> & { pointer: string }): void {
  losses.add({ ...loss, source: { pointer } });
}

/** A path item whose `$ref` is followed; what stands beside the reference counts first. */
function resolvePathItem(root: JsonObject, at: Located): Located<JsonObject> {
  const target = resolveObject(root, at);
  if (target.pointer === at.pointer || !isObject(at.value)) return target;
  const hasOwn = Object.keys(at.value).some(
    (key) => key !== '$ref' && key !== 'summary' && key !== 'description',
  );
  return hasOwn ? { value: { ...target.value, ...at.value }, pointer: at.pointer } : target;
}

/**
 * What a reference in the place of an operation leads to: no version of the format has such references, and descriptions of
 * many files are full of them. One that leads nowhere stays, and is reported when it is read.
 */
function resolveOperation(root: JsonObject, at: Located): Located {
  try {
    return textMember(at.value, '$ref') === undefined ? at : resolveObject(root, at);
  } catch (error) {
    if (error instanceof Unusable) return at;
    throw error;
  }
}

function operationsOf(path: string, pathItem: Located<JsonObject>, root: JsonObject): Found[] {
  const fixed = METHODS.map((key) => ({ method: key.toUpperCase(), keys: [key] }));
  const additional = Object.keys(objectMember(pathItem.value, 'additionalOperations')).map((key) => ({
    method: key.toUpperCase(),
    keys: ['additionalOperations', key],
  }));
  return [...fixed, ...additional].flatMap(({ method, keys }): Found[] => {
    const given = keys.reduce<Json | undefined>((at, key) => member(at, key), pathItem.value);
    if (given === undefined) return [];
    const operation = resolveOperation(root, { value: given, pointer: pointerTo(pathItem.pointer, ...keys) });
    const { value } = operation;
    const tags = listMember(value, 'tags').filter((tag) => typeof tag === 'string');
    return [
      {
        method,
        path,
        operationId: textMember(value, 'operationId'),
        hint: hintOf(value, 'name'),
        tag: tags[0],
        tags,
        pathItem,
        operation,
      },
    ];
  });
}

/** Webhooks listed by name; more are counted. */
const MAX_WEBHOOKS = 50;

function reportWebhooks(root: JsonObject, losses: Losses): void {
  for (const keyword of ['webhooks', 'x-webhooks']) {
    const names = Object.keys(objectMember(root, keyword));
    const reason = 'Webhooks are called by the service; they are no tools.';
    for (const name of names.slice(0, MAX_WEBHOOKS))
      report(losses, {
        code: 'webhook',
        severity: 'notice',
        subject: `webhook ${name}`,
        reason,
        pointer: pointerTo('#', keyword, name),
      });
    if (names.length > MAX_WEBHOOKS)
      report(losses, {
        code: 'webhook',
        severity: 'notice',
        subject: `${names.length - MAX_WEBHOOKS} more webhooks`,
        reason,
        pointer: pointerTo('#', keyword),
      });
  }
}
