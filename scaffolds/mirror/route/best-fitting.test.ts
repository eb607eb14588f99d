import type { JsonSchema } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { ask, ok, type Draft } from '../mirror-fixture.ts';

const make = (name: string, properties: Readonly<Record<string, JsonSchema>>): Draft => ({
  name,
  path: '/labels',
  method: 'POST',
  body: {
    required: true,
    contents: [{ mediaType: 'application/json', kind: 'json', schema: { type: 'object', properties } }],
  },
  responses: ok({ type: 'object' }),
});

const answeredBy = async (drafts: readonly Draft[], body: object): Promise<string | null> => {
  const { headers } = await ask(drafts, '/labels', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return headers.get('x-mirror-operation');
};

test('of operations at one address, the one that lists what a request says is meant, wherever it stands', async () => {
  const text: JsonSchema = { type: 'string' };
  const any = make('make_label', { kind: text, name: text });
  const secret = make('make_secret', { kind: { enum: ['secret'] }, name: text });
  for (const drafts of [
    [any, secret],
    [secret, any],
  ]) {
    expect(await answeredBy(drafts, { kind: 'secret', name: 'x' })).toBe('make_secret');
    expect(await answeredBy(drafts, { kind: 'plain', name: 'x' })).toBe('make_label');
  }
});

test('of operations at one address, the one that knows more of a request is meant', async () => {
  const text: JsonSchema = { type: 'string' };
  const little = make('make_little', { kind: { enum: ['a'] } });
  const more = make('make_more', { kind: text, name: text });
  expect(await answeredBy([little, more], { kind: 'a', name: 'x' })).toBe('make_more');
  expect(await answeredBy([little, more], { kind: 'a' })).toBe('make_little');
});
