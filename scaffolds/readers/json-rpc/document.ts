import { hubError, JsonValue, type Json, type JsonObject } from '@counterpart/schemas';
import { parse } from 'yaml';
import { isArray, isObject, pointerSteps, valueAt } from '../openapi/source/json-tree.ts';
import type { SourceText } from '../source.ts';

/** References that lead through more references than this lead nowhere. */
const MOST_STEPS = 32;

/** The value of an OpenRPC document. Throws OPENRPC_UNREADABLE with what is wrong. */
export function parseOpenRpc({ text, location }: SourceText): JsonObject {
  const refuse = (detail: string, cause?: unknown) =>
    hubError('OPENRPC_UNREADABLE', { source: location, detail }, cause === undefined ? undefined : { cause });
  const bare = text.replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = /^\s*\{/.test(bare) ? JSON.parse(bare) : parse(bare, { maxAliasCount: 1_000, schema: 'core' });
  } catch (cause) {
    throw refuse(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), cause);
  }
  const parsed = JsonValue.safeParse(value);
  if (!parsed.success || !isObject(parsed.data)) throw refuse('its root is no object');
  if (!isArray(parsed.data['methods'])) throw refuse('it has no list `methods`');
  return parsed.data;
}

/** What a value is when a reference inside the document stands in its place; undefined for one that leads nowhere. */
export function dereferenced(root: JsonObject, value: Json | undefined): Json | undefined {
  let at = value;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!isObject(at) || typeof at['$ref'] !== 'string') return at;
    const steps = pointerSteps(at['$ref']);
    at = steps === undefined ? undefined : valueAt(root, steps);
  }
  return undefined;
}
