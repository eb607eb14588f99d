import type { Json } from '@counterpart/schemas';
import type { Members } from '../../json-value.ts';

/** A value as text inside a URL, a header or a form: scalars as they read, lists and objects as JSON. */
export function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Members that say something: null has no form in a URL and is left out (RFC 6570, "undefined"). */
export function definedEntries(value: Members): [string, Json][] {
  return Object.entries(value).filter(([, member]) => member !== null);
}

export const definedItems = (value: readonly Json[]): Json[] => value.filter((item) => item !== null);
