import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditList, AuditReport, SecretList, type AuditEntry } from '@counterpart/schemas';
import { ApprovalList } from '@counterpart/schemas/hub/approval';
import Database from 'libsql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, fixtureServer, startHub, type TestHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';
import { shop } from './builder-shop.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

/** Who did what, through the front doors, and what becomes of a log that somebody else writes in. */

const TOOL = { name: 'read_note', description: 'Reads a note.', inputSchema: { type: 'object' } };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SECRET = 'value-that-no-log-may-hold';

let home: TestHome;
let hub: TestHub;
const cli = (...args: string[]) => home.run(['--home', home.home, ...args]);
const entries = async () => AuditList.parse(await hub.get('/api/audit?limit=1000')).entries;
const verify = async (body: object = {}) =>
  AuditReport.parse((await hub.send('POST', '/api/audit/verify', body)).body);
const acts = (all: readonly AuditEntry[]) => all.map(({ action, subject }) => `${action} ${subject}`);
const database = <T>(work: (db: Database.Database) => T): T => {
  const db = new Database(join(home.home, '.hub/hub.db'));
  try {
    return work(db);
  } finally {
    db.close();
  }
};
/** By rename, so that the server never reads half of it. */
const offer = (description: string) => {
  const file = join(home.home, 'tools.json');
  writeFileSync(`${file}.next`, JSON.stringify([{ ...TOOL, description }]));
  renameSync(`${file}.next`, file);
};

beforeAll(async () => {
  home = createTestHome();
  offer('Reads a note.');
  const notes = fixtureServer('changes-tools', { TOOLS_FILE: join(home.home, 'tools.json') });
  home.write('home/hub.config.json', JSON.stringify({ listen: { port: 0 }, mcpServers: { notes } }));
  expect((await cli('build', '--from', home.write('shop.json', shop()))).code).toBe(0);
  hub = await startHub(home.home);
});
afterAll(async () => {
  await hub.stop();
  await home.dispose();
});

test('installs, approvals, secrets, rollbacks and removals are in one chain, in whose name and in which trace', async () => {
  verifies('C12');
  await cli('rollback', 'toy-shop', '1.0.0');
  await hub.send('PUT', '/api/secrets/TOY_KEY', { value: SECRET, server: 'toy-shop' });
  offer('Reads a note, and more.');
  const pending = async () => ApprovalList.parse(await hub.get('/api/approvals')).pending;
  await eventually(async () => (await pending()).length > 0, 60_000);
  const hash = (await pending())[0]?.hash;
  const word = { decision: 'approve', tools: [{ tool: TOOL.name, hash }], via: 'api' };
  expect((await hub.send('POST', '/api/approvals/notes', word)).status).toBe(200);
  await fetch(`${hub.url}/api/servers/notes/disable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.token}`, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
  });
  expect((await cli('remove', 'toy-shop', '--yes')).code).toBe(0);
  const all = await entries();
  expect(acts(all)).toEqual([
    'version.install toy-shop',
    'server.add toy-shop',
    'server.add notes',
    'version.rollback toy-shop',
    'secret.store TOY_KEY',
    'tool.approve notes',
    'server.disable notes',
    'server.remove toy-shop',
  ]);
  const of = (action: string) => all.findLast((entry) => entry.action === action);
  expect(of('version.rollback')).toMatchObject({
    principal: 'owner via cli',
    facts: { version: '1.0.0', before: expect.stringContaining('1.') as string },
  });
  expect(of('server.disable')).toMatchObject({ principal: 'owner via api', trace: TRACE });
  expect(of('server.remove')?.principal).toBe('owner via cli');
  expect(JSON.stringify(all)).not.toContain(SECRET);
  const listed = async (query: string) => acts(AuditList.parse(await hub.get(`/api/audit?${query}`)).entries);
  expect(await listed('limit=2')).toEqual(['server.disable notes', 'server.remove toy-shop']);
  expect(await listed('limit=2&after=1')).toEqual(['server.add toy-shop', 'server.add notes']);
  expect(await listed('limit=1&action=version')).toEqual(['version.rollback toy-shop']);
  expect((await fetch(`${hub.url}/api/audit`)).status).toBe(401);
});

