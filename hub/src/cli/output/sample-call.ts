import type { Json, ToolDefinition, ToolEntry } from '@counterpart/schemas';
import { z } from 'zod';
import { shellWord } from './text/format.ts';

const Property = z.looseObject({
  type: z.unknown().optional(),
  enum: z.array(z.json()).optional(),
  examples: z.array(z.json()).optional(),
  default: z.json().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
});
const InputSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});

/**
 * The words after `hub call` of one harmless call that can be tried at once and shows well: a few entries of a list before
 * one thing, and of lists the one that most of its server is about. Undefined when no tool is that simple. Pure.
 */
export function sampleCall(tools: readonly ToolEntry[]): string | undefined {
  const harmless = tools.filter(({ definition }) => definition.annotations?.readOnlyHint === true);
  const [list] = harmless
    .flatMap((tool) => {
      const words = shortListWords(tool.definition);
      return words ? [{ name: tool.name, words, weight: weightOf(tool, tools) }] : [];
    })
    .sort((a, b) => b.weight - a.weight || a.name.length - b.name.length);
  if (list) return [list.name, ...list.words].join(' ');
  const candidates = harmless
    .flatMap(({ name, definition }) => {
      const words = requiredWords(definition);
      return words ? [{ name, words }] : [];
    })
    .sort((a, b) => a.words.length - b.words.length || a.name.length - b.name.length);
  // One argument shows how arguments are written; none is the next best.
  const chosen = candidates.find(({ words }) => words.length === 1) ?? candidates[0];
  return chosen && [chosen.name, ...chosen.words].join(' ');
}

const LIMIT = /^(?:limit|per_?page|page_?size|max_?results)$/i;
/** As many entries as are taken in at a glance. */
const FEW = 3;

/** For a list that needs nothing, takes a limit and promises what its entries look like; undefined for any other tool. */
function shortListWords({ inputSchema, outputSchema }: ToolDefinition): string[] | undefined {
  const { properties = {}, required = [] } = InputSchema.safeParse(inputSchema).data ?? {};
  const limit = Object.keys(properties).find((name) => LIMIT.test(name));
  if (limit === undefined || required.length > 0) return undefined;
  const { maximum = FEW, minimum = FEW } = Property.safeParse(properties[limit]).data ?? {};
  const promised = outputSchema?.['properties'] !== undefined;
  return promised && minimum <= FEW && maximum >= FEW ? [`${limit}=${FEW}`] : undefined;
}

/** How many tools of its server speak of what this one lists; twice that where the server is named after it. */
function weightOf({ name, server, definition }: ToolEntry, tools: readonly ToolEntry[]): number {
  const own = definition.name.includes('__')
    ? definition.name.slice(definition.name.indexOf('__') + 2)
    : name;
  const noun = own.slice(own.indexOf('_') + 1);
  const related = tools.filter((tool) => tool.server === server && tool.name.includes(noun)).length;
  const alike = noun.length >= STEM && server.startsWith(noun.slice(0, STEM));
  return alike ? 2 * related : related;
}

/** Letters that two words must begin with to be taken for one name. */
const STEM = 4;

/** The words after `hub call` for this tool: what it needs, with a value where one surely fits and an ellipsis where not. Pure. */
export function callWords({ name, definition }: ToolEntry): string {
  const { properties = {}, required = [] } = InputSchema.safeParse(definition.inputSchema).data ?? {};
  const words = required.flatMap((each) => neededWords(each, properties[each]));
  const optional = Object.keys(properties).length > required.length ? ['[key=value …]'] : [];
  return [name, ...words, ...optional].join(' ');
}

/** An object that names what it needs is written member by member, as a body is. */
function neededWords(name: string, property: unknown): string[] {
  const { properties = {}, required = [] } = InputSchema.safeParse(property).data ?? {};
  const word = wordOf(name, property);
  if (word !== undefined || required.length === 0) return [word ?? `${name}=…`];
  return required.map((member) => wordOf(`${name}.${member}`, properties[member]) ?? `${name}.${member}=…`);
}

function requiredWords({ inputSchema }: ToolDefinition): string[] | undefined {
  const schema = InputSchema.safeParse(inputSchema);
  if (!schema.success) return undefined;
  const words = (schema.data.required ?? []).map((name) => wordOf(name, schema.data.properties?.[name]));
  return words.includes(undefined) ? undefined : words.filter((word) => word !== undefined);
}

function wordOf(name: string, property: unknown): string | undefined {
  const value = sampleValue(property);
  return value === undefined
    ? undefined
    : `${name}=${shellWord(typeof value === 'string' ? value : JSON.stringify(value))}`;
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
