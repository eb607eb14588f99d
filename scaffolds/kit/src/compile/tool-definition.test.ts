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

  test('a schema over the budget is left out', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`property_${index}`, { type: 'string' }]),
    );
    expect(define({ type: 'object', properties }).outputSchema).toBeUndefined();
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
