import { z } from 'zod';

/** A value of JSON. A whole number beyond 2^53 is a bigint where it must keep its digits (`exact-json.ts`). */
export type Json =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A JSON Schema 2020-12 document or a part of one. Its references are `#/$defs/<name>` only. */
export type JsonSchema = boolean | { readonly [keyword: string]: Json };

export const JsonSchema: z.ZodType<JsonSchema> = z.union([z.boolean(), z.record(z.string(), z.json())]);
export const JsonValue = z.json() as z.ZodType<Json>;

/** Characters of canonical JSON that are handed on at a time. */
const PIECE_CHARS = 65_536;

/** JSON text with sorted keys and no blanks, so that equal values have equal hashes (RFC 8785 for the values used here). */
export function canonicalJson(value: unknown): string {
  const pieces: string[] = [];
  writeCanonicalJson(value, (piece) => pieces.push(piece));
  return pieces.join('');
}

/** Hands on canonical JSON piece by piece: the text of a large blueprint need never stand in memory as a whole. */
export function writeCanonicalJson(value: unknown, take: (piece: string) => void): void {
  let piece = '';
  const write = (text: string): void => {
    piece += text;
    if (piece.length < PIECE_CHARS) return;
    take(piece);
    piece = '';
  };
  walkCanonical(value, write);
  if (piece !== '') take(piece);
}

function walkCanonical(value: unknown, write: (text: string) => void): void {
  if (value === null || typeof value !== 'object') return write(JSON.stringify(value) ?? 'null');
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      write(index === 0 ? '[' : ',');
      walkCanonical(item, write);
    }
    return write(value.length === 0 ? '[]' : ']');
  }
  const record: Readonly<Record<string, unknown>> = { ...value };
  let isFirst = true;
  for (const key of Object.keys(record).sort()) {
    if (record[key] === undefined) continue;
    write(`${isFirst ? '{' : ','}${JSON.stringify(key)}:`);
    walkCanonical(record[key], write);
    isFirst = false;
  }
  write(isFirst ? '{}' : '}');
}

/** True when two values have the same canonical JSON; no text is made to find out. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null)
    return !isMadeOfParts(a) && !isMadeOfParts(b) && canonicalJson(a) === canonicalJson(b);
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, index) => isSameJson(item, b[index]))
    );
  const ofA = definedMembers(a);
  const ofB = new Map(definedMembers(b));
  return ofA.length === ofB.size && ofA.every(([key, one]) => ofB.has(key) && isSameJson(one, ofB.get(key)));
}

const isMadeOfParts = (value: unknown): boolean => typeof value === 'object' && value !== null;

const definedMembers = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, member]) => member !== undefined);
