import { hubError, type Json, type JsonSchema } from '@counterpart/schemas';

export interface SampleHints {
  /** Name of the property the value is for: an `email` looks like one. */
  readonly name?: string;
  /** Varies the value; equal salts give equal values. */
  readonly salt?: string;
  /** Which optional properties are given: `some` is all of them near the root, fewer below. Default `some`. */
  readonly optional?: 'none' | 'some';
}

/** Makes values that are true to a schema. */
export interface Sampler {
  /** A value the schema accepts; undefined when none was found. */
  sample(schema: JsonSchema, hints?: SampleHints): Json | undefined;
}

/** A sampler whose references point into `types`; equal seeds give equal values. */
export function createSampler(types: Readonly<Record<string, JsonSchema>>, seed: number): Sampler {
  throw hubError('INTERNAL', {
    detail: `sampler ${seed} of ${Object.keys(types).length} types is not ready`,
  });
}
