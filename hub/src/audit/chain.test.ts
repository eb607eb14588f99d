import { generateKeyPairSync } from 'node:crypto';
import type { AuditAnchor, AuditEntry } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { ChainWalk, GENESIS, linkEntry } from './chain.ts';

const keyOf = (id: string) => ({ id, ...generateKeyPairSync('ed25519') });
const key = keyOf('one');

/** A chain of so many entries; what `facts` gives stands in the facts of the entry with this number. */
function chainOf(count: number, more: Readonly<Record<number, Partial<AuditEntry>>> = {}): AuditEntry[] {
  const entries: AuditEntry[] = [];
  let last: AuditAnchor = GENESIS;
  for (let number = 1; number <= count; number += 1) {
    const record = {
      at: '2026-01-01T00:00:00.000Z',
      principal: 'owner via cli',
      action: 'server.add',
      subject: `s${number}`,
      facts: {},
      trace: 'a'.repeat(32),
      span: 'b'.repeat(16),
      ...more[number],
    } as const;
    const entry = linkEntry(record, last, key);
    entries.push(entry);
    last = entry;
  }
  return entries;
}

const walked = (
  stored: readonly unknown[],
  expected: Partial<ConstructorParameters<typeof ChainWalk>[0]> = {},
) => {
  const walk = new ChainWalk({ key, ...expected });
  for (const entry of stored) if (!walk.take(entry)) break;
  return walk.report();
};
const brokenAt = (...[stored, expected]: Parameters<typeof walked>) =>
  walked(stored, expected).broken?.sequence;

test('a chain as it was written is sound, and tells its last entry', () => {
  const chain = chainOf(3);
  expect(walked(chain)).toEqual({
    sound: true,
    entries: 3,
    begins: GENESIS,
    head: { sequence: 3, hash: chain[2]?.hash },
    keyId: 'one',
  });
  expect(walked([])).toMatchObject({ sound: true, entries: 0, head: GENESIS });
});

test('the first entry that was changed, left out, moved or replaced is named', () => {
  const [one, two, three] = chainOf(3);
  if (!one || !two || !three) throw new Error('no chain');
  expect(brokenAt([one, { ...two, principal: 'somebody' }, three])).toBe(2);
  expect(brokenAt([one, three])).toBe(2);
  expect(brokenAt([one, three, two])).toBe(2);
  expect(brokenAt([two, three])).toBe(1);
  expect(brokenAt([one, 'no entry', three])).toBe(2);
  const { hash: _, keyId: __, signature: ___, ...record } = two;
  expect(brokenAt([one, linkEntry({ ...record, subject: 'x' }, one, key), three])).toBe(3);
  expect(brokenAt([one, { ...two, signature: one.signature }, three])).toBe(2);
});

test('whoever writes all of it anew lacks the key, or the entry that was noted elsewhere', () => {
  const chain = chainOf(3);
  expect(walked(chain, { key: keyOf('other') }).broken).toEqual({
    sequence: 1,
    problem: 'it is signed with the key one, and not with other',
  });
  expect(brokenAt(chain, { key: { ...keyOf('other'), id: 'one' } })).toBe(1);
  expect(brokenAt(chain, { key: undefined })).toBe(1);
  const known = { sequence: 2, hash: chain[1]?.hash ?? '' };
  expect(brokenAt(chain, { known })).toBeUndefined();
  expect(brokenAt(chainOf(3, { 2: { subject: 'x' } }), { known })).toBe(2);
});

test('entries that are gone from the end are missed by their number', () => {
  const chain = chainOf(3);
  expect(brokenAt(chain.slice(0, 2), { highest: 3 })).toBe(3);
  expect(brokenAt(chain.slice(0, 1), { known: { sequence: 3, hash: chain[2]?.hash ?? '' } })).toBe(2);
  expect(brokenAt([], { highest: 1 })).toBe(1);
});

test('a chain may begin later where an entry of its own says that it was shortened', () => {
  const [, , third] = chainOf(4);
  const trimmed = chainOf(4, { 4: { action: 'audit.trim', facts: { upTo: 3, hash: third?.hash ?? '' } } });
  expect(walked(trimmed.slice(2))).toMatchObject({ sound: true, entries: 2, begins: { sequence: 2 } });
  expect(brokenAt(trimmed.slice(1))).toBe(1);
  const ofAnother = chainOf(4, { 4: { action: 'audit.trim', facts: { upTo: 3, hash: GENESIS.hash } } });
  expect(brokenAt(ofAnother.slice(2))).toBe(2);
});
