import { expect, test } from 'vitest';
import { jsonObject } from './json.ts';
import { exampleOf, rebaseSchema } from './openapi-schemas.ts';

const HOME = '#/components/schemas/a';

test('references within a schema lead to where it now stands; data that looks like one stays', () => {
  const schema = {
    $id: 'https://tools.example/a',
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      whole: { $ref: '#' },
      part: { $ref: '#/$defs/part' },
      named: { $ref: '#leaf' },
      $ref: { type: 'string' },
      fixed: { const: { $ref: '#/$defs/part' }, default: { $ref: '#x' } },
    },
    $defs: { part: { type: 'array', items: { $ref: '#/properties/whole' } }, leaf: { $anchor: 'leaf' } },
  };
  expect(rebaseSchema(schema, HOME)).toEqual({
    type: 'object',
    properties: {
      whole: { $ref: HOME },
      part: { $ref: `${HOME}/$defs/part` },
      named: { $ref: `${HOME}/$defs/leaf` },
      $ref: { type: 'string' },
      fixed: { const: { $ref: '#/$defs/part' }, default: { $ref: '#x' } },
    },
    $defs: { part: { type: 'array', items: { $ref: `${HOME}/properties/whole` } }, leaf: {} },
  });
});

test('what refers to another document, or to nothing, demands nothing', () => {
  const schema = {
    properties: { a: { $ref: 'https://elsewhere.example/x', title: 'A' }, b: { $ref: '#no' } },
  };
  expect(rebaseSchema(schema, HOME)).toEqual({ properties: { a: { title: 'A' }, b: {} } });
});

test('an example is what the schema names itself, for all that is required or not at all', () => {
  const property = (more: object) => ({ type: 'string', ...more });
  const schema = (properties: Record<string, object>, required: string[]) =>
    exampleOf(jsonObject({ type: 'object', properties, required }));
  expect(schema({ a: property({ examples: ['x'] }), b: property({ enum: ['y', 'z'] }) }, ['a', 'b'])).toEqual(
    {
      a: 'x',
      b: 'y',
    },
  );
  expect(schema({ a: property({ default: 'x' }), b: property({}) }, ['a', 'b'])).toBeUndefined();
  expect(schema({}, [])).toBeUndefined();
  expect(schema({}, ['toString'])).toBeUndefined();
});
