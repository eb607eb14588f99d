import type { JsonObject, JsonSchema } from '@counterpart/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { isObject, parseJson } from '../schema/json-value.ts';
import { createSchemaBook } from '../schema/schema-book.ts';
import { matching } from '../mirror-fixture.ts';
import { createRandom, type Random } from './random.ts';
import { createSampler } from './sample.ts';

/** A validator of its own, so that a fault in the mirror's cannot hide. */
const peer = new Ajv2020({ strict: false, validateSchema: false, logger: false });
ajvFormats.default(peer);

function plainValidator(types: Record<string, JsonSchema>, schema: JsonSchema): (value: unknown) => boolean {
  const validate = peer.compile({ allOf: [schema], $defs: types });
  return (value) => validate(value);
}

/** `valid`, or the schema and the value that are at odds. */
function verdict(schema: JsonSchema, types: Record<string, JsonSchema> = {}, seed = 1): string {
  const value = createSampler(types, seed).sample(schema);
  const isValid = value !== undefined && plainValidator(types, schema)(value);
  return isValid ? 'valid' : `${JSON.stringify(schema)} ← ${JSON.stringify(value)}`;
}

const TYPES: Record<string, JsonSchema> = {
  Node: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'integer' }, next: { $ref: '#/$defs/Node' } },
  },
  Tree: {
    oneOf: [
      {
        type: 'object',
        required: ['and'],
        properties: { and: { type: 'array', minItems: 2, items: { $ref: '#/$defs/Tree' } } },
      },
      { type: 'object', required: ['leaf'], properties: { leaf: { type: 'integer' } } },
    ],
  },
  Endless: { type: 'object', required: ['again'], properties: { again: { $ref: '#/$defs/Endless' } } },
  Base: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } },
  Cat: {
    allOf: [
      { $ref: '#/$defs/Base' },
      { type: 'object', properties: { lives: { type: 'integer', minimum: 1 } } },
    ],
  },
  Dog: {
    allOf: [
      { $ref: '#/$defs/Base' },
      { type: 'object', required: ['bark'], properties: { bark: { type: 'boolean' } } },
    ],
  },
};

/** As text, because an object literal with a member `then` looks like a promise. */
const CONDITION = parseJson('{"if":{"properties":{"a":{"const":1}}},"then":{"required":["b"]}}');

