import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findSandboxes } from '@counterpart/hub/sandbox/sandbox';
import { permissionsOf } from '@counterpart/kit';
import { openDatabase } from '@counterpart/scaffolds/readers/database/load';
import { readSource } from '@counterpart/scaffolds/readers/read';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { ServerId } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { VerifyReport } from '@counterpart/schemas/builds/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openSession, type StdioSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { findMissed, VALUES } from '../fixtures/databases/every-value.ts';
import {
  hasDatabases,
  runMaria,
  runPostgres,
  startMaria,
  startPostgres,
  type DatabaseServer,
} from '../fixtures/databases/servers.ts';
import { MARIA_SHOP, POSTGRES_SHOP, SQLITE_SHOP } from '../fixtures/databases/shops.ts';
import { TWIN_CALLS } from '../fixtures/databases/twin-calls.ts';
import { startHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

type Answer = Record<string, never> & { rows: Record<string, unknown>[]; row: Record<string, unknown> };

let place: TestHome;
let postgres: DatabaseServer;
let maria: DatabaseServer;

beforeAll(async () => {
  place = createTestHome();
  const file = new DatabaseSync(join(place.home, 'shop.sqlite'));
  file.exec(SQLITE_SHOP);
  file.close();
  if (!hasDatabases) return;
  [postgres, maria] = await Promise.all([startPostgres(), startMaria()]);
  await Promise.all([
    runPostgres(postgres.url('postgres'), 'CREATE DATABASE shop').then(() =>
      runPostgres(postgres.url('shop'), POSTGRES_SHOP),
    ),
    runMaria(maria.url('mysql'), 'CREATE DATABASE shop').then(() => runMaria(maria.url('shop'), MARIA_SHOP)),
  ]);
});
afterAll(async () => {
  await Promise.all([
    place.dispose(),
    hasDatabases ? postgres.stop() : undefined,
    hasDatabases ? maria.stop() : undefined,
  ]);
});

const build = (...args: string[]) => place.run(['build', '--home', place.home, '--json', ...args]);

const blueprintOf = (id: string): Blueprint =>
  Blueprint.parse(JSON.parse(readFileSync(join(place.home, 'servers', id, 'blueprint.json'), 'utf8')));

/** A session with a built server, alone. */
async function withServer<T>(
  id: string,
  env: Record<string, string>,
  use: (call: (tool: string, args?: object) => Promise<Answer>, session: StdioSession) => Promise<T>,
): Promise<T> {
  const session = await openSession({
    file: join(place.home, 'servers', id, 'dist/server.js'),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeoutMs: 60_000,
  });
  const call = async (tool: string, args: object = {}): Promise<Answer> => {
    const { text, isError, drift } = await session.callTool(tool, args);
    expect([tool, ...drift]).toEqual([tool]);
    return isError ? ({ error: text } as never) : (JSON.parse(text) as Answer);
  };
  try {
    return await use(call, session);
  } finally {
    await session.close();
  }
}

/** What holds for a shop in every database. */
async function exerciseShop(call: (tool: string, args?: object) => Promise<Answer>): Promise<void> {
  const first = await call('list_orders', { limit: 20, fields: ['id'], sort_by: 'total', descending: true });
  const rest = await call('list_orders', {
    limit: 20,
    fields: ['id'],
    sort_by: 'total',
    descending: true,
    cursor: first['next_cursor'],
  });
  expect([...first.rows, ...rest.rows].map(({ id }) => id)).toEqual(
    Array.from({ length: 25 }, (_, at) => 25 - at),
  );
  expect(rest).not.toHaveProperty('next_cursor');
  const bosses = await call('list_customers', { sort_by: 'boss', limit: 2, fields: ['name'] });
  const last = await call('list_customers', {
    sort_by: 'boss',
    limit: 2,
    fields: ['name'],
    cursor: bosses['next_cursor'],
  });
  expect([...bosses.rows, ...last.rows].map(({ name }) => name)).toEqual(['Bob', 'Cy', 'Ada']);
  const log = await call('list_logs', { limit: 2 });
  expect((await call('list_logs', { limit: 2, cursor: log['next_cursor'] })).rows).toHaveLength(1);
  const one = await call('get_order', { id: 1, with: ['customer', 'lines'] });
  expect(one['related']).toMatchObject({
    customer: { name: 'Bob' },
    lines: [{ sku: 'tea' }, { sku: 'pot' }],
  });
  expect(await call('get_line', { order_id: 1, line: 9 })).toEqual({ row: null });
  expect(await call('summarize_orders', { group_by: ['paid'] })).toEqual({
    groups: [
      { group: { paid: false }, count: 13 },
      { group: { paid: true }, count: 12 },
    ],
  });
  const big = await call('list_orders', {
    filters: [{ column: 'big', op: 'equal', value: String(one.row['big']) }],
  });
  expect(big.rows.every((row) => row['big'] === one.row['big'])).toBe(true);
  expect(
    (await call('list_customers', { filters: [{ column: 'name', op: 'contains', value: "%' or 1=1 --" }] }))
      .rows,
  ).toEqual([]);
  expect((await call('list_drop_table_xes')).rows).toEqual([]);
  expect((await call('list_paids', { limit: 1 })).rows).toHaveLength(1);
  const joined = await call('run_select', {
    sql: 'SELECT c.name, count(*) AS n, c.name FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.name ORDER BY 1',
    limit: 2,
  });
  expect(joined['rows']).toMatchObject([
    { name: 'Ada', name_2: 'Ada' },
    { name: 'Bob', name_2: 'Bob' },
  ]);
  expect(joined['more']).toBe(true);
  for (const sql of ['DELETE FROM orders', 'SELECT 1; DELETE FROM orders', 'SELECT * INTO t FROM orders'])
    expect(await call('run_select', { sql })).toHaveProperty('error');
}

async function exerciseWrites(call: (tool: string, args?: object) => Promise<Answer>): Promise<void> {
  const made = await call('create_customer', { body: { name: "O'Dee; --", tier: 'basic' } });
  const { id } = made.row;
  expect(made.row).toMatchObject({ name: "O'Dee; --", boss: null });
  expect((await call('update_customer', { id, body: { joined: '2024-02-29' } })).row).toMatchObject({
    id,
    joined: '2024-02-29',
  });
  expect(String((await call('create_customer', { body: { name: 'Ada' } }))['error'])).toMatch(
    /refuses these values/,
  );
  expect(String((await call('delete_customer', { id: 1 }))['error'])).toMatch(/refuses these values/);
  const hidden = await call('run_select', { sql: 'WITH x AS (SELECT 1) DELETE FROM log' });
  expect(hidden).toHaveProperty('error');
  expect((await call('list_logs')).rows).toHaveLength(3);
  expect(await call('delete_customer', { id })).toEqual({ deleted: 1 });
  expect(String((await call('delete_customer', { id }))['error'])).toMatch(/no row with id/);
}

/** An answer without what only a real database works out, and the kind of a refusal without the words of either. */
function essence(answer: Answer): unknown {
  const { error } = answer;
  if (error !== undefined)
    return (
      /refuses these values|no row with|no column|Only statements|must be/.exec(String(error))?.[0] ?? error
    );
  return JSON.parse(JSON.stringify(answer), (key, value: unknown) => (key === 'doubled' ? undefined : value));
}

const verify = async (id: string): Promise<VerifyReport> =>
  (await place.run(['verify', id, '--home', place.home, '--json'])).json(VerifyReport);

test('an SQLite file becomes a checked server that reads its tables, and writes where it was asked to', async () => {
  const file = join(place.home, 'shop.sqlite');
  const report = (await build('--from', `sqlite:${file}`, '--name', 'lite')).json(BuildReport);
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' }, secrets: [] });
  expect(report.tools.filter((tool) => /^(?:create|update|delete)/.test(tool))).toEqual([]);
  await withServer('lite', {}, exerciseShop);
  await build('--from', file, '--name', 'lite', '--writable');
  expect(await verify('lite')).toMatchObject({ passed: true, counts: { failed: 0, skipped: 0 } });
  await withServer('lite', { LITE_TIMEOUT_MS: '400' }, async (call) => {
    await exerciseWrites(call);
    const endless = 'WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) SELECT count(*) FROM s';
    expect(String((await call('run_select', { sql: endless }))['error'])).toMatch(/took too long/);
    // Its process was ended; the next call has another one.
    expect((await call('list_logs', { limit: 1 })).rows).toHaveLength(1);
  });
});

test('what is no database is refused with what to do, and no password is shown', async () => {
  const text = place.write('text.sqlite', 'this is no database, whatever its name is');
  const refused = [
    ['sqlite:/nowhere/at/all.sqlite', /no database file/],
    [`sqlite:${text}`, /not an SQLite database/],
    ['mysql://me:hush-hush@127.0.0.1:1/shop', /cannot be reached/],
    ['postgres://me:hush-hush@[', /no connection string/],
  ] as const;
  for (const [from, message] of refused) await expect(openDatabase(from)).rejects.toThrow(message);
  const { code, stdout, stderr } = await build('--from', 'postgres://me:hush-hush@127.0.0.1:1/shop');
  expect([code, stdout + stderr]).toEqual([4, expect.stringMatching(/cannot be reached/)]);
  expect(stdout + stderr).not.toMatch(/hush|\n\s+at /);
});

describe.skipIf(!hasDatabases)('with real servers', () => {
  test('PostgreSQL: tables, views, keys, enums, checks and comments become tools that read and write them', async () => {
    verifies('M18');
    const url = postgres.url('shop');
    const report = (await build('--from', url, '--name', 'pgshop', '--writable')).json(BuildReport);
    expect(report).toMatchObject({
      outcome: 'installed',
      check: { callOutcome: 'ok' },
      secrets: ['PGSHOP_DATABASE_URL'],
    });
    const blueprint = blueprintOf('pgshop');
    expect(JSON.stringify(blueprint)).not.toContain('pa55');
    const tables = new Map(blueprint.database?.tables.map((table) => [table.key, table]));
    expect(tables.get('customers')).toMatchObject({
      comment: 'People who buy.',
      identity: ['id'],
      unique: [['name']],
    });
    expect(tables.get('customers')?.relations?.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'one customer',
      'many customers',
      'many orders',
    ]);
    expect(tables.get('customers')?.columns.find(({ key }) => key === 'tier')).toMatchObject({
      values: ['basic', 'gold'],
    });
    expect([
      tables.get('orders')?.checks?.length,
      tables.get('stock_items')?.schema,
      tables.get('paid')?.kind,
    ]).toEqual([1, 'stock', 'view']);
    await withServer('pgshop', { PGSHOP_DATABASE_URL: url }, async (call) => {
      await exerciseShop(call);
      await exerciseWrites(call);
      const { row } = await call('get_order', { id: 8 });
      expect(row).toMatchObject({
        total: '8.0000000008',
        big: '9007199254741001',
        placed_at: '2024-02-29T23:59:59.123456Z',
        meta: { n: '12345678901234567890' },
        blob: 'AP8=',
        ratio: 1,
        took: 'PT1H30M',
        place: '(1,2)',
      });
      expect((await call('get_customer', { id: '1' })).row).toMatchObject({ tags: ['a,b', 'c'] });
      for (const sql of [
        "SELECT pg_read_file('/etc/passwd')",
        'SELECT pg_sleep(9)',
        "SELECT nextval('orders_id_seq')",
        'SELECT "pg_terminate_backend"(1)',
      ])
        expect(String((await call('run_select', { sql }))['error'])).toMatch(/not taken/);
      expect(String((await call('get_wide', { id: 1 }))['error'])).toMatch(/larger than what is read/);
      expect((await call('list_wides', { fields: ['id'] })).rows).toEqual([{ id: 1 }]);
    });
    const verified = await verify('pgshop');
    expect(verified).toMatchObject({ passed: true, counts: { failed: 0, skipped: 0 } });
  });

  test('MariaDB: the same, in its own words', async () => {
    verifies('M18');
    const url = maria.url('shop');
    const report = (await build('--from', url, '--name', 'mashop', '--writable')).json(BuildReport);
    expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
    await withServer('mashop', { MASHOP_DATABASE_URL: url }, async (call) => {
      await exerciseShop(call);
      await exerciseWrites(call);
      expect((await call('get_order', { id: 8 })).row).toMatchObject({
        total: '8.0000000008',
        doubled: '16.0000000016',
        big: '18446744073709551608',
        placed_at: '2024-02-29T23:59:59.123456',
        meta: { n: '12345678901234567890' },
        raw: 'AP8=',
        paid: true,
        place: 'POINT(1 2)',
      });
      for (const sql of [
        "SELECT LOAD_FILE('/etc/passwd')",
        "SELECT 5--1 INTO OUTFILE '/tmp/never'",
        'SELECT 1 /*! INTO @x */',
      ])
        expect(await call('run_select', { sql })).toHaveProperty('error');
    });
    expect(existsSync('/tmp/never')).toBe(false);
  });

  test('the mirror of a database gives the answers of the database itself, over REST and from the same calls', async () => {
    verifies('M33');
    await Promise.all([
      runPostgres(postgres.url('postgres'), 'CREATE DATABASE twin TEMPLATE shop').then(() =>
        runPostgres(postgres.url('twin'), 'TRUNCATE customers, orders, lines RESTART IDENTITY'),
      ),
      runMaria(maria.url('shop'), 'CREATE DATABASE twin').then(() =>
        runMaria(
          maria.url('twin'),
          `${MARIA_SHOP} SET FOREIGN_KEY_CHECKS = 0; TRUNCATE customers; TRUNCATE orders; TRUNCATE \`lines\``,
        ),
      ),
    ]);
    const answers = (id: string, setting: string, value: string) =>
      withServer(id, { [`${id.toUpperCase()}_${setting}`]: value }, async (call) => {
        const found: unknown[] = [];
        for (const [tool, args] of TWIN_CALLS) found.push([tool, args, essence(await call(tool, args))]);
        return found;
      });
    for (const [id, url] of [
      ['pgshop', postgres.url('twin')],
      ['mashop', maria.url('twin')],
    ] as const) {
      const mirror = await startMirror(blueprintOf(id), { port: 0, seedRows: 0 });
      try {
        const real = await answers(id, 'DATABASE_URL', url);
        expect(await answers(id, 'BASE_URL', mirror.url)).toEqual(real);
      } finally {
        await mirror.close();
      }
    }
  });

  test('pages of every order hold each row once, and every value finds its row', async () => {
    const file = join(place.home, 'values.sqlite');
    const database = new DatabaseSync(file);
    database.exec(VALUES.sqlite);
    database.close();
    await Promise.all([
      runPostgres(postgres.url('postgres'), 'CREATE DATABASE kinds').then(() =>
        runPostgres(postgres.url('kinds'), VALUES.postgres),
      ),
      runMaria(maria.url('shop'), 'CREATE DATABASE kinds CHARACTER SET utf8mb4').then(() =>
        runMaria(maria.url('kinds'), VALUES.maria),
      ),
    ]);
    for (const url of [postgres.url('kinds'), maria.url('kinds'), `sqlite:${file}`]) {
      const source = await openDatabase(url);
      if (source === undefined) throw new TypeError('no database');
      const { blueprint } = await readSource(source, { id: ServerId.parse('kinds') });
      expect(await findMissed(blueprint, url)).toEqual([]);
    }
  });

  test('only what its user may read becomes a tool, and its host alone is what the server may reach', async () => {
    const source = await openDatabase(postgres.url('shop', { name: 'reader', password: 'read-only-word' }));
    if (source === undefined) throw new TypeError('no database');
    const { blueprint } = await readSource(source, { id: ServerId.parse('reader') });
    expect(blueprint.operations.map(({ name }) => name)).toEqual([
      'describe_tables',
      'run_select',
      'list_customers',
      'get_customer',
      'summarize_customers',
    ]);
    expect(permissionsOf(blueprint)).toEqual([`127.0.0.1:${postgres.port}`]);
    expect(JSON.stringify(blueprint)).not.toContain('read-only-word');
  });
});

