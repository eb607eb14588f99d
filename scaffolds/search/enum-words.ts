import type { JsonSchema } from '@counterpart/schemas';

const MOST_VALUES = 8;
const LONGEST_VALUE = 30;
const MOST_WORDS = 24;
const DEEPEST = 3;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values that the inputs of a call can have where these are few and are words: what a call can be about. */
export function enumWords(schema: JsonSchema): string[] {
  const found: string[] = [];
  collect(schema, 0, found);
  return found.slice(0, MOST_WORDS);
}

function collect(schema: unknown, depth: number, found: string[]): void {
  if (!isObject(schema) || depth > DEEPEST || found.length >= MOST_WORDS) return;
  const values = schema['enum'];
  if (Array.isArray(values) && values.length <= MOST_VALUES)
    for (const value of values)
      if (typeof value === 'string' && value.length <= LONGEST_VALUE && /^[A-Za-z][A-Za-z_ -]+$/.test(value))
        found.push(value);
  if (isObject(schema['properties']))
    for (const property of Object.values(schema['properties'])) collect(property, depth + 1, found);
}
