import type { Json } from '@counterpart/schemas';
import { isNumber, isWhole, parseExactJson, wholeNumber } from '@counterpart/schemas/exact-json';

export type Members = { readonly [key: string]: Json };

export { isNumber, isWhole, parseExactJson as parseJson, wholeNumber };

/** True for a JSON object: no list, not null. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for a JSON list; unlike `Array.isArray` it keeps the items' type. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);
