import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, own } from '../../schema/json-value.ts';

const MAX_DEPTH = 64;

/** RFC 7396, section 2: members of objects are merged, `null` removes one when `removes` says so. */
export function mergePatch(target: Json | undefined, patch: Json, removes: boolean, depth = 0): Json {
  if (!isObject(patch) || depth > MAX_DEPTH) return patch;
  const members = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null && removes) members.delete(name);
    else members.set(name, mergePatch(members.get(name), value, removes, depth + 1));
  }
  return Object.fromEntries(members);
}

/** A value with every step of a JSON Patch applied, or why it cannot be. */
export type Patched =
  | { readonly kind: 'patched'; readonly value: Json }
  | { readonly kind: 'failed'; readonly reason: string };

const tokensOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

function valueAt(root: Json | undefined, tokens: readonly string[]): Json | undefined {
  let value = root;
  for (const token of tokens) {
    value = isArray(value) ? value[Number(token)] : isObject(value) ? own(value, token) : undefined;
  }
  return value;
}

/** A copy with the place at `tokens` changed; undefined when the path leads nowhere. */
function changed(
  root: Json | undefined,
  tokens: readonly string[],
  change: { readonly op: 'add' | 'replace' | 'remove'; readonly value?: Json },
): Json | undefined {
  const [token, ...rest] = tokens;
  if (token === undefined) return change.value;
  if (isArray(root)) return changedList(root, token, rest, change);
  if (!isObject(root)) return undefined;
  if (rest.length > 0) {
    const inner = changed(own(root, token), rest, change);
    return inner === undefined ? undefined : { ...root, [token]: inner };
  }
  if (change.op !== 'add' && !Object.hasOwn(root, token)) return undefined;
  const { [token]: _gone, ...others } = root;
  return change.op === 'remove' || change.value === undefined ? others : { ...root, [token]: change.value };
}

function changedList(
  list: readonly Json[],
  token: string,
  rest: readonly string[],
  change: Parameters<typeof changed>[2],
): Json | undefined {
  const index = token === '-' ? list.length : Number(token);
  const limit = change.op === 'add' && rest.length === 0 ? list.length : list.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > limit) return undefined;
  if (rest.length > 0) {
    const inner = changed(list[index], rest, change);
    return inner === undefined ? undefined : list.with(index, inner);
  }
  if (change.op === 'remove' || change.value === undefined) return list.toSpliced(index, 1);
  return list.toSpliced(index, change.op === 'add' ? 0 : 1, change.value);
}

const pointerOf = (step: JsonObject, name: string): string =>
  typeof step[name] === 'string' ? step[name] : '';

const isEqual = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function transfer(
  root: Json,
  path: readonly string[],
  from: readonly string[],
  moves: boolean,
): Json | undefined {
  const moved = valueAt(root, from);
  const without = moves ? changed(root, from, { op: 'remove' }) : root;
  if (moved === undefined || without === undefined) return undefined;
  return changed(without, path, { op: 'add', value: moved });
}

function applyOne(root: Json, step: JsonObject): Json | undefined {
  const path = tokensOf(pointerOf(step, 'path'));
  const from = tokensOf(pointerOf(step, 'from'));
  const { op, value } = step;
  if (op === 'add' || op === 'replace')
    return value === undefined ? undefined : changed(root, path, { op, value });
  if (op === 'remove') return changed(root, path, { op });
  if (op === 'test') return isEqual(valueAt(root, path), value) ? root : undefined;
  return op === 'copy' || op === 'move' ? transfer(root, path, from, op === 'move') : undefined;
}

/** RFC 6902: every step in order, or none of them. */
export function jsonPatch(target: Json, steps: readonly Json[]): Patched {
  let value = target;
  for (const [index, step] of steps.entries()) {
    const next = isObject(step) ? applyOne(value, step) : undefined;
    if (next === undefined) {
      const path = isObject(step) && typeof step['path'] === 'string' ? ` at ${step['path']}` : '';
      return { kind: 'failed', reason: `Step ${index + 1}${path} cannot be applied.` };
    }
    value = next;
  }
  return { kind: 'patched', value };
}
