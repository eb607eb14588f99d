import type { JsonMembers } from '../ports.ts';
import { isMembers, membersOf } from './members.ts';

/** Text in which a number may stand that no double holds: many digits, a large exponent, minus zero. */
const DELICATE = /\d{16}|[\d.]{17}|\d[eE][+-]?\d{3}|-0(?:\.0*)?[\s,\]}]/;

/** Members of JSON that TypeScript's library does not know yet (ECMAScript 2026; Node 22 and later). */
interface SourceJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  /** A value that `JSON.stringify` writes as this very text. */
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}

/** The one place where JSON is taken for what it is in the Node versions this package runs on. */
const sourceJson = JSON as unknown as SourceJson;

const isExact = (value: number, source: string): boolean =>
  Number.isFinite(value) &&
  !Object.is(value, -0) &&
  (String(value) === source || source.replace(/\D/g, '').length < 16);

/** Most arguments are a few words, for which a look at each is far cheaper than a search through the text. */
const LOOKED_AT = 8;

/** False when none of these members is a number; true, too, when there are many or one is no plain value. */
function mayHoldNumber(members: JsonMembers): boolean {
  const values = Object.values(members);
  return (
    values.length > LOOKED_AT ||
    values.some((value) => typeof value === 'number' || (typeof value === 'object' && value !== null))
  );
}

/** The text of a number that was kept as it came; undefined for everything else. */
export const exactText = (value: unknown): string | undefined =>
  sourceJson.isRawJSON(value) ? value.rawJSON : undefined;

/** JSON in which a number that a double would change stands for its own text. Throws what `JSON.parse` throws. */
export const parseExact = (text: string): unknown => (DELICATE.test(text) ? exactly(text) : JSON.parse(text));

const exactly = (text: string): unknown =>
  sourceJson.parse(text, (_key, part, { source }) =>
    typeof part === 'number' && source !== undefined && !isExact(part, source)
      ? sourceJson.rawJSON(source)
      : part,
  );

/** JSON as programs have it that know doubles only: a whole number beyond 2^53 is the text of its digits (0125). */
export const parsePlain = (json: string): unknown => JSON.parse(withDigitsAsText(json));

/** The same JSON for such programs. */
export const withDigitsAsText = (json: string): string =>
  /\d{16}/.test(json) ? JSON.stringify(sourceJson.parse(json, digitsAsText)) : json;

const digitsAsText = (_key: string, part: unknown, { source }: { source?: string }): unknown =>
  typeof part === 'number' && !Number.isSafeInteger(part) && source !== undefined && /^-?\d+$/.test(source)
    ? source
    : part;

/**
 * A client's frame, parsed. A number of a call's arguments, or an id, that a double would change stands for its own text, and is
 * written so again; everywhere else numbers are numbers. Throws what `JSON.parse` throws.
 */
export function parseFrame(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) return parseBatch(text, value);
  const { id, params } = membersOf(value);
  if (typeof id === 'number' && !Number.isSafeInteger(id))
    Object.assign(membersOf(value), { id: exactIn(text, id) });
  if (!isMembers(params) || !isMembers(params['arguments'])) return value;
  if (!mayHoldNumber(params['arguments']) || !DELICATE.test(text)) return value;
  params['arguments'] = membersOf(membersOf(exactly(text))['params'])['arguments'];
  return value;
}

/** A batch (2025-03-26): each of its messages as a frame of its own. */
function parseBatch(text: string, messages: readonly unknown[]): unknown {
  if (!DELICATE.test(text)) return messages;
  const exact = exactly(text);
  return (Array.isArray(exact) ? exact : []).map((message: unknown) =>
    Array.isArray(message) ? message : parseFrame(JSON.stringify(message)),
  );
}

/** An id that is a whole number keeps its digits: a client knows its answer by them. */
const exactIn = (text: string, id: number): unknown =>
  Number.isInteger(id) ? membersOf(exactly(text))['id'] : id;