describe('sampler', () => {
  const cases: readonly (readonly [string, JsonSchema])[] = [
    ['recursion through a property', { $ref: '#/$defs/Node' }],
    ['recursion that must end in another alternative', { $ref: '#/$defs/Tree' }],
    ['allOf with unevaluatedProperties', { allOf: [{ $ref: '#/$defs/Cat' }], unevaluatedProperties: false }],
    [
      'additionalProperties false beside allOf',
      {
        allOf: [{ properties: { a: { type: 'string' } }, additionalProperties: false }, { required: ['a'] }],
        type: 'object',
      },
    ],
    [
      'overlapping oneOf of objects',
      {
        oneOf: [
          { type: 'object', properties: { a: { type: 'string' } } },
          { type: 'object', properties: { b: { type: 'string' } } },
        ],
      },
    ],
    ['oneOf of integer and number', { oneOf: [{ type: 'integer' }, { type: 'number' }] }],
    [
      'anyOf of required lists',
      {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'string' } },
        anyOf: [{ required: ['a'] }, { required: ['b'] }],
      },
    ],
    [
      'if and then',
      {
        type: 'object',
        properties: { a: { const: 1 }, b: {} },
        required: ['a'],
        ...(CONDITION.kind === 'value' && isObject(CONDITION.value) ? CONDITION.value : {}),
      },
    ],
    [
      'not required',
      { type: 'object', properties: { a: {}, b: { type: 'string' } }, not: { required: ['b'] } },
    ],
    ['not enum', { enum: ['a', 'b'], not: { const: 'a' } }],
    [
      'dependentRequired',
      { type: 'object', properties: { a: { type: 'string' } }, dependentRequired: { a: ['c'] } },
    ],
    [
      'dependentSchemas',
      { type: 'object', properties: { a: { type: 'string' } }, dependentSchemas: { a: { required: ['d'] } } },
    ],
    [
      'patternProperties and minProperties',
      {
        type: 'object',
        minProperties: 3,
        patternProperties: { '^x-[a-z]+$': { type: 'integer' } },
        additionalProperties: false,
      },
    ],
    [
      'propertyNames',
      {
        type: 'object',
        minProperties: 2,
        propertyNames: { pattern: '^[A-Z]{2}$' },
        additionalProperties: { type: 'boolean' },
      },
    ],
    ['maxProperties', { type: 'object', maxProperties: 1, required: ['b'], properties: { a: {}, b: {} } }],
    [
      'uniqueItems of an enum',
      { type: 'array', minItems: 3, uniqueItems: true, items: { enum: ['a', 'b', 'c'] } },
    ],
    [
      'contains with a minimum',
      { type: 'array', items: { type: 'integer' }, contains: { minimum: 100_000 }, minContains: 2 },
    ],
    [
      'prefixItems and nothing more',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false, minItems: 2 },
    ],
    [
      'multipleOf with exclusive bounds',
      { type: 'number', multipleOf: 0.01, exclusiveMinimum: 1, exclusiveMaximum: 1.05 },
    ],
    ['a narrow range of fractions', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 }],
    ['an integer range of one', { type: 'integer', minimum: -3, maximum: -3 }],
    ['a pattern with a length', { type: 'string', pattern: '^[a-z]+$', minLength: 12, maxLength: 14 }],
    ['a short e-mail address', { type: 'string', format: 'email', maxLength: 8 }],
    [
      'astral characters counted once',
      { type: 'string', minLength: 2, maxLength: 2, pattern: '^\\u{1F600}+$' },
    ],
    ['base64 text', { type: 'string', contentEncoding: 'base64', minLength: 1 }],
    [
      'a null alternative',
      { type: ['null', 'object'], required: ['x'], properties: { x: { type: 'null' } } },
    ],
    [
      'a wrong default and a wrong example',
      {
        type: 'object',
        required: ['n'],
        properties: { n: { type: 'integer', minimum: 5, default: 1, examples: ['x', 2] } },
      },
    ],
    [
      'names that every object inherits',
      {
        type: 'object',
        required: ['constructor', '__proto__'],
        properties: { constructor: { type: 'string', format: 'toString' } },
      },
    ],
  ];
  test.each(cases)('makes a valid value for %s', (_name, schema) => {
    expect(verdict(schema, TYPES)).toBe('valid');
  });

  test('finds nothing for a type that requires itself, at once', () => {
    const start = performance.now();
    expect(createSampler(TYPES, 1).sample({ $ref: '#/$defs/Endless' })).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('takes a reference that only names itself as no demand', () => {
    expect(
      createSampler({ Self: { $ref: '#/$defs/Self' } }, 1).sample({ $ref: '#/$defs/Self' }),
    ).toBeDefined();
  });

  test.each(['int32', 'int64'])('makes a whole number for a number of format %s', (format) => {
    const value = createSampler({}, 1).sample({ type: 'number', format });
    expect(Number.isInteger(value)).toBe(true);
  });

  test.each([0.1, 0.01, 0.001, 0.05, 2.5, 1e-7, 300])(
    'makes exact decimals for multiples of %s',
    (multipleOf) => {
      const book = createSchemaBook({});
      const schema = { type: 'number', multipleOf };
      const places = Math.max(0, Math.round(-Math.log10(multipleOf)) + 1);
      for (let seed = 0; seed < 200; seed += 1) {
        const value = createSampler({}, seed).sample(schema);
        expect(book.accepts(schema, value ?? null)).toBe(true);
        expect(Number(Number(value).toFixed(places))).toBe(value);
      }
      expect(book.accepts(schema, multipleOf * 0.5)).toBe(false);
    },
  );

  test('finds nothing for keywords that contradict each other', () => {
    const sampler = createSampler({}, 1);
    expect(sampler.sample({ type: 'integer', minimum: 5, maximum: 4 })).toBeUndefined();
    expect(sampler.sample({ allOf: [{ type: 'string' }, { type: 'object' }] })).toBeUndefined();
    expect(sampler.sample(false)).toBeUndefined();
  });

  test('sets the discriminator of the alternative it took', () => {
    const schema: JsonSchema = {
      oneOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }],
      discriminator: { propertyName: 'kind', mapping: { tabby: '#/components/schemas/Cat', hound: 'Dog' } },
    };
    expect(createSampler(TYPES, 1).sample(schema)).toMatchObject({
      kind: matching(/^(?:tabby|hound)$/),
    });
  });

  test('repeats itself with one seed and varies with another', () => {
    const schema: JsonSchema = {
      type: 'object',
      properties: { name: { type: 'string' }, size: { type: 'integer' } },
    };
    const sample = (seed: number): unknown => createSampler({}, seed).sample(schema);
    expect(sample(1)).toEqual(sample(1));
    expect(sample(1)).not.toEqual(sample(2));
  });

  test('gives properties values that their names promise', () => {
    const properties = {
      email: { type: 'string' },
      created_at: { type: 'string' },
      countryCode: { type: 'string' },
      lat: { type: 'number' },
    };
    const value = createSampler({}, 1).sample({ type: 'object', properties });
    expect(value).toMatchObject({
      email: matching(/@example\.com$/),
      created_at: matching(/^2025-\d\d-\d\dT/),
      countryCode: matching(/^[A-Z]{2}$/),
    });
  });
});

