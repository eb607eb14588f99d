import { isTree, type Tree } from './tree.ts';

/** An operation of a description by its place there. */
export interface OperationPlace {
  readonly path: string;
  /** As the description has it, in lower case. */
  readonly method: string;
}

/** Members of a path item that all its operations share. */
const SHARED = new Set(['parameters', 'servers', 'summary', 'description', '$ref']);

/** What belongs to the description as a whole and is kept as it is. */
const WHOLE = [
  'openapi',
  'swagger',
  'info',
  'servers',
  'host',
  'basePath',
  'schemes',
  'consumes',
  'produces',
  'security',
  'securityDefinitions',
] as const;

/**
 * The same description with these operations alone and what they refer to, so that a referee that reads references
 * eagerly can load a part of one that is too large for it. Nothing is changed but references to nothing, which become
 * `{}`, since such a document would not load at all, and fragments of path keys, which are cut. The caller keeps operations
 * of one method and route in different slices.
 */
export function sliceDescription(root: Tree, places: readonly OperationPlace[]): Tree {
  const slice: Tree = {};
  for (const key of WHOLE) if (key in root) slice[key] = root[key];
  const schemes = at(root, ['components', 'securitySchemes']);
  if (schemes !== undefined) put(slice, ['components', 'securitySchemes'], schemes);
  const copy = createCopier(root, slice);
  const paths: Tree = {};
  for (const [path, item] of Object.entries(isTree(root['paths']) ? root['paths'] : {})) {
    const methods = new Set(places.filter((place) => place.path === path).map(({ method }) => method));
    if (methods.size === 0 || !isTree(item)) continue;
    const kept = Object.entries(item).filter(([key]) => SHARED.has(key) || methods.has(key.toLowerCase()));
    const copied = Object.fromEntries(kept.map(([key, value]) => [key, copy(value)]));
    const route = routeOf(path);
    const known = paths[route];
    paths[route] = isTree(known) ? { ...known, ...copied } : copied;
  }
  slice['paths'] = paths;
  if (schemes !== undefined) put(slice, ['components', 'securitySchemes'], copy(schemes));
  return slice;
}

/** The part of a path's key that is sent: a fragment only tells apart what shares a route (as in Box's description). */
export const routeOf = (path: string): string => path.split('#')[0] ?? path;

/** Copies a value and, once each, whatever its references lead to, to the same place in `slice`. */
function createCopier(root: Tree, slice: Tree): (value: unknown) => unknown {
  const seen = new Set<string>();
  const pending: string[] = [];
  let draining = false;
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isTree(value)) return value;
    const { $ref } = value;
    if (typeof $ref === 'string') {
      if (!$ref.startsWith('#/') || at(root, tokensOf($ref)) === undefined) return {};
      if (!seen.has($ref)) {
        seen.add($ref);
        pending.push($ref);
      }
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  const drain = (): void => {
    if (draining) return;
    draining = true;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const tokens = tokensOf(next);
      put(slice, tokens, walk(at(root, tokens)));
    }
    draining = false;
  };
  return (value) => {
    const copied = walk(value);
    drain();
    return copied;
  };
}

const tokensOf = (reference: string): string[] =>
  reference
    .slice(2)
    .split('/')
    .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'));

function at(root: Tree, tokens: readonly string[]): unknown {
  let node: unknown = root;
  for (const token of tokens) {
    if (Array.isArray(node)) node = node[Number(token)];
    else if (isTree(node) && Object.hasOwn(node, token)) node = node[token];
    else return undefined;
  }
  return node;
}

/** A reference into a list (`#/paths/…/parameters/0`) finds its list as an object of the same keys: good enough for a resolver. */
function put(root: Tree, tokens: readonly string[], value: unknown): void {
  let node = root;
  for (const token of tokens.slice(0, -1)) {
    const inner = node[token];
    if (isTree(inner)) node = inner;
    else if (Array.isArray(inner)) return;
    else {
      const made: Tree = {};
      node[token] = made;
      node = made;
    }
  }
  const last = tokens.at(-1);
  if (last !== undefined && !(last in node)) node[last] = value;
}