test('what cannot be entered is not done, and an act that failed is told as that', async () => {
  database((db) =>
    db.exec("create trigger no_entries before insert on audit_entry begin select raise(abort, 'full'); end"),
  );
  const refused = await hub.send('PUT', '/api/secrets/NEVER_STORED', { value: SECRET, shared: true });
  database((db) => db.exec('drop trigger no_entries'));
  expect(refused.body).toMatchObject({ code: 'DATA_UNWRITABLE' });
  const { secrets } = SecretList.parse(await hub.get('/api/secrets'));
  expect(secrets.map(({ name }) => name)).not.toContain('NEVER_STORED');
  const tools = [{ tool: TOOL.name, hash: `sha256-${'0'.repeat(64)}` }];
  const word = { decision: 'approve', tools, via: 'api' };
  const outdated = await hub.send('POST', '/api/approvals/notes', word);
  expect(outdated.body).toMatchObject({ code: 'APPROVAL_OUTDATED' });
  const [act, failure] = (await entries()).slice(-2);
  expect(act).toMatchObject({ action: 'tool.approve', facts: { tools } });
  expect(failure).toMatchObject({
    action: 'tool.approve',
    failed: act?.sequence,
    facts: { code: 'APPROVAL_OUTDATED' },
  });
});

test('a change of settings names what was changed, and a hand in the configuration is seen', async () => {
  const before = (await entries()).length;
  const since = async () => (await entries()).slice(before);
  await hub.send('PATCH', '/api/settings', { policy: { deny: ['a__*'] } });
  expect(await since()).toMatchObject([{ action: 'settings.change', facts: { changed: ['/policy'] } }]);
  const config = { listen: { port: 0 }, policy: { readOnly: true } };
  writeFileSync(join(home.home, 'hub.config.json'), JSON.stringify(config));
  const foreign = async () => (await since()).find(({ principal }) => principal.startsWith('whoever'));
  await eventually(async () => (await foreign()) !== undefined, 60_000);
  expect((await foreign())?.facts['changed']).toContain('/policy/readOnly');
});

test('killed while acts go on, the log is whole, and nothing was done that it does not know', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `KEY_${index}`);
  const answers = names.map((name) =>
    hub.send('PUT', `/api/secrets/${name}`, { value: SECRET, shared: true }).catch(() => undefined),
  );
  await Promise.race(answers);
  await hub.kill();
  await Promise.all(answers);
  hub = await startHub(home.home);
  expect(AuditReport.parse((await hub.send('POST', '/api/audit/verify', {})).body)).toMatchObject({
    sound: true,
  });
  const recorded = new Set(acts(await entries()));
  const stored = SecretList.parse(await hub.get('/api/secrets')).secrets.map(({ name }) => name);
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.filter((name) => !recorded.has(`secret.store ${name}`))).toEqual([]);
});

test('old entries go when their owner says so, and by no other way; an export proves itself', async () => {
  const out = join(home.home, 'audit.ndjson');
  expect((await cli('audit', 'export', '--out', out)).code).toBe(0);
  expect((await cli('audit', 'verify', '--file', out)).code).toBe(0);
  expect(() => database((db) => db.exec('delete from audit_entry where sequence = 2'))).toThrow(/only added/);
  expect((await cli('audit', 'trim', '3', '--yes')).stdout).toContain('2 entries are gone');
  expect((await entries())[0]?.sequence).toBe(3);
  expect(await verify()).toMatchObject({ sound: true, begins: { sequence: 2 } });
  expect((await hub.send('POST', '/api/audit/trim', { upTo: 2 })).status).toBe(404);
});

test('a row that is edited by SQL is refused, and found where the refusal was taken away', async () => {
  verifies('C12');
  const edit =
    "update audit_entry set entry_json = replace(entry_json, 'toy-shop', 'toy-stop') where sequence = 4";
  expect(() => database((db) => db.exec(edit))).toThrow(/only added/);
  const { head } = await verify();
  database((db) => db.exec(`drop trigger audit_entry_no_update; ${edit}`));
  const found = await cli('audit', 'verify');
  expect([found.code, found.stdout]).toEqual([8, expect.stringContaining('Entry 4 is not sound')]);
  expect(await hub.send('POST', '/api/audit/trim', { upTo: 6 })).toMatchObject({
    status: 409,
    body: { code: 'AUDIT_BROKEN' },
  });
  database((db) =>
    db.exec("update audit_entry set entry_json = replace(entry_json, 'toy-stop', 'toy-shop')"),
  );
  expect((await verify({ known: head })).sound).toBe(true);
  const other = { ...head, hash: head.hash.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')) };
  expect((await verify({ known: other })).broken?.sequence).toBe(head.sequence);
});
