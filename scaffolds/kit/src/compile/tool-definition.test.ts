import type { JsonSchema } from '@counterpart/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { blueprintOf, operationOf } from '../testing/blueprint.ts';
import { isWrapped, toToolDefinition } from './tool-definition.ts';

const types: Record<string, JsonSchema> = {
  Node: {
    type: 'object',
    properties: {
      name: { type: 'string', enum: ['a', 'b'] },
      children: { type: 'array', items: { $ref: '#/$defs/Node' } },
    },
    required: ['name'],
    additionalProperties: false,
  },
  Leaf: { $ref: '#/$defs/Node' },
  Other: { type: 'string' },
};

const define = (output: JsonSchema | undefined, input: JsonSchema = { type: 'object' }) => {
  const operation = operationOf({}, { input, title: 'Do it', ...(output === undefined ? {} : { output }) });
  return toToolDefinition(blueprintOf({ types, operations: [operation] }), operation);
};

describe('input schemas', () => {
  test('carry exactly the types they reach, cycles kept', () => {
    const { inputSchema } = define(undefined, {
      type: 'object',
      properties: { body: { $ref: '#/$defs/Leaf' } },
      required: ['body'],
    });
    expect(Object.keys(inputSchema['$defs'] as object)).toEqual(['Leaf', 'Node']);
    expect(new Ajv2020().compile(inputSchema)({ body: { name: 'a', children: [{ name: 'b' }] } })).toBe(true);
  });

  test('a dangling reference accepts anything instead of making the tool unusable', () => {
    const { inputSchema } = define(undefined, {
      type: 'object',
      properties: { x: { $ref: '#/$defs/Gone' } },
    });
    expect(inputSchema['$defs']).toEqual({ Gone: true });
  });
});

describe('words for inputs', () => {
  test('say where a parameter goes when nobody described it, and leave the others alone', () => {
    const operation = operationOf(
      {
        parameters: [
          { key: 'id', name: 'pet.id', in: 'path', style: 'simple', explode: false, required: true },
          { key: 'kind', name: 'kind', in: 'query', style: 'form', explode: true, required: false },
        ],
        body: { required: false, contents: [{ mediaType: 'application/json', kind: 'json', schema: true }] },
      },
      {
        input: {
          type: 'object',
          properties: {
            id: { type: 'string' },
            kind: { type: 'string', description: 'Its kind.' },
            body: true,
          },
        },
      },
    );
    expect(
      toToolDefinition(blueprintOf({ operations: [operation] }), operation).inputSchema['properties'],
    ).toEqual({
      id: { type: 'string', description: '{pet.id} in the path.' },
      kind: { type: 'string', description: 'Its kind.' },
      body: { description: 'The request body.' },
    });
  });
});

describe('output schemas', () => {
  test('keep structure and words, and accept answers that stray', () => {
    const { outputSchema } = define({ $ref: '#/$defs/Leaf' });
    expect(outputSchema).toMatchObject({
      type: 'object',
      properties: { name: { type: ['string', 'null'], examples: ['a', 'b'] } },
    });
    const fits = new Ajv2020({ strict: false }).compile(outputSchema ?? {});
    expect(
      [
        {},
        { name: 'zzz', more: 1 },
        { name: null },
        { children: null },
        { children: [null, { name: 'q' }] },
      ].map((answer) => fits(answer)),
    ).toEqual([true, true, true, true, true]);
    expect(fits({ name: 5 })).toBe(false);
  });

  test('every type allows null, a list of types too', () => {
    const { outputSchema } = define({
      type: 'object',
      properties: { a: { type: ['string', 'integer'] }, b: { type: ['null', 'string'] }, c: { const: 1 } },
    });
    expect(outputSchema?.['properties']).toEqual({
      a: { type: ['string', 'integer', 'null'] },
      b: { type: ['null', 'string'] },
      c: { examples: [1] },
    });
  });

  test('overlapping oneOf branches become anyOf', () => {
    const { outputSchema } = define({
      type: 'object',
      properties: {
        x: {
          oneOf: [
            { type: 'string', maxLength: 1 },
            { type: 'string', minLength: 2 },
          ],
        },
      },
    });
    expect(new Ajv2020({ strict: false }).compile(outputSchema ?? {})({ x: 'a' })).toBe(true);
  });

  test.each<[JsonSchema, boolean]>([
    [{ type: 'array' }, true],
    [{ $ref: '#/$defs/Other' }, true],
    [{ $ref: '#/$defs/Leaf' }, false],
    [{ type: ['object', 'null'] }, false],
    [{ oneOf: [{ $ref: '#/$defs/Node' }, { type: 'object' }] }, false],
    [{ oneOf: [{ $ref: '#/$defs/Node' }, { type: 'string' }] }, true],
    [{ allOf: [{ $ref: '#/$defs/Node' }, { description: 'x' }] }, false],
    [{}, true],
  ])('%j is wrapped: %s', (output, wrapped) => {
    expect(isWrapped({ types }, { output })).toBe(wrapped);
    const { outputSchema } = define(output);
    expect([outputSchema?.type, Object.keys(outputSchema?.['properties'] ?? {}).includes('result')]).toEqual([
      'object',
      wrapped,
    ]);
  });

  const many = (count: number): JsonSchema => ({
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`property_${index}`, { type: 'string' }]),
    ),
  });

  test('a schema over the budget is told of by its upper levels', () => {
    const pet = {
      allOf: [{ $ref: '#/$defs/Node' }, { properties: { owner: many(2_000), tags: { type: 'array' } } }],
    };
    const { outputSchema } = define(pet);
    expect(outputSchema).toEqual({
      type: 'object',
      properties: {
        name: { type: ['string', 'null'] },
        children: { type: ['array', 'null'] },
        owner: { type: ['object', 'null'] },
        tags: { type: ['array', 'null'] },
      },
    });
    const answer = { name: 'a', children: [{ name: 'b' }], owner: { property_1: 'x' }, tags: ['t'] };
    expect(new Ajv2020().compile(outputSchema ?? {})(answer)).toBe(true);
  });

  test('nothing is promised of an answer that is too wide even for that', () => {
    expect(define(many(2_000)).outputSchema).toEqual({ type: 'object' });
  });
});

describe('annotations', () => {
  test('say what the operation does', () => {
    const operation = operationOf({}, { effect: 'destructive', idempotent: true, title: 'Remove' });
    expect(toToolDefinition(blueprintOf(), operation).annotations).toEqual({
      title: 'Remove',
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: true,
    });
  });
});
