import { sql } from 'kysely';
import { ServerId } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import type { Clock } from '../kernel/clock.ts';
import { createServerMemory } from '../builds/keep/memory.ts';
import { createMemory } from '../orchestrator/conversations/memory.ts';
import { rememberedIn } from './remembered.ts';
import { openStore } from './store.ts';

const clock: Clock = { now: () => 1_700_000_000_000, after: () => () => undefined };

test('what any room remembers or forgets is what every room reads next', async () => {
  const db = await openStore(':memory:');
  const [chats, owner, builds] = [
    createMemory({ db, clock }),
    createMemory({ db, clock }),
    createServerMemory({ db, clock }),
  ];
  const told = async () =>
    (await chats.list()).map(({ kind, subject, text }) => `${kind} ${subject}: ${text}`);
  expect(await told()).toEqual([]);
  await builds.keep(ServerId.parse('parcels'), 'where parcels are');
  await owner.add({ kind: 'preference', subject: 'units', text: 'kilometres' });
  expect(await told()).toEqual(['server parcels: where parcels are', 'preference units: kilometres']);
  await owner.add({ kind: 'preference', subject: 'units', text: 'miles' });
  expect(await owner.list('preference')).toMatchObject([{ subject: 'units', text: 'miles' }]);
  await owner.forget('server', 'parcels');
  expect([await builds.list(() => true), await told()]).toEqual([[], ['preference units: miles']]);
  await expect(owner.forget('server', 'parcels')).rejects.toMatchObject({ code: 'MEMORY_UNKNOWN' });
  await db.destroy();
});

test('what was read while a change was written is read again', async () => {
  const db = await openStore(':memory:');
  const remembered = rememberedIn(db);
  const line = {
    principal: 'owner',
    kind: 'preference',
    subject: 'units',
    text: 'kilometres',
    created_at: '2026-01-01T00:00:00Z',
  };
  const writing = remembered.put(line);
  await Promise.all([remembered.list(), writing]);
  expect(await remembered.list()).toEqual([line]);
  await db.destroy();
});

test('a reading that failed is not kept', async () => {
  const db = await openStore(':memory:');
  const remembered = rememberedIn(db);
  await sql`ALTER TABLE memory RENAME TO elsewhere`.execute(db);
  await expect(remembered.list()).rejects.toThrow('no such table');
  await sql`ALTER TABLE elsewhere RENAME TO memory`.execute(db);
  expect(await remembered.list()).toEqual([]);
  await db.destroy();
});
