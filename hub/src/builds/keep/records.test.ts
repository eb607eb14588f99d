import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoopOrder, ServerId } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../kernel/clock.ts';
import { type Db, openStore } from '../../store/store.ts';
import { createBuildRecords, type BuildRecords } from './records.ts';

const clock: Clock = { now: () => 1_700_000_000_000, after: () => () => undefined };

let dataDir: string;
let db: Db;
let records: BuildRecords;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'records-'));
  db = await openStore(join(dataDir, 'hub.db'));
  records = createBuildRecords({ db, clock });
});
afterEach(async () => {
  await db.destroy();
  rmSync(dataDir, { recursive: true });
});

const ID = 'b-0000000001';
async function running(): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const order = LoopOrder.parse({ text: 'the weather' });
  const { text, author } = order;
  await records.insert({
    id: ID,
    order,
    text,
    author,
    state: 'running',
    attempt: 1,
    createdAt: at,
    updatedAt: at,
  });
}

test('a build that was cancelled stays so whatever its work still writes, until it is queued again', async () => {
  await running();
  await Promise.all([
    records.update(ID, { server: ServerId.parse('weather') }),
    records.update(ID, { state: 'cancelled', waitsFor: undefined }),
    records.update(ID, { state: 'waiting', stage: 'approval', waitsFor: 'approval' }),
    records.update(ID, { problem: 'late' }),
  ]);
  expect(await records.get(ID)).toMatchObject({ state: 'cancelled', server: 'weather', problem: 'late' });
  expect(await records.get(ID)).not.toHaveProperty('waitsFor');
  expect(await records.update(ID, { state: 'queued', attempt: 2 })).toMatchObject({
    state: 'queued',
    attempt: 2,
  });
});

test('an update that fails holds up none after it', async () => {
  await running();
  const failed = records.update('b-0000000000', { state: 'failed' });
  const other = records.update(ID, { state: 'failed' });
  await expect(failed).rejects.toMatchObject({ code: 'BUILD_UNKNOWN' });
  expect(await other).toMatchObject({ state: 'failed' });
});
