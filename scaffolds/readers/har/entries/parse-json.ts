import type { Json } from '@counterpart/schemas';

/** The value of a JSON text; undefined where it does not parse. */
export function parsedJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What a parser of JSON makes is JSON: only its type has to be said. */
const isJson = (value: unknown): value is Json => value !== undefined;