const usable = (await findSandboxes()).flatMap(({ kind, found }) =>
  typeof found === 'string' ? [] : [kind],
);

describe.skipIf(!hasDatabases).each(usable)('inside walls of %s', (sandbox) => {
  const rowsOf = z.object({ rows: z.array(z.unknown()) });
  const Called = z.object({ structuredContent: z.unknown().optional(), content: z.unknown() });

  /** What a request to a server's broker is answered, as the server itself would send it. */
  const askBroker = (id: string, head: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const [folder = ''] = readdirSync(place.home + '/.hub/run').filter((name) => name.startsWith(`${id}-`));
      const socket = connect(join(place.home, '.hub/run', folder, 'broker.sock'));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.once('error', reject);
      socket.once('close', () => resolve(text));
      socket.write(`${head}\r\nhost: x\r\nconnection: close\r\n\r\n`);
    });

  const environments = (): string[] =>
    readdirSync('/proc').flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/environ`, 'utf8')];
      } catch {
        return []; // no process, or it has ended
      }
    });

  test('servers read PostgreSQL and MariaDB through the broker, with passwords that no environment holds', async () => {
    verifies('C05', 'M53');
    const password = 'pa55-word';
    place.write('home/hub.config.json', JSON.stringify({ defaults: { walls: 'sandbox', sandbox } }));
    const hub = await startHub(place.home);
    try {
      await hub.send('PUT', '/api/secrets/PGSHOP_DATABASE_URL', { value: postgres.url('twin') });
      await hub.send('PUT', '/api/secrets/MASHOP_DATABASE_URL', { value: maria.url('twin') });
      for (const id of ['pgshop', 'mashop']) {
        const answer = await hub.rpc('tools/call', { name: `${id}__list_logs`, arguments: {} });
        expect(rowsOf.parse(Called.parse(answer).structuredContent).rows).toHaveLength(3);
      }
      const all = environments();
      expect(all.filter((text) => text.includes(password))).toEqual([]);
      const tickets = all.flatMap((text) => /COUNTERPART_HANDED=([\w-]+)/.exec(text)?.[1] ?? []);
      expect(tickets.length).toBeGreaterThan(0);
      for (const ticket of tickets)
        expect(await askBroker('pgshop', `GET /handed/${ticket} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 410 /);
      // Nothing but the database itself, of the ports of this machine.
      for (const port of [maria.port, new URL(hub.url).port])
        expect(await askBroker('pgshop', `CONNECT 127.0.0.1:${port} HTTP/1.1`)).toMatch(
          /^HTTP\/1\.1 40[03] /,
        );
    } finally {
      await hub.stop();
    }
  });
});

