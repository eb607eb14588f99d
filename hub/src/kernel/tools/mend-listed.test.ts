import { expect, test } from 'vitest';
import { ListedTool } from '@counterpart/schemas';
import { mendListed, mendListedTool } from './mend-listed.ts';

test('what a server lists as clients read it stays the very same object', () => {
  const tool = {
    name: 'x',
    inputSchema: { type: 'object', properties: { a: {} } },
    annotations: { readOnlyHint: true },
    vendor: null,
  };
  expect(mendListed(tool)).toBe(tool);
});

test('members that are null where they need not be at all are left out, others are not', () => {
  const listed = {
    name: 'x',
    title: null,
    description: null,
    annotations: { title: null, readOnlyHint: true },
    inputSchema: { type: 'object', properties: null, required: null, default: null },
    outputSchema: null,
    vendor: null,
  };
  expect(mendListed(listed)).toEqual({
    name: 'x',
    annotations: { readOnlyHint: true },
    inputSchema: { type: 'object', default: null },
    vendor: null,
  });
  expect(mendListed({ name: 'p', arguments: [{ name: 'a', description: null }, 5] })).toEqual({
    name: 'p',
    arguments: [{ name: 'a' }, 5],
  });
});

test('properties that may be anything or nothing are objects that say the same', () => {
  const inputSchema = { type: 'object', properties: { any: true, none: false, text: { type: 'string' } } };
  const mended = mendListed({ name: 'x', inputSchema });
  expect(mended.inputSchema.properties).toEqual({ any: {}, none: { not: {} }, text: { type: 'string' } });
  expect([
    ListedTool.safeParse(mended).success,
    ListedTool.safeParse({ name: 'x', inputSchema }).success,
  ]).toEqual([true, false]);
});

test('the input of a tool is an object, also where nothing says so', () => {
  const properties = { a: { type: 'string' } };
  const mended = [{ properties }, { type: null, properties }, { type: ['object', 'null'], properties }].map(
    (inputSchema) => mendListedTool({ name: 'x', inputSchema }).inputSchema,
  );
  expect(mended).toEqual(mended.map(() => ({ type: 'object', properties })));
  expect([mendListedTool({ name: 'x' }), mendListedTool({ name: 'x', inputSchema: null })]).toEqual([
    { name: 'x', inputSchema: { type: 'object' } },
    { name: 'x', inputSchema: { type: 'object' } },
  ]);
  const wrong = { name: 'x', inputSchema: { type: 'string' } };
  expect(mendListedTool(wrong)).toBe(wrong);
});

test('a resource without a name is called by its URI', () => {
  expect([mendListed({ uri: 'a:1' }), mendListed({ uriTemplate: 'a:{b}', name: null })]).toEqual([
    { uri: 'a:1', name: 'a:1' },
    { uriTemplate: 'a:{b}', name: 'a:{b}' },
  ]);
});
