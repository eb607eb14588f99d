import { expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { dependencyProblem, type Needing, removalProblem, replacementProblem } from './dependencies.ts';

const server = (version: string | undefined, needs: Record<string, string> = {}): Needing => ({
  version,
  needs: new Map(Object.entries(needs)),
});
const servers = new Map([
  ['accounts', server('1.4.0')],
  ['mail', server(undefined)],
  ['reports', server('1.0.0', { accounts: '^1.2.0', mail: '*' })],
  ['lost', server('1.0.0', { nowhere: '^1.0.0' })],
  ['picky', server('1.0.0', { accounts: '^2.0.0' })],
  ['vague', server('1.0.0', { mail: '^1.0.0' })],
  ['one', server('1.0.0', { two: '*' })],
  ['two', server('1.0.0', { three: '*' })],
  ['three', server('1.0.0', { one: '*' })],
]);

test.each([
  ['reports', undefined],
  ['lost', 'lost needs nowhere ^1.0.0, and there is no such server.'],
  ['picky', 'picky needs accounts ^2.0.0, and 1.4.0 is in place.'],
  ['vague', 'vague needs mail ^1.0.0, and no version that is known is in place.'],
  ['one', 'Servers depend on each other in a circle: one → two → three → one.'],
])('%s beside the others: %s', (id, message) => {
  verifies('E03');
  expect(dependencyProblem(id, servers)?.message).toBe(message);
});

test('a version that somebody could not use does not take the place of one that he can', () => {
  const few = new Map([...servers].filter(([id]) => ['accounts', 'reports', 'mail'].includes(id)));
  expect(replacementProblem('accounts', '1.9.0', few)).toBeUndefined();
  expect(replacementProblem('accounts', '2.0.0', few)?.message).toBe(
    'accounts 2.0.0 does not fit reports, which needs ^1.2.0.',
  );
});

test('a server that others need is not removed', () => {
  expect(removalProblem('mail', servers)?.message).toBe(
    'mail is needed by reports; vague, which needs ^1.0.0.',
  );
  expect(removalProblem('reports', servers)).toBeUndefined();
});
