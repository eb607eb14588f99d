import type { Json, ToolDefinition, ToolEntry } from '@counterpart/schemas';
import { z } from 'zod';
import { shellWord } from './format.ts';

const Property = z.looseObject({
  type: z.unknown().optional(),
  enum: z.array(z.json()).optional(),
  examples: z.array(z.json()).optional(),
  default: z.json().optional(),
  minimum: z.number().optional(),
  minLength: z.number().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
});
const InputSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

/** The words after `hub call` of one harmless call that can be tried at once; undefined when no tool is that simple. Pure. */
export function sampleCall(tools: readonly ToolEntry[]): string | undefined {
  const candidates = tools
    .filter(({ definition }) => definition.annotations?.readOnlyHint === true)
    .flatMap(({ name, definition }) => {
      const words = requiredWords(definition);
      return words ? [{ name, words }] : [];
    })
    .sort((a, b) => a.words.length - b.words.length || a.name.length - b.name.length);
  // One argument shows how arguments are written; none is the next best.
  const chosen = candidates.find(({ words }) => words.length === 1) ?? candidates[0];
  return chosen && [chosen.name, ...chosen.words].join(' ');
}

function requiredWords({ inputSchema }: ToolDefinition): string[] | undefined {
  const schema = InputSchema.safeParse(inputSchema);
  if (!schema.success) return undefined;
  const words = (schema.data.required ?? []).map((name) => {
    const value = sampleValue(schema.data.properties?.[name]);
    return value === undefined
      ? undefined
      : `${name}=${shellWord(typeof value === 'string' ? value : JSON.stringify(value))}`;
  });
  return words.includes(undefined) ? undefined : words.filter((word) => word !== undefined);
}

/** A value that surely fits; undefined where only a guess could be made. */
function sampleValue(property: unknown): Json | undefined {
  const parsed = Property.safeParse(property);
  if (!parsed.success) return undefined;
  const { examples, enum: choices } = parsed.data;
  return examples?.[0] ?? parsed.data.default ?? choices?.[0] ?? inventedValue(parsed.data);
}

const LONGEST_MINIMUM = 'example'.length;

function inventedValue({
  type,
  format,
  pattern,
  minimum,
  minLength,
}: z.infer<typeof Property>): Json | undefined {
  if (type === 'integer' || type === 'number') return Math.max(1, minimum ?? 1);
  if (type === 'boolean') return true;
  const free = format === undefined && pattern === undefined && (minLength ?? 0) <= LONGEST_MINIMUM;
  return type === 'string' && free ? 'example' : undefined;
}
