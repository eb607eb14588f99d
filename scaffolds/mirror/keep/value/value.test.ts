import type { Json, JsonSchema } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { createSampler } from '../../sample/sample.ts';
import { createShapes } from '../../sample/shape.ts';
import { createSchemaBook } from '../../schema/schema-book.ts';
import { consistent } from './consistent.ts';
import { fill } from './fill.ts';
import { jsonPatch, mergePatch } from './merge.ts';
import { inOrder, stampTimes } from './timeline.ts';

const book = createSchemaBook({});
const tools = { typing: { book, shapeOf: createShapes(book.type) }, sampler: createSampler({}, 1) };
const filled = (schema: JsonSchema, given: Json): Json | undefined =>
  fill(schema, given, tools, { salt: 'test' });
const text: JsonSchema = { type: 'string' };

describe('a value is made to fit a schema', () => {
  const person: JsonSchema = {
    type: 'object',
    required: ['login', 'id'],
    properties: { login: text, id: { type: 'integer' } },
  };
  test.each<[string, JsonSchema, Json, unknown]>([
    [
      'keeps what is declared and fits',
      { type: 'object', properties: { a: text } },
      { a: 'x', b: 1 },
      { a: 'x' },
    ],
    [
      'leaves out what does not fit',
      { type: 'object', properties: { a: { type: 'integer' } } },
      { a: 'x' },
      {},
    ],
    [
      'makes up what is required',
      { type: 'object', required: ['a'], properties: { a: { const: 5 } } },
      {},
      { a: 5 },
    ],
    [
      'turns texts into numbers and back',
      { type: 'object', properties: { a: { type: 'integer' }, b: text } },
      { a: '3', b: 4 },
      { a: 3, b: '4' },
    ],
    ['turns a date into seconds', { type: 'integer' }, '2026-01-01T00:00:00Z', 1_767_225_600],
    ['takes everything where nothing is declared', { type: 'object' }, { any: [1] }, { any: [1] }],
    [
      'makes a thing of its name',
      { type: 'array', items: person },
      ['ada'],
      [{ login: 'ada', id: expect.any(Number) as number }],
    ],
  ])('%s', (_, schema, given, wanted) => {
    const value = filled(schema, given);
    expect(value).toEqual(wanted);
    expect(book.accepts(schema, value ?? null)).toBe(true);
  });

  test('takes of several alternatives the one whose constants and members it has', () => {
    const title: JsonSchema = {
      type: 'object',
      required: ['type', 'title', 'id'],
      properties: { type: { const: 'title' }, id: text, title: text },
    };
    const count: JsonSchema = {
      type: 'object',
      required: ['type', 'number'],
      properties: { type: { const: 'number' }, number: { type: 'integer' } },
    };
    expect(filled({ oneOf: [count, title] }, { title: 'Tea' })).toMatchObject({
      type: 'title',
      title: 'Tea',
    });
    expect(filled({ oneOf: [title, count] }, { type: 'number', number: 3 })).toEqual({
      type: 'number',
      number: 3,
    });
  });

  test('of names that every object inherits is still a value of its own', () => {
    const given: Json = JSON.parse('{"__proto__":{"evil":true},"constructor":"x"}') as Json;
    const value = filled({ type: 'object' }, given);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"evil":true},"constructor":"x"}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('patches', () => {
  test('merge members, and remove them where null says so (RFC 7396)', () => {
    expect(mergePatch({ a: 1, b: { c: 2, d: 3 } }, { b: { c: null }, e: [1] }, true)).toEqual({
      a: 1,
      b: { d: 3 },
      e: [1],
    });
    expect(mergePatch({ a: 1 }, { a: null }, false)).toEqual({ a: null });
  });

  test.each<[string, Json[], Json]>([
    ['add to a list', [{ op: 'add', path: '/list/1', value: 9 }], { list: [1, 9, 2], a: { b: 1 } }],
    ['add at the end', [{ op: 'add', path: '/list/-', value: 9 }], { list: [1, 2, 9], a: { b: 1 } }],
    ['replace', [{ op: 'replace', path: '/a/b', value: 2 }], { list: [1, 2], a: { b: 2 } }],
    ['remove', [{ op: 'remove', path: '/list/0' }], { list: [2], a: { b: 1 } }],
    ['move', [{ op: 'move', from: '/a/b', path: '/c' }], { list: [1, 2], a: {}, c: 1 }],
    ['copy', [{ op: 'copy', from: '/a', path: '/c~1d' }], { list: [1, 2], a: { b: 1 }, 'c/d': { b: 1 } }],
  ])('%s (RFC 6902)', (_, steps, value) => {
    expect(jsonPatch({ list: [1, 2], a: { b: 1 } }, steps)).toEqual({ kind: 'patched', value });
  });

  test.each<[Json]>([
    [{ op: 'remove', path: '/nowhere' }],
    [{ op: 'replace', path: '/list/7', value: 1 }],
    [{ op: 'test', path: '/a', value: 0 }],
    [{ op: 'dance', path: '/a' }],
    ['no step'],
  ])('%j is refused', (step) => {
    expect(jsonPatch({ list: [1] }, [step])).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('Step 1') as string,
    });
  });
});

describe('made-up things make sense', () => {
  test('their moments are in the order of a life, each in its own form', () => {
    const { created_at, updated_at, expires_at } = inOrder({
      expires_at: 1_767_225_600,
      updated_at: '2026-03-01T10:00:00Z',
      created_at: '2026-05-01',
    });
    expect([created_at, updated_at, expires_at]).toEqual([
      '2026-01-01',
      '2026-03-01T10:00:00Z',
      1_777_593_600,
    ]);
  });

  test('times of making and changing are those of the row, where the thing keeps them', () => {
    const thing = {
      metadata: { creationTimestamp: '2020-01-01T00:00:00Z' },
      updated: 1_600_000_000,
      name: 'x',
    };
    const times = { createdAtMs: Date.UTC(2026, 0, 1), updatedAtMs: Date.UTC(2026, 0, 2) };
    expect(stampTimes(thing, times)).toEqual({
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      updated: 1_767_312_000,
      name: 'x',
    });
  });

  test('people’s full names and addresses follow from their names', () => {
    const told = consistent({
      firstName: 'Ada',
      lastName: 'Okafor',
      full_name: 'X',
      email: 'x@example.com',
      id: 1,
    });
    expect(told).toMatchObject({ full_name: 'Ada Okafor', email: 'ada.okafor@example.com', id: 1 });
  });
});
