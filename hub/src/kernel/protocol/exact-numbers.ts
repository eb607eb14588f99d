import type { JsonMembers } from '../ports.ts';
import { isMembers } from './members.ts';

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

/** Most members are a few words, for which a look at each is far cheaper than a search through the text. */
const LOOKED_AT = 8;

/** False when none of these members is a number; true, too, when there are many or one is no plain value. */
function mayHoldNumber(members: JsonMembers): boolean {
  const values = Object.values(members);
  return (
    values.length > LOOKED_AT ||
    values.some((value) => typeof value === 'number' || (typeof value === 'object' && value !== null))
  );
}

/** Whether there is more than words in what belongs neither to the arguments nor to MCP itself. Without arrays of pairs: every call is looked at. */
function mayHoldElsewhere(params: JsonMembers): boolean {
  for (const name of Object.keys(params)) {
    const value = params[name];
    if (typeof value === 'string' || name === 'arguments') continue;
    if (name !== '_meta' || mayHoldInMeta(value)) return true;
  }
  return false;
}

function mayHoldInMeta(meta: unknown): boolean {
  if (!isMembers(meta)) return false;
  for (const key of Object.keys(meta)) {
    const value = meta[key];
    if (typeof value === 'string' || Number.isSafeInteger(value)) continue;
    if (!key.startsWith('io.modelcontextprotocol/')) return true;
  }
  return false;
}

/** The text of a number that was kept as it came; undefined for everything else. */
export const exactText = (value: unknown): string | undefined =>
  sourceJson.isRawJSON(value) ? value.rawJSON : undefined;

/** A number, also one that was kept as it came, as a double; undefined for everything else. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const text = exactText(value);
  return text === undefined ? undefined : Number(text);
}

/** A value that `JSON.stringify` writes as this very text, which must be that of a number, a string, a boolean or null. */
export const asWritten = (text: string): object => sourceJson.rawJSON(text);

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
 * A client's frame, parsed. A number that a double would change stands for its own text, and is written so again. Throws what
 * `JSON.parse` throws.
 */
export function parseFrame(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) return parseBatch(text, value);
  return isMembers(value) && mayBeDelicate(value) && DELICATE.test(text) ? exactly(text) : value;
}

function mayBeDelicate({ id, method, params }: JsonMembers): boolean {
  if (method === undefined || (typeof id === 'number' && !Number.isSafeInteger(id))) return true;
  if (!isMembers(params)) return false;
  const { arguments: given } = params;
  return (isMembers(given) && mayHoldNumber(given)) || mayHoldElsewhere(params);
}

/** A batch (2025-03-26): each of its messages as a frame of its own. */
function parseBatch(text: string, messages: readonly unknown[]): unknown {
  if (!DELICATE.test(text)) return messages;
  const exact = exactly(text);
  return (Array.isArray(exact) ? exact : []).map((message: unknown) =>
    Array.isArray(message) ? message : parseFrame(JSON.stringify(message)),
  );
}
