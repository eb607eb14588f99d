import { describe, expect, test } from 'vitest';
import type { JsonSchema } from '@counterpart/schemas';
import { createShapes } from '../sample/shape.ts';
import { createSchemaBook } from '../schema/schema-book.ts';
import { unknownMembers } from './unknown-members.ts';

const types: Record<string, JsonSchema> = {
  Node: {
    type: 'object',
    properties: { name: { type: 'string' }, next: { $ref: '#/$defs/Node' } },
  },
  Cat: { type: 'object', properties: { meow: { type: 'boolean' } } },
  Dog: { type: 'object', properties: { bark: { type: 'boolean' } } },
};
const book = createSchemaBook(types);
const typing = { book, shapeOf: createShapes(book.type) };

describe('members that a description does not name', () => {
  test.each<[string, JsonSchema, Parameters<typeof unknownMembers>[0], string[]]>([
    [
      'deep in a recursive type',
      { $ref: '#/$defs/Node' },
      { next: { next: { colour: 1 } } },
      ['/next/next/colour'],
    ],
    ['in items', { type: 'array', items: { $ref: '#/$defs/Cat' } }, [{ meow: true }, { moo: 1 }], ['/1/moo']],
    [
      'that none of several alternatives has',
      { oneOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog' }] },
      { meow: true, bark: true, moo: true },
      ['/moo'],
    ],
    [
      'that no part of the whole has',
      { allOf: [{ $ref: '#/$defs/Cat' }, { properties: { 'a/b': {} } }] },
      { meow: true, 'a/b': 1, 'c/d': 2 },
      ['/c~1d'],
    ],
    ['but not where the object is open', { properties: { a: {} }, additionalProperties: true }, { b: 1 }, []],
    ['but not where nothing is named', { type: 'object' }, { b: 1 }, []],
    [
      'but not where a pattern names it',
      { properties: { a: {} }, patternProperties: { '^x-': {} } },
      { 'x-b': 1 },
      [],
    ],
  ])('%s', (_, schema, value, expected) => {
    expect(unknownMembers(value, schema, typing)).toEqual(expected);
  });
});
