import type { Json } from '@counterpart/schemas';
import type { Path, Problem } from './problem.ts';

export type Keywords = { readonly [keyword: string]: Json };
export type SchemaValue = Json | undefined;

/** Where a check stands. `check` continues with another schema, here (`path` unchanged) or in a member. */
export interface Place {
  readonly path: Path;
  check(schema: SchemaValue, value: unknown, key?: string | number): Problem[];
  /** What a reference of this name stands for. */
  definition(name: string): SchemaValue;
}

export const isKeywords = (schema: SchemaValue): schema is Keywords =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema);
