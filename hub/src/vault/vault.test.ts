import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CounterpartError } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { Clock } from '../kernel/clock.ts';
import { createRedactor } from '../kernel/redact.ts';
import { type Db, openStore } from '../store/store.ts';
import { keyFile, parseKey, readKeyRing, writeKeyFile } from './key-ring.ts';
import { newMasterKey } from './sealing.ts';
import { createVault } from './vault.ts';

const clock: Clock = { now: () => 1_700_000_000_000, after: () => () => undefined };
const TOKEN = { server: 'weather', name: 'WEATHER_TOKEN' };
const SHARED = { server: '', name: 'SHARED_KEY' };
const VALUE = 'canary-value-91b7';

let dataDir: string;
let db: Db;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'vault-'));
  db = await openStore(join(dataDir, 'hub.db'));
});
afterEach(async () => {
  await db.destroy();
  rmSync(dataDir, { recursive: true });
});

const vaultWith = (env: Record<string, string> = {}, redactor = createRedactor()) =>
  createVault({ db, clock, dataDir, env, redactor });
/** Code and message of what it was refused with. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) =>
      error instanceof CounterpartError ? `${error.code}: ${error.message}` : String(error),
  );

test('secrets are stored, read, listed by name and deleted, and the database holds none of them', async () => {
  verifies('C03', 'C04');
  const vault = vaultWith();
  expect([await vault.has(TOKEN), await vault.retrieve(TOKEN), await vault.list()]).toEqual([
    false,
    undefined,
    [],
  ]);
  await vault.store(TOKEN, 'before');
  await vault.store(TOKEN, VALUE);
  await vault.store(SHARED, 'other');
  expect([await vault.has(TOKEN), await vault.retrieve(TOKEN)]).toEqual([true, VALUE]);
  expect((await vault.list()).map(({ server, name }) => [server, name])).toEqual([
    ['', 'SHARED_KEY'],
    ['weather', 'WEATHER_TOKEN'],
  ]);
  for (const file of ['hub.db', 'hub.db-wal']) expect(readFileSync(join(dataDir, file))).not.toContain(VALUE);
  expect([await vault.delete(TOKEN), await vault.delete(TOKEN), await vault.has(TOKEN)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('the first secret makes a key file for its owner only; another hub on the same folder reads with it', async () => {
  expect(existsSync(keyFile(dataDir))).toBe(false);
  await vaultWith().store(TOKEN, VALUE);
  expect(statSync(keyFile(dataDir)).mode & 0o777).toBe(0o600);
  expect(await vaultWith().retrieve(TOKEN)).toBe(VALUE);
});

test('every value that goes through the vault is redacted from then on', async () => {
  const [writing, reading] = [createRedactor(), createRedactor()];
  await vaultWith({}, writing).store(TOKEN, VALUE);
  await vaultWith({}, reading).retrieve(TOKEN);
  expect([writing.redact(VALUE), reading.redact(VALUE)]).toEqual(['[redacted]', '[redacted]']);
});

test('a key file that others can read, a link, and a broken one are refused', async () => {
  await vaultWith().store(TOKEN, VALUE);
  chmodSync(keyFile(dataDir), 0o640);
  expect(await refusal(vaultWith().retrieve(TOKEN))).toMatch(/^VAULT_KEY_EXPOSED: .*0640/);
  chmodSync(keyFile(dataDir), 0o600);
  const elsewhere = mkdtempSync(join(tmpdir(), 'vault-'));
  symlinkSync(keyFile(dataDir), keyFile(elsewhere));
  expect(() => readKeyRing(elsewhere, {})).toThrow(/not a plain file/);
  rmSync(elsewhere, { recursive: true });
});

test('a lost key file is told as lost; no new key takes its place while secrets wait for it', async () => {
  await vaultWith().store(TOKEN, VALUE);
  rmSync(keyFile(dataDir));
  for (const act of [vaultWith().retrieve(TOKEN), vaultWith().store(SHARED, 'x'), vaultWith().rotate()])
    expect(await refusal(act)).toMatch(/^VAULT_KEY_INVALID: .*there is no key, and 1 stored secrets need/);
  expect(existsSync(keyFile(dataDir))).toBe(false);
  expect(await vaultWith().delete(TOKEN)).toBe(true);
});

test('a wrong master key opens nothing and seals nothing', async () => {
  verifies('C04');
  const [right, wrong] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')];
  await vaultWith({ MODULE_ENCRYPTION_KEY: right }).store(TOKEN, VALUE);
  const mistaken = vaultWith({ MODULE_ENCRYPTION_KEY: wrong });
  for (const act of [mistaken.retrieve(TOKEN), mistaken.store(SHARED, 'x')])
    expect(await refusal(act)).toMatch(/^VAULT_KEY_INVALID: .*it is not the key of 1 stored secrets/);
  expect(await vaultWith({ MODULE_ENCRYPTION_KEY: right }).retrieve(TOKEN)).toBe(VALUE);
});

test.each([
  ['short', 'it has 3 bytes instead of 32'],
  [randomBytes(31).toString('base64'), 'it has 31 bytes instead of 32'],
  ['not a key!', 'neither base64 nor hexadecimal'],
  [Buffer.alloc(32).toString('base64'), 'all its bytes are equal'],
])('the key %s is refused with the reason and without its text', (text, reason) => {
  const thrown = (): unknown => parseKey(text === 'short' ? 'YWJj' : text, 'MODULE_ENCRYPTION_KEY');
  expect(thrown).toThrow(reason);
  expect(thrown).not.toThrow(text);
});

test('a key is read as base64, base64url and hex alike', () => {
  const bytes = randomBytes(32);
  const ids = (['base64', 'base64url', 'hex'] as const).map(
    (form) => parseKey(`${bytes.toString(form)}\n`, 'x').id,
  );
  expect(new Set(ids).size).toBe(1);
});

test('a record that was changed, or put in another place, is refused by name', async () => {
  verifies('C04');
  const vault = vaultWith();
  await vault.store(TOKEN, VALUE);
  await vault.store(SHARED, 'another value');
  const [shared] = await db.selectFrom('secret').selectAll().where('server_id', '=', '').execute();
  await db
    .updateTable('secret')
    .set({ wrapped_key: shared?.wrapped_key ?? '', sealed: shared?.sealed ?? '' })
    .where('server_id', '=', 'weather')
    .execute();
  const error = await refusal(vault.retrieve(TOKEN));
  expect(error).toMatch(/^VAULT_RECORD_DAMAGED: .*WEATHER_TOKEN of weather/);
  expect(error).not.toContain('another value');
  expect(await refusal(vault.rotate())).toMatch(/^VAULT_RECORD_DAMAGED/);
  await vault.store(TOKEN, 'set anew');
  expect(await vault.retrieve(TOKEN)).toBe('set anew');
});

test('a revoked secret is gone for good, and its name says so until it is set again', async () => {
  const vault = vaultWith();
  await vault.store(TOKEN, VALUE);
  expect(await vault.revoke(TOKEN)).toBe(true);
  expect(await refusal(vault.retrieve(TOKEN))).toMatch(/^SECRET_REVOKED/);
  expect(await vault.has(TOKEN)).toBe(false);
  const [row] = await db.selectFrom('secret').selectAll().execute();
  expect([row?.wrapped_key, row?.sealed]).toEqual(['', '']);
  await vault.rotate();
  await vault.store(TOKEN, 'new');
  expect(await vault.retrieve(TOKEN)).toBe('new');
});

test('a rotation moves every record to a new key, and the old key opens nothing any more', async () => {
  verifies('C04');
  const vault = vaultWith();
  await vault.store(TOKEN, VALUE);
  await vault.store(SHARED, 'other');
  const before = readFileSync(keyFile(dataDir));
  const { keyId, records } = await vault.rotate();
  expect(records).toBe(2);
  expect((await vault.list()).map((record) => record.keyId)).toEqual([keyId, keyId]);
  expect(readKeyRing(dataDir, {})?.keys).toHaveLength(1);
  expect([await vault.retrieve(TOKEN), await vault.retrieve(SHARED)]).toEqual([VALUE, 'other']);
  writeFileSync(keyFile(dataDir), before);
  expect(await refusal(vault.retrieve(TOKEN))).toMatch(/^VAULT_KEY_INVALID/);
});

test('a rotation that was killed between its steps leaves everything readable, and the next one ends it', async () => {
  const vault = vaultWith();
  await vault.store(TOKEN, VALUE);
  const old = readKeyRing(dataDir, {})?.keys ?? [];
  // Killed after the key file was written, before the records changed.
  writeKeyFile(dataDir, [newMasterKey(), ...old]);
  expect(await vault.retrieve(TOKEN)).toBe(VALUE);
  await vault.store(SHARED, 'with the new key');
  await vault.rotate();
  expect(readKeyRing(dataDir, {})?.keys).toHaveLength(1);
  expect([await vault.retrieve(TOKEN), await vault.retrieve(SHARED)]).toEqual([VALUE, 'with the new key']);
});

test('a key of the environment is changed by giving both once; records of a key file move to it as well', async () => {
  await vaultWith().store(SHARED, 'from the file');
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const one = vaultWith({ MODULE_ENCRYPTION_KEY: first });
  await one.store(TOKEN, VALUE);
  expect((await one.rotate()).records).toBe(1);
  expect(await refusal(one.rotate())).toMatch(/^VAULT_KEY_UNCHANGED/);
  const both = { MODULE_ENCRYPTION_KEY: second, MODULE_ENCRYPTION_KEY_PREVIOUS: first };
  expect((await vaultWith(both).rotate()).records).toBe(2);
  const last = vaultWith({ MODULE_ENCRYPTION_KEY: second });
  expect([await last.retrieve(TOKEN), await last.retrieve(SHARED)]).toEqual([VALUE, 'from the file']);
});
