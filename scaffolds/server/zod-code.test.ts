import { runInThisContext } from 'node:vm';
import type { Json, JsonSchema } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { toZodCode, toZodObjectCode } from './zod-code.ts';

const types: Record<string, JsonSchema> = {
  Node: {
    type: 'object',
    properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
    required: ['name'],
  },
};

/** Runs printed code, as the file it goes into would. */
function evaluate(code: string): z.ZodType {
  // The one cast: code printed by toZodCode is an expression over zod.
  const make = runInThisContext(`(z) => ${code}`) as (zod: typeof z) => z.ZodType;
  return make(z);
}

const cases: [string, JsonSchema, Json[], Json[]][] = [
  ['text with limits', { type: 'string', minLength: 2, maxLength: 3 }, ['ab', 'abc'], ['a', 'abcd', 1, null]],
  ['a pattern with quotes', { type: 'string', pattern: '^["\'`]$' }, ['"', "'", '`'], ['a']],
  ['whole numbers', { type: 'integer', minimum: 1, exclusiveMaximum: 5 }, [1, 4], [0, 5, 1.5, '1']],
  ['texts of an enum', { type: 'string', enum: ['a', 'b'] }, ['a'], ['c', 1]],
  ['an enum of a nullable text', { type: ['string', 'null'], enum: ['a', null] }, ['a', null], ['b']],
  ['a constant number', { type: 'integer', const: 3 }, [3], [4, '3']],
  ['lists', { type: 'array', items: { type: 'boolean' }, minItems: 1 }, [[true]], [[], ['x'], true]],
  [
    'closed objects',
    { type: 'object', properties: { a: { type: 'null' } }, required: ['a'], additionalProperties: false },
    [{ a: null }],
    [{}, { a: null, b: 1 }],
  ],
  ['open objects', { type: 'object', properties: { a: { type: 'string' } } }, [{}, { b: 1 }], [{ a: 1 }, []]],
  ['maps', { type: 'object', additionalProperties: { type: 'integer' } }, [{ x: 1 }], [{ x: 'y' }]],
  [
    'alternatives',
    { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    ['a', ['a']],
    [1, [1]],
  ],
  [
    'cycles',
    { $ref: '#/$defs/Node' },
    [{ name: 'a', children: [{ name: 'b' }] }],
    [{}, { name: 'a', children: [{}] }],
  ],
  ['literals that are objects', { type: 'object', additionalProperties: { enum: [{}] } }, [{ a: {} }], []],
  ['anything', true, [1, 'a', null, {}], []],
];

test.each(cases)('the code for %s accepts and refuses what the schema does', (_, schema, fitting, others) => {
  const printed = evaluate(toZodCode(schema, types));
  const accepted = [...fitting, ...others].filter((value) => printed.safeParse(value).success);
  expect(accepted).toEqual(fitting);
});

test('members keep their names and words, whatever they hold, and defaults are told, not filled in', () => {
  const hostile = '`);process.exit(1);//${x}"\u2028';
  const schema = {
    type: 'object',
    properties: {
      [hostile]: { type: 'string', description: hostile, default: hostile },
      plain: { type: 'integer' },
    },
    required: ['plain'],
  };
  const printed = evaluate(toZodObjectCode(schema, {}, 'strict'));
  expect(printed.parse({ plain: 1, [hostile]: 'x' })).toEqual({ plain: 1, [hostile]: 'x' });
  expect(printed.parse({ plain: 1 })).toEqual({ plain: 1 });
  expect(printed.safeParse(JSON.parse('{"plain":1,"__proto__":1}')).success).toBe(false);
  expect(z.toJSONSchema(printed, { io: 'input' })).toMatchObject({
    properties: { [hostile]: { description: `${hostile} Default: ${JSON.stringify(hostile)}.` } },
    required: ['plain'],
  });
});
