import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Json } from '@counterpart/schemas';
import { check } from './check.ts';
import { problemText } from './problem.ts';
import type { Keywords } from './schema.ts';

const lines = (schema: Keywords, value: unknown): string[] => check(schema, value).map(problemText);

const properties = (members: Record<string, Json>, more: Keywords = {}): Keywords => ({
  type: 'object',
  properties: members,
  ...more,
});

describe('messages', () => {
  test.each<[Keywords, unknown, string[]]>([
    [
      properties({ body: properties({ amount: { type: 'integer' } }) }),
      { body: { amount: '12a' } },
      ['body.amount: expected integer, got "12a"'],
    ],
    [properties({ a: {} }, { required: ['a', 'b'] }), { a: 1 }, ['b: required, but missing']],
    [
      properties({ items: { type: 'array', items: properties({ n: { minimum: 3 } }) } }),
      { items: [{ n: 5 }, { n: 2 }] },
      ['items[1].n: expected at least 3, got 2'],
    ],
    [
      properties({ colour: { enum: ['red', 'blue'] } }),
      { colour: 'green' },
      ['colour: expected one of "red", "blue", got "green"'],
    ],
    [
      properties({ limit: {}, cursor: {} }, { additionalProperties: false }),
      { limt: 5 },
      ['limt: unknown; did you mean limit?'],
    ],
    [properties({ a: {} }, { additionalProperties: false }), { zzzzz: 5 }, ['zzzzz: unknown; allowed: a']],
    [
      properties({ q: { pattern: '^[a-z]+$' } }),
      { q: 'A1' },
      ['q: expected text that matches ^[a-z]+$, got "A1"'],
    ],
    [
      properties({ v: { anyOf: [{ type: 'integer' }, { enum: [''] }] } }),
      { v: true },
      ['v: expected integer, or "", got true'],
    ],
    [
      properties({
        v: {
          oneOf: [properties({ kind: { const: 'cat' }, lives: { type: 'integer' } }), { type: 'string' }],
        },
      }),
      { v: { kind: 'cat', lives: 'nine' } },
      ['v.lives: expected integer, got "nine"'],
    ],
    [
      {
        allOf: [properties({ limit: {} }), { anyOf: [properties({ cursor: {} })] }],
        unevaluatedProperties: false,
      },
      { limt: 5, zzzzz: 1 },
      ['limt: unknown; did you mean limit?', 'zzzzz: unknown; allowed: limit, cursor'],
    ],
    [
      { oneOf: [properties({ a: { type: 'integer' } }, { required: ['a'] })], unevaluatedProperties: false },
      { a: 'x' },
      ['a: expected integer, got "x"'],
    ],
    [
      {
        oneOf: [
          properties({ kind: { const: 'cat' }, lives: { type: 'integer' } }),
          properties({ kind: { const: 'dog' }, tricks: { type: 'array' } }, { required: ['age', 'tricks'] }),
        ],
      },
      { kind: 'dog', lives: 'nine' },
      ['age: required, but missing', 'tricks: required, but missing'],
    ],
    [{ type: 'object', minProperties: 1 }, {}, ['(arguments): expected at least 1 members, got {}']],
  ])('%j given %j', (schema, value, expected) => {
    expect(lines(schema, value)).toEqual(expected);
  });
});

/** Schemas and values whose every pairing must get the same verdict as from ajv. */
const schemas: Keywords[] = [
  { type: 'integer' },
  { type: ['string', 'null'], maxLength: 2 },
  { type: 'string', minLength: 2, pattern: '^a' },
  { multipleOf: 0.5 },
  { exclusiveMinimum: 1, maximum: 3 },
  { const: { a: [1, { b: 2 }] } },
  { enum: [1, 'a', null, [1]] },
  { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2, uniqueItems: true },
  { type: 'array', prefixItems: [{ type: 'string' }], items: false },
  { type: 'array', contains: { const: 1 }, minContains: 1, maxContains: 1 },
  {
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'integer' } },
    additionalProperties: { type: 'string' },
  },
  { patternProperties: { '^x': { type: 'integer' } }, additionalProperties: false },
  { propertyNames: { maxLength: 1 }, maxProperties: 1 },
  { dependentRequired: { a: ['b'] }, dependentSchemas: { b: { required: ['c'] } } },
  { anyOf: [{ type: 'integer' }, { type: 'string', minLength: 2 }] },
  { allOf: [{ minimum: 1 }, { maximum: 2 }] },
  { not: { type: 'string' } },
  JSON.parse('{"if":{"type":"object"},"then":{"required":["a"]},"else":{"not":{"const":1}}}') as Keywords,
  {
    $ref: '#/$defs/Tree',
    $defs: {
      Tree: {
        type: 'object',
        properties: { kids: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
        required: ['kids'],
      },
    },
  },
  {
    $ref: '#/$defs/Loop',
    $defs: { Loop: { allOf: [{ type: 'object' }, { properties: { next: { $ref: '#/$defs/Loop' } } }] } },
  },
  { properties: { a: true }, unevaluatedProperties: false },
  { allOf: [{ properties: { a: true } }, { properties: { b: true } }], unevaluatedProperties: false },
  {
    anyOf: [{ properties: { a: { type: 'integer' } }, required: ['a'] }, { required: ['b'] }],
    unevaluatedProperties: { type: 'string' },
  },
  {
    type: 'object',
    oneOf: [
      { properties: { a: { const: 1 } }, required: ['a'] },
      { properties: { x: true, xy: true }, required: ['x'] },
    ],
    patternProperties: { '^b': { type: 'integer' } },
    unevaluatedProperties: false,
  },
  JSON.parse(
    '{"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"properties":{"b":true}},"else":{"properties":{"x":true}},"unevaluatedProperties":false}',
  ) as Keywords,
  { dependentSchemas: { b: { properties: { a: true, b: true } } }, unevaluatedProperties: false },
  { not: { properties: { a: true }, required: ['kids'] }, unevaluatedProperties: false },
  {
    anyOf: [{ properties: { b: true }, required: ['x'] }, { properties: { a: true } }],
    unevaluatedProperties: false,
  },
  { allOf: [{ properties: { a: true }, additionalProperties: true }], unevaluatedProperties: false },
  {
    allOf: [{ properties: { a: true }, unevaluatedProperties: { type: 'string' } }],
    unevaluatedProperties: false,
  },
  {
    $ref: '#/$defs/Node',
    unevaluatedProperties: false,
    $defs: {
      Node: { allOf: [{ $ref: '#/$defs/Base' }, { properties: { b: true } }] },
      Base: { properties: { a: true } },
    },
  },
  {
    $ref: '#/$defs/Tree',
    unevaluatedProperties: false,
    $defs: {
      Tree: { properties: { kids: { items: { $ref: '#/$defs/Tree', unevaluatedProperties: false } } } },
    },
  },
];