// Last, for it ends a database server.
describe.skipIf(!hasDatabases)('databases that go away', () => {
  test('a server tells of a wrong password, a missing database and one that has gone, and goes on when it is back', async () => {
    const asked = (url: string) =>
      withServer('pgshop', { PGSHOP_DATABASE_URL: url }, async (call) =>
        String((await call('list_customers'))['error']),
      );
    const wrong = await asked(postgres.url('shop', { name: 'tester', password: 'wrong-word' }));
    expect(wrong).toMatch(/refuses the user or its password[^]*PGSHOP_DATABASE_URL/);
    expect(wrong).not.toContain('wrong-word');
    expect(await asked(postgres.url('nothing'))).toMatch(/no such database/);
    expect(await asked('http://example.com')).toMatch(/no connection string/);
    await withServer('pgshop', { PGSHOP_DATABASE_URL: postgres.url('shop') }, async (call) => {
      await call('list_customers');
      await runPostgres(
        postgres.url('postgres'),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'shop'",
      );
      expect((await call('list_customers')).rows).toHaveLength(3);
    });
    await withServer('mashop', { MASHOP_DATABASE_URL: maria.url('shop') }, async (call) => {
      await call('list_customers');
      const slow = call('run_select', {
        sql: 'SELECT count(*) FROM seq_1_to_100000000 a JOIN seq_1_to_100000000 b',
      });
      await runMaria(maria.url('mysql'), 'SELECT SLEEP(0.2)');
      await maria.crash();
      expect(String((await slow)['error'])).toMatch(/cannot be reached/);
      expect(String((await call('list_customers'))['error'])).toMatch(/cannot be reached/);
    });
  });
});
