import { isNumber, isWhole } from '@counterpart/schemas/exact-json';
import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject } from '../source/json-tree.ts';

const MAX_DEPTH = 6;

/** What an example shows of its own shape: types, members and, by its first item, what a list holds. */
export function schemaOf(example: Json, depth = MAX_DEPTH): JsonObject {
  if (example === null || depth === 0) return {};
  if (isArray(example)) {
    const [first] = example;
    return { type: 'array', items: first === undefined ? {} : schemaOf(first, depth - 1) };
  }
  if (isObject(example)) {
    const members = Object.entries(example).filter(([name]) => name !== '__proto__');
    return {
      type: 'object',
      properties: Object.fromEntries(members.map(([name, value]) => [name, schemaOf(value, depth - 1)])),
    };
  }
  if (isNumber(example)) return { type: isWhole(example) ? 'integer' : 'number' };
  if (typeof example === 'boolean') return { type: 'boolean' };
  return { type: 'string', ...(/^https?:\/\//.test(example) ? { format: 'uri' } : {}) };
}
