import { isObject } from '@counterpart/scaffolds/mirror/schema/json-value';
import type { Json, JsonObject } from '@counterpart/schemas';

/** What was parsed from JSON and kept its members under another type; the cast is safe for nothing else. */
export const asJson = (value: unknown): Json => value as Json;

/** The same where it is an object; an empty one where it is not. */
export function jsonObject(value: unknown): JsonObject {
  const json = asJson(value);
  return isObject(json) ? json : {};
}
