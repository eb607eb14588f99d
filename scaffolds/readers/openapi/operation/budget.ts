import type { Json, JsonSchema, Operation } from '@counterpart/schemas';
import { shortHash } from './keys.ts';
import { HARD_SCHEMA_BYTES, SOFT_SCHEMA_BYTES } from '../source/limits.ts';
import { createReach, mapSubschemas, referencedTypes, renameReferences, type Reach } from '../schema/walk.ts';

interface Fitted {
  readonly operations: Operation[];
  readonly types: Map<string, JsonSchema>;
}

/**
 * Keeps each tool's input schema, with the types it needs, within what clients take: above the soft limit its types lose
 * their descriptions and examples (`<Name>.brief`), above the hard limit the types farthest from the root become open.
 * What was done is noted on the operation. Types that nothing needs any more are left out.
 */
export function fitBudgets(operations: readonly Operation[], types: ReadonlyMap<string, JsonSchema>): Fitted {
  const reach = createReach(types);
  const sizes = createSizes(types, reach);
  const added = new Map<string, JsonSchema>();
  const fitted = operations.map((operation): Operation => {
    if (sizes.total(operation.input) <= SOFT_SCHEMA_BYTES) return operation;
    const brief = briefly(operation.input, types, reach(operation.input));
    const isSmall = sizeWith(brief.schema, brief.types) <= HARD_SCHEMA_BYTES;
    const result = isSmall ? brief : opened(brief.schema, brief.types);
    for (const [name, type] of result.types) added.set(name, type);
    const note = isSmall
      ? 'Descriptions inside the input schema were left out: it was larger than 24 KB.'
      : 'The input schema was larger than 100 KB: its deepest parts accept any value.';
    return { ...operation, input: result.schema, notes: [...(operation.notes ?? []), note] };
  });
  return { operations: fitted, types: needed(fitted, new Map([...types, ...added])) };
}

function createSizes(types: ReadonlyMap<string, JsonSchema>, reach: Reach) {
  const own = new Map<string, number>();
  const sizeOf = (name: string): number => {
    const known = own.get(name) ?? bytes(types.get(name) ?? true) + name.length + 4;
    own.set(name, known);
    return known;
  };
  return {
    total: (schema: JsonSchema): number =>
      [...reach(schema)].reduce((sum, name) => sum + sizeOf(name), bytes(schema) + 12),
  };
}

const bytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

function sizeWith(schema: JsonSchema, types: ReadonlyMap<string, JsonSchema>): number {
  return [...types].reduce((sum, [name, type]) => sum + bytes(type) + name.length + 4, bytes(schema) + 12);
}

interface WithTypes {
  readonly schema: JsonSchema;
  readonly types: ReadonlyMap<string, JsonSchema>;
}

/** Without words inside; the descriptions of the root's own properties stay, they are what a model reads first. */
function briefly(
  input: JsonSchema,
  types: ReadonlyMap<string, JsonSchema>,
  reached: ReadonlySet<string>,
): WithTypes {
  const rename = (name: string): string => `${name}.brief`;
  const brief = [...reached].map((name): [string, JsonSchema] => [
    rename(name),
    renameReferences(silent(types.get(name) ?? true), rename),
  ]);
  const root = mapSubschemas(input, (property) => mapSubschemas(property, silent));
  return { schema: renameReferences(root, rename), types: new Map(brief) };
}

const WORDS = new Set(['title', 'description', 'examples']);

function silent(schema: JsonSchema): JsonSchema {
  const mapped = mapSubschemas(schema, silent);
  if (typeof mapped === 'boolean') return mapped;
  return Object.fromEntries(Object.entries(mapped).filter(([keyword]) => !WORDS.has(keyword)));
}

/** Keeps the types nearest to the root while they fit; those beyond become open, and so does the root's depth if it must. */
function opened(input: JsonSchema, types: ReadonlyMap<string, JsonSchema>): WithTypes {
  const kept = new Set<string>();
  let size = bytes(input) + 12;
  const near = referencedTypes(input);
  for (const name of near) {
    const type = types.get(name) ?? true;
    const next = size + bytes(type) + 2 * name.length + 30;
    if (next > HARD_SCHEMA_BYTES * 0.9) continue;
    size = next;
    kept.add(name);
    referencedTypes(type, near);
  }
  const mark = shortHash([...kept].sort().join(' '), 6);
  const rename = (name: string): string => (kept.has(name) ? `${name}_${mark}` : `${name}.open`);
  const result = new Map<string, JsonSchema>();
  for (const name of near) {
    result.set(
      rename(name),
      kept.has(name) ? renameReferences(types.get(name) ?? true, rename) : openType(types.get(name)),
    );
  }
  const schema = renameReferences(input, rename);
  return sizeWith(schema, result) <= HARD_SCHEMA_BYTES ? { schema, types: result } : shallow(schema, result);
}

function openType(type: JsonSchema | undefined): JsonSchema {
  const kind = type === undefined || typeof type === 'boolean' ? undefined : type['type'];
  return {
    ...(typeof kind === 'string' ? { type: kind } : {}),
    description: 'Not described here: too large.',
  };
}

/** The last resort for a schema that is large by itself: cut at the greatest depth that fits. */
function shallow(input: JsonSchema, types: ReadonlyMap<string, JsonSchema>): WithTypes {
  const reach = createReach(types);
  for (let depth = 8; depth > 1; depth -= 1) {
    const schema = cutAt(input, depth);
    const reached = reach(schema);
    const left = new Map([...types].filter(([name]) => reached.has(name)));
    if (sizeWith(schema, left) <= HARD_SCHEMA_BYTES) return { schema, types: left };
  }
  return { schema: cutAt(input, 1), types: new Map() };
}

function cutAt(schema: JsonSchema, depth: number): JsonSchema {
  return depth === 0 ? openType(schema) : mapSubschemas(schema, (sub) => cutAt(sub, depth - 1));
}

function needed(
  operations: readonly Operation[],
  types: ReadonlyMap<string, JsonSchema>,
): Map<string, JsonSchema> {
  const reached = new Set<string>();
  for (const operation of operations)
    for (const schema of schemasOf(operation)) referencedTypes(schema, reached);
  for (const name of reached) referencedTypes(types.get(name) ?? true, reached);
  return new Map([...types].filter(([name]) => reached.has(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every schema that an operation holds. */
function schemasOf({ input, output, http }: Operation): JsonSchema[] {
  const bodies = http.body?.contents.map(({ schema }) => schema) ?? [];
  const answers = http.responses.flatMap(({ contents, headers }) => [
    ...contents.flatMap(({ schema }) => (schema === undefined ? [] : [schema])),
    ...Object.values(headers ?? {}),
  ]);
  return [input, ...(output === undefined ? [] : [output]), ...bodies, ...answers];
}
