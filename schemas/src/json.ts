import { z } from 'zod';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A JSON Schema 2020-12 document or a part of one. Its references are `#/$defs/<name>` only. */
export type JsonSchema = boolean | { readonly [keyword: string]: Json };

export const JsonSchema: z.ZodType<JsonSchema> = z.union([z.boolean(), z.record(z.string(), z.json())]);
export const JsonValue = z.json() as z.ZodType<Json>;

/** JSON text with sorted keys and no blanks, so that equal values have equal hashes (RFC 8785 for the values used here). */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${entries.join(',')}}`;
}
