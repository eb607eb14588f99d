import { describe, expect, test } from 'vitest';
import type { Json } from '@counterpart/schemas';
import { readDrafts } from '../testing.ts';
import { Samples } from './samples.ts';
import { scalarSchema } from './scalars.ts';

function schemaOf(values: readonly Json[]): unknown {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples.schema()['properties'];
}

describe('a whole number', () => {
  test('that was met once may have a fraction next time, unless its name says that it counts or names', () => {
    const body = {
      price: 10,
      ratio: 1,
      total: 20,
      bid: 5,
      paid: 7,
      page: 1,
      orderId: 7,
      userid: 3,
      item_count: 2,
      year: 2024,
    };
    const types = Object.fromEntries(
      Object.keys(body).map((name) => [name, scalarSchema(name, ['10'])['type']]),
    );
    expect(schemaOf([body])).toEqual(
      Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
    );
    expect(types).toEqual({
      price: 'number',
      ratio: 'number',
      total: 'number',
      bid: 'number',
      paid: 'number',
      page: 'integer',
      orderId: 'integer',
      userid: 'integer',
      item_count: 'integer',
      year: 'integer',
    });
  });

  test('stays whole where many different ones were met, or one that no double with a fraction reaches', () => {
    const many = Array.from({ length: 8 }, (_, at) => ({ score: at }));
    expect(schemaOf(many)).toEqual({ score: { type: 'integer' } });
    expect(schemaOf(many.slice(1))).toEqual({ score: { type: 'number' } });
    expect(schemaOf([{ at: 1_700_000_000_000 }])).toEqual({ at: { type: 'integer', format: 'int64' } });
    expect(schemaOf([...many, { score: 0.5 }])).toEqual({ score: { type: 'number' } });
  });

  test('of many members of one map counts for all of them', () => {
    const byDay = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`2024-01-0${at + 1}`, at * 10]));
    expect(schemaOf([{ byDay }])).toEqual({
      byDay: { type: 'object', additionalProperties: { type: 'integer' } },
    });
  });
});

test('conditions and keys of recorded writes may be given again, and what reads them as a browser does has none', async () => {
  const headers = { 'if-match': '"3"', 'if-none-match': '*', 'idempotency-key': 'a-1', 'x-team': 'blue' };
  const url = 'https://api.test/v1/things/7';
  const { blueprint } = await readDrafts([
    { url, headers, answer: { id: 7 }, answerHeaders: { ETag: '"3"' } },
    { url, method: 'PUT', headers, body: { name: 'x' }, answer: { id: 7 } },
  ]);
  const told = blueprint.operations.map(({ http, input }) => [
    http.method,
    http.parameters
      .filter((one) => one.in === 'header')
      .map(({ name, key }) => {
        const { properties } = input as { properties: Record<string, { default?: string }> };
        return [name, properties[key]?.default];
      }),
  ]);
  expect(Object.fromEntries(told)).toEqual({
    GET: [['x-team', 'blue']],
    PUT: [
      ['if-match', undefined],
      ['if-none-match', '*'],
      ['idempotency-key', undefined],
      ['x-team', 'blue'],
    ],
  });
  expect(blueprint.operations.find(({ http }) => http.method === 'PUT')?.idempotencyKey).toBe(
    'idempotency-key',
  );
});
