import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../../json-value.ts';

const MANY = /\d{16}/;

function firstIn(value: Json): bigint | undefined {
  if (typeof value === 'bigint') return value;
  const inner = isList(value) ? value : isMembers(value) ? Object.values(value) : [];
  for (const one of inner) {
    const found = firstIn(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * How to pass on a number that clients in JavaScript round in what a model writes (0125), where the value has one; `text` is the value as
 * JSON, by which most answers are known to have none.
 */
export function digitsNote(value: Json, text: string): string | undefined {
  const number = MANY.test(text) ? firstIn(value) : undefined;
  return number === undefined
    ? undefined
    : `Note: many clients round numbers as long as ${number}. Pass such a number on as a text: "${number}".`;
}
