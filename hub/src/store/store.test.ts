import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Clock } from '../kernel/clock.ts';
import { createRegistry } from '../registry/registry.ts';
import { openStore } from './store.ts';

const clock: Clock = { now: () => 1_700_000_000_000, after: () => () => undefined };

test('a damaged database is named as damaged, with what it held', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const file = join(folder, 'hub.db');
  writeFileSync(file, 'not a database at all '.repeat(200));
  await expect(openStore(file)).rejects.toMatchObject({
    code: 'DATA_DAMAGED',
    message: expect.stringContaining('not a database') as unknown,
    fix: expect.stringContaining('stored secrets, people, conversations') as unknown,
  });
  rmSync(folder, { recursive: true });
});

test('a database of a newer version is told as one, and stays as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const file = join(folder, 'hub.db');
  const db = await openStore(file);
  await sql`INSERT INTO kysely_migration VALUES ('9999-later', '2030-01-01T00:00:00Z')`.execute(db);
  await db.destroy();
  await expect(openStore(file)).rejects.toMatchObject({
    code: 'DATA_NEWER',
    params: { file, migration: '9999-later' },
  });
  rmSync(folder, { recursive: true });
});

test('a database of the first homes, with the table that its second migration made ahead, is brought up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const file = join(folder, 'hub.db');
  const first = await openStore(file);
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'kysely%'
      AND name NOT IN ('server', 'server_version', 'server_snapshot', 'server_health', 'event')`.execute(
    first,
  );
  for (const { name } of rows) await sql`DROP TABLE ${sql.table(name)}`.execute(first);
  await sql`DELETE FROM kysely_migration WHERE name > '0003'`.execute(first);
  await sql`CREATE TABLE build (id INTEGER PRIMARY KEY, report_json TEXT)`.execute(first);
  await first.destroy();
  const db = await openStore(file);
  expect(await db.selectFrom('build').select('state').execute()).toEqual([]);
  await db.destroy();
  rmSync(folder, { recursive: true });
});

test('while another program holds the database, a statement of the hub fails soon instead of waiting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const [ours, other] = [await openStore(join(folder, 'hub.db')), await openStore(join(folder, 'hub.db'))];
  const { rows } = await sql<{ timeout: number }>`PRAGMA busy_timeout`.execute(ours);
  expect(rows).toEqual([{ timeout: 100 }]);
  await sql`BEGIN IMMEDIATE`.execute(other);
  await expect(createRegistry({ db: ours, clock }).setEnabled('a', false)).rejects.toThrow(
    "Cannot write to the hub's database: database is locked",
  );
  await sql`ROLLBACK`.execute(other);
  await Promise.all([ours.destroy(), other.destroy()]);
  rmSync(folder, { recursive: true });
});

test('what cannot be recorded is refused with the reason, and can be recorded later', async () => {
  const db = await openStore(':memory:');
  const registry = createRegistry({ db, clock });
  const installation = { id: 'a', kind: 'built', version: '1.0.0', contentHash: 'sha256-x' } as const;
  await sql`PRAGMA query_only = ON`.execute(db);
  for (const act of [() => registry.install(installation), () => registry.uninstall('a')])
    await expect(act()).rejects.toMatchObject({ code: 'DATA_UNWRITABLE' });
  await sql`PRAGMA query_only = OFF`.execute(db);
  expect(await registry.install(installation)).toMatchObject({ id: 'a', enabled: true });
  expect(await registry.versions('a')).toMatchObject([{ version: '1.0.0' }]);
  await registry.uninstall('a');
  expect(await registry.list()).toEqual([]);
  await db.destroy();
});

test('the health kept of each server is bounded, however servers take turns', async () => {
  const db = await openStore(':memory:');
  const registry = createRegistry({ db, clock });
  for (let turn = 0; turn < 700; turn += 1) {
    await registry.updateHealth('a', 'ready');
    await registry.updateHealth('b', 'stopped');
  }
  for (const id of ['a', 'b']) expect((await registry.health(id, 10_000)).length).toBeLessThanOrEqual(400);
  await db.destroy();
});
