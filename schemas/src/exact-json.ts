import type { Json } from './json.ts';

/** As many digits as a whole number that no double holds must have: the first is 2^53 + 1, 9007199254740993. */
const LONG = /\d{16}/;
/** Longer ones name nothing, and a million digits would take a second to read and write. */
const WHOLE = /^-?\d{1,1000}$/;

type Reviver = (key: string, value: Json, context: { readonly source?: string }) => Json;

/** What Node 22 and later can do with JSON and TypeScript's library does not know yet (ECMAScript 2026, 25.5). */
interface SourceJson {
  parse(text: string, reviver: Reviver): Json;
  /** A value that `JSON.stringify` writes as this very text. */
  rawJSON(text: string): object;
}
const sourceJson = JSON as unknown as SourceJson;

// `JSON.stringify` asks a value for its form in JSON and throws for a bigint, which has none. It gets one by the one place that makes them
// of JSON (0125).
if (!('toJSON' in BigInt.prototype))
  // oxlint-disable-next-line no-extend-native
  Object.defineProperty(BigInt.prototype, 'toJSON', {
    value(this: bigint): object {
      return sourceJson.rawJSON(String(this));
    },
    configurable: true,
    writable: true,
  });

const exactly: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && WHOLE.test(source)
    ? BigInt(source)
    : value;

/**
 * What the text says, a whole number beyond 2^53 as a bigint: as a double it would be another number, and as an id another record.
 * `JSON.stringify` writes it as it came. Throws SyntaxError when the text is not JSON.
 */
export const parseExactJson = (text: string): Json =>
  LONG.test(text) ? sourceJson.parse(text, exactly) : (JSON.parse(text) as Json); // parsing makes nothing but JSON

/** The same value with doubles only, as validators take it. */
export const inDoubles = (value: Json): Json => withLongNumbers(value, Number);

/** The same value for who knows doubles only: what they cannot hold is the text of its digits. */
export const inDigits = (value: Json): Json => withLongNumbers(value, String);

/** Most values hold no such number and are not copied. */
function withLongNumbers(value: Json, change: (long: bigint) => Json): Json {
  if (typeof value === 'bigint') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  const inner = (item: Json): Json => withLongNumbers(item, change);
  if (isList(value)) {
    const items = value.map(inner);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const members = Object.entries(value).map(([key, member]): [string, Json] => [key, inner(member)]);
  const isSame = members.every(([key, member]) => member === value[key]);
  return isSame ? value : Object.fromEntries(members);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A whole number, or its digits: a number where a double holds it, else a bigint. Throws SyntaxError for other text. */
export function wholeNumber(whole: string | bigint): number | bigint {
  const number = Number(whole);
  return Number.isSafeInteger(number) ? number : BigInt(whole);
}

/** True for a number of JSON. */
export const isNumber = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** True for a number without a fraction, however large. */
export const isWhole = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || Number.isInteger(value);

/** True for the text of a number with a fraction; its double may have none: 9007199254740993.5 is 9007199254740994. */
export const hasFraction = (text: string): boolean => /^\s*[+-]?\d*\.\d*[1-9]\d*\s*$/.test(text);
