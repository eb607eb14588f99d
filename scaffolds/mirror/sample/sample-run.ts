import type { Json, JsonSchema } from '@counterpart/schemas';
import type { HeightOf } from './height.ts';
import { toSchema } from '../schema/json-value.ts';
import { createRandom, type Random } from './random.ts';
import type { SchemaBook } from '../schema/schema-book.ts';
import type { Shape } from './shape.ts';

/** Where in the value a sample is being made. */
export interface Place {
  /** Path of names and indexes; with the seed it decides every random choice. */
  readonly path: string;
  /** Name of the nearest property, for values that mean something. */
  readonly name: string;
  readonly depth: number;
  /** How many further values may be made below here that nothing requires. */
  readonly allowance: number;
  /** Types this place lies within. */
  readonly ancestors: readonly string[];
}

/** One attempt at a value. */
export interface SampleRun {
  readonly book: SchemaBook;
  readonly shapeOf: (schema: JsonSchema) => Shape | undefined;
  readonly heightOf: HeightOf;
  /** One schema object a format, so that each is compiled once. */
  readonly formatSchema: (format: string) => JsonSchema;
  readonly seed: string;
  readonly optional: boolean;
  /** Gives lists and objects at least one member where the schema allows it. */
  readonly filled: boolean;
  /** Takes examples and defaults of the schema where they look right. */
  readonly examples: boolean;
  /** Values made so far; bounds the work of one attempt. */
  steps: number;
}

/** Makes a value for a subschema, or undefined when none was found there. */
export type Walk = (schema: JsonSchema, place: Place, run: SampleRun) => Json | undefined;

/** Values one attempt may make, and how deep; past them it gives up and the next, smaller attempt begins. */
export const MAX_STEPS = 20_000;
export const MAX_DEPTH = 48;
/** How deep empty lists and objects are avoided. */
export const FILLED_DEPTH = 6;

/** The place of a member or an item. */
export function placeBelow(place: Place, step: string, shape: Shape, allowance: number): Place {
  return {
    path: `${place.path}/${step}`,
    name: step,
    depth: place.depth + 1,
    allowance,
    ancestors: shape.references.length > 0 ? [...place.ancestors, ...shape.references] : place.ancestors,
  };
}

/** The random numbers of a place. */
export function randomAt(run: SampleRun, place: Place, purpose = ''): Random {
  return createRandom(`${run.seed}|${place.path}|${purpose}`);
}

/** True when a schema leads back to a type that the place lies within. */
export function leadsBack(schema: JsonSchema, place: Place, run: SampleRun): boolean {
  if (schema === true || place.ancestors.length === 0) return false;
  const shape = run.shapeOf(schema);
  if (!shape) return false;
  const items = run.shapeOf(toSchema(shape.keywords['items']));
  const through = items?.references ?? [];
  return [...shape.references, ...through].some((name) => place.ancestors.includes(name));
}
