import type { SearchHints } from '@counterpart/schemas';
import { Operation } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { searchHints } from './hints.ts';

const operation = (method: string, path: string, more: Partial<Operation> = {}): Operation => ({
  name: Operation.shape.name.parse('call_it'),
  description: 'Does it.',
  tags: [],
  effect: 'read',
  idempotent: true,
  source: { pointer: '#' },
  input: { type: 'object' },
  http: { method, path, parameters: [], responses: [], accept: [] },
  ...more,
});
const hints = (...given: Parameters<typeof operation>): SearchHints | undefined =>
  searchHints(operation(...given));

test.each([
  [
    'GET',
    '/repos/{id}/pull-requests',
    ['show all pull requests of a repo', 'which pull requests does a repo have'],
  ],
  ['GET', '/policies', ['show all policies', 'which policies are there']],
  ['GET', '/v1/pets/{id}', ['look up one pet']],
  ['POST', '/api/pets', ['create a pet', 'add a new pet']],
  ['PATCH', '/pets/{id}', ['change a pet', 'edit a pet']],
  ['DELETE', '/users/{id}/emails/{email}', ['delete an email of a user', 'remove an email']],
  ['POST', '/orders/{id}/cancel', ['cancel an order']],
  [
    'GET',
    '/Accounts/{Sid}/Usage/Records.json',
    ['show all records of a usage', 'which records does a usage have'],
  ],
])('%s %s is asked for in plain words', (method, path, questions) => {
  expect(hints(method, path)?.questions).toEqual(questions);
});

test('words of path, tags and values are given where the texts of the operation lack them', () => {
  const input = {
    type: 'object',
    properties: { state: { enum: ['open', 'closed'] }, size: { enum: ['1', '2'] } },
  };
  expect(
    hints('GET', '/repos/{id}/pulls', { tags: ['Code review'], description: 'Lists open pulls.', input })
      ?.synonyms,
  ).toEqual(['repos', 'code', 'review', 'closed']);
});

test('one operation has few and short hints, whatever its description holds', () => {
  const long = Array.from({ length: 500 }, (_, at) => `tag${at} ${'x'.repeat(at)}`);
  const found = hints('GET', `/${'y'.repeat(5_000)}/{id}`, { tags: long });
  expect(JSON.stringify(found).length).toBeLessThan(600);
});

test('what a reader found out stays, and a call that has no place of its own is asked for by nothing', () => {
  const search = { synonyms: ['cat'], questions: ['where is the cat'] };
  expect(hints('GET', '/pets', { search })).toEqual(search);
  expect(hints('POST', '/')).toBeUndefined();
});
