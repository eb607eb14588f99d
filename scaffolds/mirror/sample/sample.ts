import type { Json, JsonSchema } from '@counterpart/schemas';
import { isNumber, isWhole } from '@counterpart/schemas/exact-json';
import { choiceOrder, choiceShape } from './kinds/sample-choice.ts';
import { createHeights } from './height.ts';
import { sampleArray } from './kinds/sample-array.ts';
import { isArray, own } from '../schema/json-value.ts';
import { sampleNumber } from './kinds/sample-number.ts';
import { sampleObject } from './kinds/sample-object.ts';
import { MAX_DEPTH, MAX_STEPS, randomAt, type Place, type SampleRun } from './sample-run.ts';
import { sampleText } from './kinds/sample-text.ts';
import { createSchemaBook, type SchemaBook } from '../schema/schema-book.ts';
import { allowedValues, createShapes, mergeShapes, type Shape, type TypeName } from './shape.ts';

export interface SampleHints {
  /** Name of the property the value is for: an `email` looks like one. */
  readonly name?: string;
  /** Varies the value; equal salts give equal values. */
  readonly salt?: string;
  /** Which optional properties are given: `some` is all of them near the root, fewer below. Default `some`. */
  readonly optional?: 'none' | 'some';
  /** No empty lists or objects where the schema allows other ones. Default false. */
  readonly filled?: boolean;
}

/** Makes values that are true to a schema. */
export interface Sampler {
  /** A value the schema accepts; undefined when none was found. */
  sample(schema: JsonSchema, hints?: SampleHints): Json | undefined;
}

/** Values at the root that nothing requires; each level shares what it has among its members. */
const ALLOWANCE = 300;
/** Rounds of attempts, each with other random choices. */
const ROUNDS = 6;

/** A sampler whose references point into `types`; equal seeds give equal values. */
export function createSampler(types: Readonly<Record<string, JsonSchema>>, seed: number): Sampler {
  return samplerOf(createSchemaBook(types), seed);
}

/** A sampler that shares what a book has compiled. */
export function samplerOf(book: SchemaBook, seed: number): Sampler {
  const shapeOf = createShapes(book.type);
  const heightOf = createHeights(shapeOf);
  const formats = new Map<string, JsonSchema>();
  const formatSchema = (format: string): JsonSchema => {
    const schema = formats.get(format) ?? { type: 'string', format };
    formats.set(format, schema);
    return schema;
  };
  function sample(schema: JsonSchema, hints: SampleHints = {}): Json | undefined {
    const place: Place = {
      path: hints.salt ?? '',
      name: hints.name ?? '',
      depth: 0,
      allowance: ALLOWANCE,
      ancestors: [],
    };
    // A type that requires itself has no finite value: no attempt could end.
    if (heightOf(schema) === Number.POSITIVE_INFINITY) return undefined;
    for (const attempt of attempts(hints.optional ?? 'some')) {
      const run: SampleRun = {
        book,
        shapeOf,
        heightOf,
        formatSchema,
        seed: `${seed}.${attempt.round}`,
        filled: hints.filled ?? false,
        steps: 0,
        ...attempt,
      };
      const value = walk(schema, place, run);
      if (value !== undefined && book.accepts(schema, value)) return value;
    }
    return undefined;
  }
  return { sample };
}

interface Attempt {
  readonly round: number;
  readonly optional: boolean;
  readonly examples: boolean;
}

/** First the richest value, then plainer ones, then other dice. */
function* attempts(optional: 'none' | 'some'): Generator<Attempt> {
  const some = optional === 'some';
  for (let round = 0; round < ROUNDS; round += 1) {
    yield { round, optional: some, examples: true };
    yield { round, optional: some, examples: false };
    yield { round, optional: !some, examples: false };
  }
}

function walk(schema: JsonSchema, place: Place, run: SampleRun): Json | undefined {
  const shape = run.shapeOf(schema);
  return shape && walkShape(shape, place, run);
}

function walkShape(shape: Shape, place: Place, run: SampleRun): Json | undefined {
  run.steps += 1;
  if (run.steps > MAX_STEPS || place.depth > MAX_DEPTH) return undefined;
  const value = shape.choices.length > 0 ? walkChoice(shape, place, run) : walkPlain(shape, place, run);
  if (value === undefined) return undefined;
  return shape.excluded.some((excluded) => run.book.accepts(excluded, value)) ? undefined : value;
}

