import { isMembers } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';

/** Of one described tool: what is larger crowds out the work it is for. */
const MOST_BYTES = 23_000;

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const POINTER = '#/$defs/';

/** Names of the types that a schema refers to, in the order they stand. */
function referredBy(node: unknown, found: Set<string> = new Set()): Set<string> {
  if (Array.isArray(node)) for (const item of node) referredBy(item, found);
  if (!isMembers(node)) return found;
  for (const [key, value] of Object.entries(node)) {
    if (key === '$ref' && typeof value === 'string' && value.startsWith(POINTER))
      found.add(value.slice(POINTER.length));
    else if (key !== '$defs') referredBy(value, found);
  }
  return found;
}

const OPEN = { description: 'Left out here for its size; a wrong value is answered with what is expected.' };
/** Kept free for each type that a kept one refers to and that may have to be left open. */
const OPEN_BYTES = sizeOf(OPEN) + 40;

/** The schema with the types that are farthest from its root open: anything fits there, and its words say so. */
function withNearTypes(schema: JsonMembers, room: number): JsonMembers {
  const types = isMembers(schema['$defs']) ? schema['$defs'] : {};
  const names = referredBy(schema);
  const kept: [string, unknown][] = [];
  let left = room - sizeOf({ ...schema, $defs: {} });
  // A Set iterates over members added meanwhile: the nearest come first.
  for (const name of names) {
    const type = types[name] ?? true;
    const next = referredBy(type);
    const strangers = [...next].filter((one) => !names.has(one)).length;
    const waiting = names.size - kept.length + strangers;
    const fits = left - sizeOf(type) - name.length > waiting * OPEN_BYTES;
    left -= name.length + sizeOf(fits ? type : OPEN);
    kept.push([name, fits ? type : OPEN]);
    if (fits) for (const one of next) names.add(one);
  }
  return { ...schema, $defs: Object.fromEntries(kept) };
}

/**
 * A definition in at most 23 kB of JSON where that can be: first without the schema of its answer, then with the types of
 * its input that are farthest from the root left open. What is called stays checked against the whole.
 */
export function fitDefinition(definition: JsonMembers): JsonMembers {
  if (sizeOf(definition) <= MOST_BYTES) return definition;
  const { outputSchema: _output, ...rest } = definition;
  const { inputSchema } = rest;
  if (sizeOf(rest) <= MOST_BYTES || !isMembers(inputSchema)) return rest;
  const room = MOST_BYTES - sizeOf({ ...rest, inputSchema: {} });
  return { ...rest, inputSchema: withNearTypes(inputSchema, room) };
}
