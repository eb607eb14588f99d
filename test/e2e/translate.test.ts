import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '@counterpart/schemas';
import { MirrorSummary } from '@counterpart/schemas/mirror/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  hasDatabases,
  runPostgres,
  startPostgres,
  type DatabaseServer,
} from '../fixtures/databases/servers.ts';
import { POSTGRES_SHOP, SQLITE_SHOP } from '../fixtures/databases/shops.ts';
import { fixtureServer, startHub, type TestHub } from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let place: TestHome;
let hub: TestHub;
let postgres: DatabaseServer | undefined;
let graphql: string;
let rest: string;

const CONFIG = {
  mcpServers: { notes: fixtureServer('effects') },
  overrides: { shop: { policy: { deny: ['delete_customer'] } } },
};
const run = (...args: string[]) => place.run([...args, '--home', place.home, '--json']);

async function translate(server: string, as: string): Promise<string> {
  const ran = await run('translate', server, '--as', as, '--port', '0');
  expect([ran.code, ran.stderr]).toEqual([0, expect.not.stringContaining('error')]);
  const { ownUrl, mode, running } = ran.json(MirrorSummary);
  expect([mode, running]).toEqual(['live', true]);
  return ownUrl ?? '';
}

/** Where the shop is: PostgreSQL where it is installed, else SQLite. */
async function openShop(): Promise<string> {
  if (!hasDatabases) {
    const file = new DatabaseSync(join(place.home, 'shop.sqlite'));
    file.exec(SQLITE_SHOP);
    file.close();
    return `sqlite:${join(place.home, 'shop.sqlite')}`;
  }
  postgres = await startPostgres();
  await runPostgres(postgres.url('postgres'), 'CREATE DATABASE shop');
  await runPostgres(postgres.url('shop'), POSTGRES_SHOP);
  return postgres.url('shop');
}

/** A hub with a shop's database that may be written, in two interfaces. */
beforeAll(async () => {
  place = createTestHome(CONFIG);
  const source = await openShop();
  expect((await run('build', '--from', source, '--name', 'shop', '--writable')).code).toBe(0);
  hub = await startHub(place.home, { SHOP_DATABASE_URL: source });
  [graphql, rest] = [await translate('shop', 'graphql'), await translate('shop', 'rest')];
}, 120_000);

afterAll(async () => {
  await hub.stop();
  await postgres?.stop();
  await place.dispose();
});

async function ask(
  query: string,
  variables: JsonObject = {},
  { base = graphql, headers = {} }: { base?: string; headers?: Record<string, string> } = {},
): Promise<JsonObject> {
  const response = await fetch(`${base}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as JsonObject;
}

test('a database answers in GraphQL: rows with those that belong to them, written ones too', async () => {
  verifies('M03');
  const nested = await ask(
    `query ($least: JSON) {
      list_orders(filters: [{ column: id, op: min, value: $least }], sort_by: id, limit: 2) {
        rows { id customer { name } lines { sku } }
      }
      summarize_orders { groups { count } }
    }`,
    { least: 1 },
  );
  expect(nested).toEqual({
    data: {
      list_orders: {
        rows: [
          { id: 1, customer: { name: 'Bob' }, lines: [{ sku: 'tea' }, { sku: 'pot' }] },
          { id: 2, customer: { name: 'Cy' }, lines: [{ sku: 'tea' }] },
        ],
      },
      summarize_orders: { groups: [{ count: 25 }] },
    },
  });
  const made = await ask(
    'mutation ($body: CustomersValuesInput!) { create_customer(body: $body) { row { id name } } }',
    {
      body: { name: 'Dee', tier: 'gold' },
    },
  );
  expect(made).toMatchObject({ data: { create_customer: { row: { name: 'Dee' } } } });
  // The row is in the database: another interface to it has it.
  const found = await fetch(
    `${rest}/rows/customers?filters=${encodeURIComponent('[{"column":"name","op":"equal","value":"Dee"}]')}`,
  );
  expect([found.status, await found.json()]).toMatchObject([200, { rows: [{ name: 'Dee', tier: 'gold' }] }]);
});

test('the same database answers as a REST service, and what is wrong with a request is told before anything is called', async () => {
  const one = await fetch(`${rest}/rows/orders/1?with=customer`);
  expect(await one.json()).toMatchObject({ row: { id: 1 }, related: { customer: { name: 'Bob' } } });
  const made = await fetch(`${rest}/rows/customers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Eve' }),
  });
  const { row } = (await made.json()) as { row: { id: number } };
  const changed = await fetch(`${rest}/rows/customers/${row.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tier: 'gold' }),
  });
  expect(await changed.json()).toMatchObject({ row: { name: 'Eve', tier: 'gold' } });
  expect((await fetch(`${rest}/rows/orders?limit=none`)).status).toBe(422);
  expect((await fetch(`${rest}/rows/nothing`)).status).toBe(404);
});

test('policy and refusals of a tool hold in every interface', async () => {
  const denied = await ask('mutation { delete_customer(id: 3) { deleted } }');
  expect(denied).toMatchObject({
    errors: [{ message: expect.stringMatching(/delete_customer/) as unknown }],
  });
  const failed = await ask('mutation { create_customer(body: { name: "Ada" }) { row { id } } }');
  expect(failed).toMatchObject({
    data: { create_customer: null },
    errors: [{ extensions: { code: 'TOOL_FAILED' } }],
  });
  const gone = await fetch(`${rest}/rows/customers/3`, { method: 'DELETE' });
  expect([gone.status, (await ask('{ get_customer(id: 3) { row { name } } }'))['data']]).toEqual([
    404,
    { get_customer: { row: { name: 'Cy' } } },
  ]);
});

test('any MCP server answers in both, under the names of its tools', async () => {
  const [inGraphql, inRest] = [await translate('notes', 'graphql'), await translate('notes', 'rest')];
  expect(await ask('{ get_item(id: "a") { args } }', {}, { base: inGraphql })).toEqual({
    data: { get_item: { args: { id: 'a' } } },
  });
  expect(await ask('mutation { create_item(id: "b") }', {}, { base: inGraphql })).toEqual({
    data: { create_item: { args: { id: 'b' } } },
  });
  const made = await fetch(`${inRest}/api/tools/notes/create_item`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":"c"}',
  });
  expect([made.status, await made.json()]).toEqual([200, { args: { id: 'c' } }]);
});

test('where MCP needs the token a live mirror needs it too', async () => {
  const config = { listen: { port: 0 }, ...CONFIG, auth: { mcp: 'token' } };
  writeFileSync(join(place.home, 'hub.config.json'), JSON.stringify(config));
  const query = '{ summarize_orders { groups { count } } }';
  await expect.poll(() => ask(query), { timeout: 20_000 }).toMatchObject({ code: 'AUTH_REQUIRED' });
  const headers = { authorization: `Bearer ${hub.token}` };
  expect(await ask(query, {}, { headers })).toEqual({
    data: { summarize_orders: { groups: [{ count: 25 }] } },
  });
});