/** Decides the first choice, trying its options until one leads to a value. */
function walkChoice(shape: Shape, place: Place, run: SampleRun): Json | undefined {
  const [choice, ...rest] = shape.choices;
  if (!choice) return undefined;
  const undecided: Shape = { ...shape, choices: rest };
  for (const option of choiceOrder(choice, place, run)) {
    for (const chosen of choiceShape(option, choice, shape, run)) {
      const merged = mergeShapes(undecided, chosen);
      const value = merged && walkShape(merged, place, run);
      if (value === undefined) continue;
      if (choice.kind === 'anyOf') return value;
      if (choice.options.filter((other) => run.book.accepts(other, value)).length === 1) return value;
    }
  }
  return undefined;
}

function walkPlain(shape: Shape, place: Place, run: SampleRun): Json | undefined {
  const allowed = allowedValues(shape.keywords);
  if (allowed) return pickAllowed(allowed, shape, place, run);
  const example = run.examples ? likelyExample(shape, place) : undefined;
  if (example !== undefined) return example;
  for (const type of typesToTry(shape)) {
    const value = walkType(type, shape, place, run);
    if (value !== undefined) return value;
  }
  return undefined;
}

function pickAllowed(allowed: readonly Json[], shape: Shape, place: Place, run: SampleRun): Json | undefined {
  const fitting = allowed.filter((value) => hasType(value, shape));
  const [first, ...rest] = fitting.filter((value) => value !== null);
  if (first === undefined) return fitting[0];
  return randomAt(run, place).pick([first, ...rest]);
}

function hasType(value: Json, shape: Shape): boolean {
  if (!shape.types) return true;
  const type = value === null ? 'null' : isArray(value) ? 'array' : isNumber(value) ? 'number' : typeof value;
  return shape.types.some((name) => name === type || (name === 'integer' && isWhole(value)));
}

/** Examples are taken for leaves only: below an object they are decided member by member. */
function likelyExample(shape: Shape, place: Place): Json | undefined {
  if (/\/[1-9]\d*(?:\/|$)/.test(place.path)) return undefined;
  const listed = own(shape.keywords, 'examples');
  const candidates = [
    ...(isArray(listed) ? listed : []),
    own(shape.keywords, 'example'),
    own(shape.keywords, 'default'),
  ];
  return candidates.find(
    (value) =>
      value !== undefined &&
      value !== null &&
      value !== '' &&
      typeof value !== 'object' &&
      shape.types !== undefined &&
      hasType(value, shape),
  );
}

const KEYWORD_TYPES: readonly (readonly [TypeName, readonly string[]])[] = [
  [
    'object',
    [
      'properties',
      'required',
      'additionalProperties',
      'patternProperties',
      'minProperties',
      'propertyNames',
      'dependentRequired',
    ],
  ],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'contains', 'uniqueItems']],
  ['string', ['minLength', 'maxLength', 'format', 'contentEncoding', 'contentMediaType']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];

/** The types a value may have, those that the keywords speak of first and null last. */
function typesToTry(shape: Shape): readonly TypeName[] {
  const spoken = KEYWORD_TYPES.filter(([, keys]) => keys.some((key) => key in shape.keywords)).map(
    ([type]) => type,
  );
  const implied: readonly TypeName[] = shape.patterns.length > 0 ? [...spoken, 'string'] : spoken;
  if (!shape.types)
    return [...new Set<TypeName>([...implied, 'string', 'object', 'integer', 'array', 'boolean', 'null'])];
  const rank = (type: TypeName): number => (type === 'null' ? 2 : implied.includes(type) ? 0 : 1);
  return shape.types.toSorted((a, b) => rank(a) - rank(b));
}

function walkType(type: TypeName, shape: Shape, place: Place, run: SampleRun): Json | undefined {
  switch (type) {
    case 'object':
      return sampleObject(shape, place, run, walk);
    case 'array':
      return sampleArray(shape, place, run, walk);
    case 'string':
      return sampleText(shape, place, run);
    case 'integer':
    case 'number':
      return sampleNumber(type, shape, place, run);
    case 'boolean':
      return randomAt(run, place).fraction() < 0.5;
    case 'null':
      return null;
  }
}
