import type { JsonObject } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { describing, readText } from '../readers/openapi/testing.ts';
import { compareBlueprints } from './compare-blueprints.ts';

const text = { type: 'string' };
const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required: [...required] } : {}),
});
const json = (schema: JsonObject): JsonObject => ({ content: { 'application/json': { schema } } });
const taking = (schema: JsonObject): JsonObject =>
  describing({ requestBody: { required: true, ...json(schema) } });
const giving = (schema: JsonObject): JsonObject =>
  describing({ responses: { 200: { description: 'ok', ...json(schema) } } });

async function changes(before: JsonObject, after: JsonObject) {
  const [old, now] = [await readText(before), await readText(after)];
  return compareBlueprints(old.blueprint, now.blueprint).map(
    ({ kind, breaking, details }) => `${breaking ? 'breaking' : 'fine'}: ${kind} ${details.join('; ')}`,
  );
}

test.each<[string, JsonObject, JsonObject, string[]]>([
  ['nothing', taking(object({ a: text })), taking(object({ a: text })), []],
  [
    'an optional input',
    taking(object({})),
    taking(object({ a: text })),
    ['fine: changed input body.a is new'],
  ],
  [
    'a required input',
    taking(object({})),
    taking(object({ a: text }, ['a'])),
    ['breaking: changed input body.a is new and required'],
  ],
  [
    'an input that is gone',
    taking(object({ a: text })),
    taking(object({})),
    ['breaking: changed input body.a is gone'],
  ],
  [
    'another type',
    taking(object({ a: text })),
    taking(object({ a: { type: 'integer' } })),
    ['breaking: changed input body.a is no longer string; input body.a may be integer'],
  ],
  [
    'null beside it',
    taking(object({ a: text })),
    taking(object({ a: { type: ['string', 'null'] } })),
    ['fine: changed input body.a may be null'],
  ],
  [
    'fewer values',
    taking(object({ a: { enum: ['x', 'y'] } })),
    taking(object({ a: { enum: ['x', 'z'] } })),
    ['breaking: changed input body.a is no longer y; input body.a may be z'],
  ],
  [
    'bounds',
    taking(object({ a: { type: 'string', maxLength: 9 } })),
    taking(object({ a: { type: 'string', maxLength: 5, minLength: 1 } })),
    ['breaking: changed input body.a has minLength 1; input body.a has maxLength 5'],
  ],
  [
    'items of a list',
    taking(object({ a: { type: 'array', items: object({}) } })),
    taking(object({ a: { type: 'array', items: object({ b: text }) } })),
    ['fine: changed input body.a[].b is new'],
  ],
  ['more in an answer', giving(object({})), giving(object({ a: text })), ['fine: changed answer a is new']],
  [
    'less in an answer',
    giving(object({ a: text })),
    giving(object({})),
    ['breaking: changed answer a is gone'],
  ],
  [
    'an answer that may be null',
    giving(object({ a: text })),
    giving(object({ a: { type: ['string', 'null'] } })),
    ['breaking: changed answer a may be null'],
  ],
])('%s', async (_, before, after, expected) => {
  expect(await changes(before, after)).toEqual(expected);
});

test('types that hold themselves are compared once', async () => {
  const node = (extra: JsonObject): JsonObject => ({
    ...taking({ $ref: '#/components/schemas/Node' }),
    components: { schemas: { Node: object({ next: { $ref: '#/components/schemas/Node' }, ...extra }) } },
  });
  expect(await changes(node({}), node({ a: text }))).toEqual(['fine: changed input body.a is new']);
});

test('words and the order of things are no change', async () => {
  const before = taking(object({ a: { ...text, description: 'One.' }, b: text }, ['a', 'b']));
  const after = taking(object({ b: text, a: { ...text, description: 'Two.' } }, ['b', 'a']));
  expect(await changes(before, after)).toEqual([]);
});
