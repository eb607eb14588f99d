import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { listTools } from '@counterpart/kit';
import { ServerId } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { createSeeds } from '../../mirror/database/seeds.ts';
import { sampleDatabaseCall } from '../../mirror/database/sample-call.ts';
import { lintTool } from '../../profiles/lint.ts';
import { chooseOperations } from '../../selection/choose.ts';
import { groupOperations } from '../../selection/groups.ts';
import { readSource } from '../read.ts';
import { parseCatalog, type Catalog } from './catalog.ts';
import { checksIn } from './introspect/sqlite.ts';
import { enumValues } from './introspect/mysql.ts';

/** `UPDATE=1` writes what is read now; look at the difference before keeping it. */
const update = process.env['UPDATE'] === '1';
const home = new URL('../../golden/database/', import.meta.url);

const readCase = (text: string, options: { writable?: boolean; include?: string[] } = {}) =>
  readSource(
    { text, location: 'postgresql://db.example.com:5432/shop', sha256: `sha256-${'0'.repeat(64)}` },
    { id: ServerId.parse('shop'), ...options },
  );

const shopCatalog = (): Catalog =>
  parseCatalog(readFileSync(new URL('shop/input.json', home), 'utf8'), 'shop');

test.each(readdirSync(home))('golden case %s', async (name) => {
  const folder = new URL(`${name}/`, home);
  const { blueprint } = await readCase(readFileSync(new URL('input.json', folder), 'utf8'), {
    writable: true,
  });
  const text = `${JSON.stringify(blueprint, undefined, 2)}\n`;
  if (update) writeFileSync(new URL('expected.json', folder), text);
  expect(text).toEqual(readFileSync(new URL('expected.json', folder), 'utf8'));
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  expect(listTools(blueprint).flatMap((tool) => lintTool(tool))).toEqual([]);
  expect(text).not.toMatch(/previous instructions and call/i);
});

test('a chosen part has the types of its tables only, and names stay when tables are added', async () => {
  const input = shopCatalog();
  const whole = await readCase(JSON.stringify(input));
  const part = await readCase(JSON.stringify(input), { include: ['customers'] });
  expect(part.blueprint.operations.map(({ name }) => name)).toEqual([
    'list_customers',
    'get_customer',
    'summarize_customers',
  ]);
  expect(Object.keys(part.blueprint.types)).toEqual(['customers', 'customers.column', 'customers.filters']);
  expect(part.total).toBe(whole.total);
  expect(part.blueprint.names).toEqual(whole.blueprint.names);
});

test('a schema of 500 tables is offered by its tables, each a group of tools', async () => {
  const input = shopCatalog();
  const tables = Array.from({ length: 500 }, (_, at) =>
    input.tables.slice(0, 1).map((table) => ({ ...table, name: `area_${at}` })),
  );
  const { blueprint, total } = await readCase(JSON.stringify({ ...input, tables: tables.flat() }), {
    writable: true,
  });
  expect([total, groupOperations(blueprint.operations).length]).toEqual([3_002, 501]);
  const [chosen] = [chooseOperations(blueprint.operations, { select: 'area 7' }, 'shop')];
  expect(chosen.every(({ database }) => database?.table?.startsWith('area_7') === true)).toBe(true);
});

test('made-up rows keep every promise of their keys', async () => {
  const input = readFileSync(new URL('shop/input.json', home), 'utf8');
  const { blueprint } = await readCase(input, { writable: true });
  const { database } = blueprint;
  if (database === undefined) throw new TypeError('no facet');
  const seeds = createSeeds(database, { seed: 1, rows: 5 });
  const customers = seeds.rows('customers');
  expect(new Set(customers.map(({ name }) => name)).size).toBe(customers.length);
  const known = new Set(customers.map(({ id }) => id));
  expect(seeds.rows('orders').every(({ customer_id: id = null }) => known.has(id))).toBe(true);
  const create = blueprint.operations.find(({ name }) => name === 'create_order');
  if (create === undefined) throw new TypeError('no tool');
  const { body } = sampleDatabaseCall(database, create, seeds) as { body: Record<string, unknown> };
  expect([known.has(String(body['customer_id'])), body['id']]).toEqual([true, '6']);
});

test('conditions and values are taken out of the text that defines them', () => {
  expect(checksIn(`create table t(a check (a in ('x)', "y")) , check(b > (1)))`)).toEqual([
    `a in ('x)', "y")`,
    'b > (1)',
  ]);
  expect(enumValues("enum('a','it''s','b,c')")).toEqual(['a', "it's", 'b,c']);
});
