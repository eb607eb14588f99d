import { expect, test } from 'vitest';
import type { Json } from '@counterpart/schemas';
import { withFixed, withoutFixed } from './fixed-members.ts';

const query = { const: '{ a }', description: 'Fixed.' };
const body = (more: Record<string, Json>, required: string[]) => ({
  type: 'object',
  properties: { body: { type: 'object', properties: { query, ...more }, required } },
  required: ['body'],
});

test('nobody is asked for what has one value only, nor for a body that is nothing else', () => {
  expect(withoutFixed(body({ n: {} }, ['query', 'n']))).toEqual(body({ n: {} }, ['n']));
  const { required: _, ...alone } = body({}, []);
  const { required: __, ...bare } = alone.properties.body;
  expect(withoutFixed(body({}, ['query']))).toEqual({ ...alone, properties: { body: bare } });
  const free = body({ n: {} }, ['n']);
  expect(withoutFixed(free)).toBe(free);
});

test('what has one value only is sent with every body, and never put into one that may be left out', () => {
  const wanted = { input: body({ n: {} }, ['query', 'n']) };
  expect(withFixed(wanted, { body: { n: 1 } })).toEqual({ body: { query: '{ a }', n: 1 } });
  expect(withFixed(wanted, {})).toEqual({ body: { query: '{ a }' } });
  const { required: _, ...optional } = wanted.input;
  expect(withFixed({ input: optional }, {})).toEqual({});
  expect(withFixed({ input: optional }, { body: { n: 1 } })).toEqual({ body: { query: '{ a }', n: 1 } });
  expect(withFixed(wanted, { body: [1] })).toEqual({ body: [1] });
});
