import type { Json, JsonObject } from '@counterpart/schemas';

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own member; what a prototype offers (`constructor`, `__proto__`) is never found. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** An own member that is an object, or an empty one. */
export function objectMember(value: Json | undefined, key: string): JsonObject {
  const found = member(value, key);
  return isObject(found) ? found : {};
}

/** An own member that is a text. */
export function textMember(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** An own member that is a list, or an empty one. */
export function listMember(value: Json | undefined, key: string): readonly Json[] {
  const found = member(value, key);
  return isArray(found) ? found : [];
}

/** The texts of a list; everything else in it is passed over. */
export function texts(values: readonly Json[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

/** A pointer (`#/a/b`) one step further (RFC 6901). */
export function pointerTo(pointer: string, ...keys: readonly (string | number)[]): string {
  return [pointer, ...keys.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}

/** Steps of a pointer such as `#/a/b`; undefined when it is not one. */
export function pointerSteps(pointer: string): string[] | undefined {
  if (pointer === '#') return [];
  if (!pointer.startsWith('#/')) return undefined;
  return pointer.slice(2).split('/').map(decodeStep);
}

function decodeStep(step: string): string {
  return percentDecoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What is at these steps; undefined when nothing is. */
export function valueAt(root: Json, steps: readonly string[]): Json | undefined {
  let at: Json | undefined = root;
  for (const step of steps) {
    if (isArray(at)) at = /^\d+$/.test(step) ? at[Number(step)] : undefined;
    else at = member(at, step);
    if (at === undefined) return undefined;
  }
  return at;
}
