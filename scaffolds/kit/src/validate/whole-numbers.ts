import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../json-value.ts';
import { check } from './check.ts';
import type { Path } from './problem.ts';
import type { Keywords } from './schema.ts';

const MANY_DIGITS = /^-?\d{16,}$/;

function withNumberAt(value: Json, path: Path, number: bigint): Json {
  const [key, ...rest] = path;
  if (key === undefined) return number;
  if (isList(value))
    return value.map((item, index) => (index === key ? withNumberAt(item, rest, number) : item));
  return isMembers(value) ? { ...value, [key]: withNumberAt(value[key] ?? null, rest, number) } : value;
}

/**
 * Clients that cannot hold a whole number beyond 2^53 may give its digits as a text (0125): the value with such texts as numbers, wherever
 * a text does not fit; the value itself where there are none.
 */
export function withWholeNumbers(schema: Keywords, value: Json): Json {
  let numbered = value;
  for (const { keyword, path, found } of check(schema, value))
    if (keyword === 'type' && typeof found === 'string' && MANY_DIGITS.test(found))
      numbered = withNumberAt(numbered, path, BigInt(found));
  return numbered;
}
