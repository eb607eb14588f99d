import { createSampler } from '@counterpart/scaffolds/mirror/sample/sample';
import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';

/**
 * Text that means the same in a path, a query and a header, and is no `.` or `..` segment; and whole numbers: an agent that is
 * asked for a page sends no fraction, though some generators list whole numbers as any.
 */
const PLAIN: JsonSchema = {
  anyOf: [
    { type: 'string', pattern: '^[A-Za-z0-9]' },
    { type: 'integer' },
    { not: { type: ['string', 'number'] } },
  ],
};

/**
 * Arguments made from nothing but the schema a tool lists, as an agent would: the required ones, or with `optional` all
 * of them. Undefined when no valid ones were found.
 */
export function sampleArguments(
  schema: JsonObject,
  { salt, optional }: { readonly salt: string; readonly optional: boolean },
): JsonObject | undefined {
  const { $defs, properties, required } = schema;
  const sampler = createSampler(($defs ?? {}) as Record<string, JsonSchema>, 1);
  const wanted = new Set(Array.isArray(required) ? required : []);
  const found: Record<string, Json> = {};
  for (const [name, declared] of Object.entries((properties ?? {}) as Record<string, JsonSchema>)) {
    if (!optional && !wanted.has(name)) continue;
    const hints = {
      name,
      salt: `${salt} ${name}`,
      optional: optional ? 'some' : 'none',
      filled: true,
    } as const;
    const value =
      (name === 'body' ? undefined : sampler.sample({ allOf: [declared, PLAIN] }, hints)) ??
      sampler.sample(declared, hints);
    if (value !== undefined) found[name] = value;
    else if (wanted.has(name)) return undefined;
  }
  return found;
}