/** A random schema that some value satisfies: every bound it sets leaves room. */
function randomSchema(random: Random, depth: number): JsonSchema {
  const kinds = [
    'string',
    'integer',
    'number',
    'boolean',
    'enum',
    'reference',
    'object',
    'array',
    'anyOf',
    'allOf',
    'nullable',
  ] as const;
  const kind = random.pick(depth > 3 ? (['string', 'integer', 'boolean', 'reference'] as const) : kinds);
  const inner = (): JsonSchema => randomSchema(random, depth + 1);
  switch (kind) {
    case 'string': {
      const min = random.int(0, 30);
      const formats = ['date-time', 'uuid', 'uri', 'ipv4', 'date'] as const;
      return random.fraction() < 0.4
        ? { type: 'string', format: random.pick(formats) }
        : { type: 'string', minLength: min, maxLength: min + random.int(0, 9) };
    }
    case 'integer': {
      const min = random.int(-500, 500);
      return { type: 'integer', minimum: min, exclusiveMaximum: min + 30, multipleOf: random.int(1, 9) };
    }
    case 'number':
      return {
        type: 'number',
        exclusiveMinimum: random.int(-5, 5),
        multipleOf: random.pick([0.5, 0.25, 1] as const),
      };
    case 'boolean':
      return { type: 'boolean' };
    case 'enum':
      return { enum: ['a', 1, null, { b: [2] }] };
    case 'reference':
      return { $ref: `#/$defs/${random.pick(['Node', 'Tree', 'Cat', 'Dog'] as const)}` };
    case 'object': {
      const names = ['id', 'name', 'email', 'x', 'y'].slice(0, random.int(1, 5));
      const rest = random.pick<JsonObject>([
        {},
        { additionalProperties: false },
        { additionalProperties: { type: 'string' } },
      ] as const);
      return {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, inner()])),
        required: names.slice(0, random.int(0, 3)),
        ...rest,
      };
    }
    case 'array':
      return { type: 'array', items: inner(), minItems: random.int(0, 2), maxItems: random.int(2, 4) };
    case 'anyOf':
      return { anyOf: [inner(), inner()] };
    case 'allOf':
      return {
        allOf: [
          { type: 'object', properties: { p: inner() }, required: ['p'] },
          { type: 'object', properties: { q: inner() } },
        ],
      };
    case 'nullable':
      return { anyOf: [inner(), { type: 'null' }] };
  }
}

test('is true to 400 random schemas', () => {
  const verdicts = Array.from({ length: 400 }, (_, index) =>
    verdict(randomSchema(createRandom(`schema ${index}`), 0), TYPES, index),
  );
  expect(verdicts.filter((one) => one !== 'valid')).toEqual([]);
});
