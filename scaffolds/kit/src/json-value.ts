import type { Json } from '@counterpart/schemas';

export type Members = { readonly [key: string]: Json };

/** What the text says. Throws SyntaxError when it is not JSON; the cast is safe, for parsing makes nothing but JSON. */
export const parseJson = (text: string): Json => JSON.parse(text) as Json;

/** True for a JSON object: no list, not null. */
export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for a JSON list; unlike `Array.isArray` it keeps the items' type. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);