const values: unknown[] = [
  null,
  true,
  0,
  1,
  2,
  1.5,
  0.3,
  -4,
  '',
  'a',
  'ab',
  'b',
  '😀😀',
  [],
  [1],
  [1, 1],
  [1, 2, 3],
  ['a'],
  ['a', 1],
  { a: 1 },
  { a: 'x' },
  { a: 1, b: 'x' },
  { b: 1 },
  { x: 1, xy: 2 },
  { x: 'no' },
  { a: 1, b: 2, c: 3 },
  { a: [1, { b: 2 }] },
  { kids: [] },
  { kids: [{ kids: [] }] },
  { kids: [{}] },
  { next: { next: {} } },
  { next: { next: 1 } },
  {},
];

describe('verdicts', () => {
  test.each(schemas)('of %j agree with ajv', (schema) => {
    const reference = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const ours = values.map((value) => check(schema, value).length === 0);
    expect(ours).toEqual(values.map((value) => reference(value)));
  });

  test('a schema that refers only to itself accepts and ends', () => {
    expect(
      check(
        { $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/B' }, B: { anyOf: [{ $ref: '#/$defs/A' }] } } },
        { x: 1 },
      ),
    ).toEqual([]);
  });

  test('a schema that applies itself says what it says of members once, and ends', () => {
    const schema = {
      $ref: '#/$defs/A',
      unevaluatedProperties: false,
      $defs: { A: { allOf: [{ $ref: '#/$defs/A' }], properties: { a: true } } },
    };
    expect(lines(schema, { a: 1, b: 2 })).toEqual(['b: unknown; allowed: a']);
  });

  test('unions inside unions stay cheap, however deep the value', () => {
    const branch = (kind: string): Json => ({
      type: 'object',
      properties: { kind: { const: kind }, child: { $ref: '#/$defs/Any' } },
    });
    const schema = {
      $ref: '#/$defs/Any',
      $defs: { Any: { anyOf: Array.from({ length: 12 }, (_, index) => branch(`k${index}`)) } },
    };
    let value: unknown = { kind: 'none' };
    for (let depth = 0; depth < 30; depth += 1) value = { kind: 'k11', child: value };
    expect(check(schema, value).length).toBeGreaterThan(0);
  });

  test('a decimal fraction is a multiple in spite of binary rounding', () => {
    expect(check({ multipleOf: 0.1 }, 0.3)).toEqual([]);
    expect(lines({ multipleOf: 0.1 }, 0.35)).toEqual(['(arguments): expected a multiple of 0.1, got 0.35']);
    for (const amount of [19.99, 740.709, 1_234_567.89, 123_456_789_012.37])
      expect(check({ multipleOf: amount === 740.709 ? 0.001 : 0.01 }, amount)).toEqual([]);
    expect(check({ multipleOf: 0.01 }, 123_456_789_012.375)).toHaveLength(1);
    expect(check({ multipleOf: 1 }, 1e-12)).toHaveLength(1);
  });

  test('a pattern that is not a regular expression is left to the service', () => {
    expect(check({ pattern: '(?<broken' }, 'x')).toEqual([]);
  });

  test('members of Object.prototype are not members of the value', () => {
    expect(lines({ type: 'object', required: ['constructor'] }, {})).toEqual([
      'constructor: required, but missing',
    ]);
    expect(check({ type: 'object', properties: { toString: { type: 'string' } } }, {})).toEqual([]);
  });
});
