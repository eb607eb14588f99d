import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Manifest } from '@counterpart/schemas';
import { BuildReport } from '@counterpart/schemas/builds/build';
import { VerifyReport } from '@counterpart/schemas/builds/verify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { verifies } from '../verifies.ts';
import { createTestHome, type TestHome } from './cli-runner.ts';

let place: TestHome;
beforeAll(() => {
  place = createTestHome();
});
afterAll(() => place.dispose());

const build = (...args: string[]) => place.run(['build', '--home', place.home, '--json', ...args]);

/** Calls tools of a built server, alone and with this environment. */
async function calls(
  id: string,
  wanted: readonly (readonly [tool: string, args: object])[],
  env: Record<string, string> = {},
): Promise<unknown[]> {
  const file = join(place.home, 'servers', id, 'dist/server.js');
  const session = await openSession({ file, env, timeoutMs: 60_000 });
  try {
    const answers: unknown[] = [];
    for (const [tool, args] of wanted) {
      const { text, isError } = await session.callTool(tool, args);
      answers.push(isError ? text : JSON.parse(text));
    }
    return answers;
  } finally {
    await session.close();
  }
}

const ORDERS = [
  'id;Customer name;price;city;day',
  '1;Ann;2.5;Zürich;2024-01-02',
  '2;"Bob; the ""great""\nsecond line";3;Bern;2024-02-03',
  '3;Cy;;Bern;2024-03-04',
  '4;Di;9;Basel;2024-03-05',
].join('\r\n');

test('a CSV file becomes a checked server whose tools filter, sort, count and group its rows', async () => {
  const file = place.write('orders.csv', `${ORDERS}\r\n`);
  const report = (await build('--from', file)).json(BuildReport);
  expect(report).toMatchObject({
    outcome: 'installed',
    format: 'CSV (utf-8, semicolon)',
    tools: ['list_orders', 'get_order', 'count_orders', 'summarize_orders', 'describe_orders'],
    check: { callOutcome: 'ok', toolsListed: 5 },
  });
  const manifest = Manifest.parse(
    JSON.parse(readFileSync(join(place.home, 'servers/orders/manifest.json'), 'utf8')),
  );
  expect(manifest.permissions).toEqual({ net: [], files: [file] });
  expect(manifest.config.find(({ name }) => name === 'ORDERS_SOURCE')?.default).toBe(file);
  const [cheap, page, rest, one, none, bern, wrong] = await calls('orders', [
    [
      'list_orders',
      { filters: [{ column: 'price', op: 'max', value: '3' }], fields: ['customer_name', 'price'] },
    ],
    ['list_orders', { sort_by: 'price', descending: true, limit: 1, fields: ['id'] }],
    ['list_orders', { limit: 2, cursor: '2', fields: ['id'] }],
    ['get_order', { id: 1 }],
    ['get_order', { id: 77 }],
    ['summarize_orders', { group_by: ['city'], columns: ['price'] }],
    ['count_orders', { filters: [{ column: 'price', op: 'min', value: 'much' }] }],
  ]);
  expect(cheap).toEqual({
    rows: [
      { customer_name: 'Ann', price: 2.5 },
      { customer_name: 'Bob; the "great"\nsecond line', price: 3 },
    ],
  });
  expect(page).toEqual({ rows: [{ id: 4 }], next_cursor: '1' });
  expect(rest).toEqual({ rows: [{ id: 3 }, { id: 4 }] });
  expect(one).toMatchObject({ row: { id: 1, city: 'Zürich', day: '2024-01-02' } });
  expect(none).toEqual({ row: null });
  expect(bern).toMatchObject({
    groups: [
      { group: { city: 'Bern' }, count: 2, of: { price: { sum: 3, avg: 3, min: 3, max: 3 } } },
      {},
      {},
    ],
    group_count: 3,
  });
  expect(wrong).toContain('price holds numbers, and "much" is none.');
});

test('what Excel or an export writes before a table is none of its rows', async () => {
  const file = place.write(
    'stock.csv',
    'sep=;\r\n# made on Monday, for Ann\r\nid;toy\r\n1;Lamp\r\n2;Doll\r\n',
  );
  const report = (await build('--from', file)).json(BuildReport);
  expect(report).toMatchObject({ outcome: 'installed', format: 'CSV (utf-8, semicolon)' });
  expect(await calls('stock', [['list_stocks', { filters: [] }]])).toEqual([
    {
      rows: [
        { id: 1, toy: 'Lamp' },
        { id: 2, toy: 'Doll' },
      ],
    },
  ]);
});

test('rows that an answer of a service wraps in objects are found, however its other members are called', async () => {
  const page = (name: string, items: object[]) => ({
    [name]: { total: 2, items: 'none' },
    data: { page: [[1]], items },
  });
  const file = place.write(
    'answer.json',
    JSON.stringify(
      page('items', [
        { id: 1, tag: '"items"' },
        { id: 2, tag: '[' },
      ]),
    ),
  );
  const report = (await build('--from', file)).json(BuildReport);
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
  const rows = [
    { id: 1, tag: '"items"' },
    { id: 2, tag: '[' },
  ];
  expect(await calls('answer', [['list_answers', {}]])).toEqual([{ rows }]);
});

test('every tool of a data server passes against its mirror', async () => {
  const ran = await place.run(['verify', 'orders', '--home', place.home, '--json']);
  expect(ran.json(VerifyReport)).toMatchObject({ passed: true, counts: { tools: 5, ok: 5 } });
});

test('rows that are not as the others, bytes of another encoding and a cut end are named with their lines', async () => {
  const bad = Buffer.concat([
    Buffer.from('id,name\n1,Zoë\n2\n3,a,b\n4,Caf'),
    Buffer.from([0xe9]),
    Buffer.from('\n5,"open'),
  ]);
  const clean = place.write('clean.csv', 'id,name\n1,Zoë\n2,b\n');
  await build('--from', clean, '--name', 'mixed');
  const file = place.path('bad.csv');
  const out = createWriteStream(file);
  out.end(bad);
  await once(out, 'finish');
  const [answer, gone] = [
    ...(await calls('mixed', [['list_cleans', {}]], { MIXED_SOURCE: file })),
    ...(await calls('mixed', [['list_cleans', {}]], { MIXED_SOURCE: place.path('none.csv') })),
  ];
  expect(answer).toEqual({
    rows: [
      { id: 1, name: 'Zoë' },
      { id: 2, name: null },
      { id: 3, name: 'a' },
      { id: 4, name: 'Café' },
    ],
    notes: [
      'Not UTF-8, read as Windows-1252 (line 5).',
      'Fewer cells than columns (line 3: 1 of 2).',
      'More cells than columns; the last are left out (line 4: 3 of 2).',
      'The source ends inside a quoted cell; its last row is left out (line 6).',
    ],
  });
  expect(gone).toMatch(/Cannot read .*none\.csv: there is no such file\.\n.*MIXED_SOURCE/);
});

test.each([
  ['things.json', '{"took":1,"items":[{"id":"a","n":1,"deep":{"x":1}},{"id":"b","n":null}]}', 'JSON', 2],
  ['list.json', '[{"id":1,"t":"x, [y] \\"z\\""},{"id":2,"t":"q"},{"id":3,"t":"r"}]', 'JSON', 3],
  ['events.ndjson', '{"id":1,"v":2}\n{"id":2,"v":3.5}\n', 'NDJSON', 2],
  ['plan.yaml', 'steps:\n  - {id: 1, what: x}\n  - {id: 2, what: y}\n', 'YAML', 2],
  ['sheet.tsv', 'id\tv\n1\ta,b\n2\tc\n', 'TSV (utf-8, tab)', 2],
])('%s becomes a server, too', async (name, text, format, rows) => {
  const report = (await build('--from', place.write(name, text), '--name', 'other')).json(BuildReport);
  expect(report).toMatchObject({ format, check: { callOutcome: 'ok' } });
  const tool = report.tools.find((one) => one.startsWith('count_')) ?? '';
  expect(await calls('other', [[tool, {}]])).toEqual([{ count: rows }]);
  await place.run(['remove', 'other', '--home', place.home, '--yes']);
});

const RECORDS = (name: string): string =>
  readFileSync(new URL(`../../scaffolds/golden/sample/${name}`, import.meta.url), 'utf8');

test('a calendar becomes a checked server that tells what happens when', async () => {
  verifies('M42');
  const report = (await build('--from', place.write('plan.ics', RECORDS('calendar/input.ics')))).json(
    BuildReport,
  );
  expect(report).toMatchObject({ format: 'iCalendar (events, todos)', check: { callOutcome: 'ok' } });
  const window = { from: '2024-01-08', to: '2024-01-29', fields: ['summary', 'start'] };
  expect(
    await calls('plan', [
      ['list_events', window],
      ['count_todos', {}],
    ]),
  ).toEqual([
    {
      rows: [
        { summary: 'Team meeting, weekly', start: '2024-01-08T10:00:00+01:00' },
        { summary: 'Team meeting, weekly', start: '2024-01-22T10:00:00+01:00' },
      ],
    },
    { count: 1 },
  ]);
});

test('a statement, packed, becomes a server whose sums are exact; every tool passes against its mirror', async () => {
  verifies('M42');
  const file = place.path('bank.ofx.gz');
  writeFileSync(file, gzipSync(RECORDS('statement-sgml/input.ofx')));
  const report = (await build('--from', file)).json(BuildReport);
  expect(report).toMatchObject({ id: 'bank', format: 'OFX (SGML 102)', check: { callOutcome: 'ok' } });
  const [sums, large] = await calls('bank', [
    ['summarize_transactions', { group_by: ['currency'], columns: ['amount'] }],
    ['count_transactions', { filters: [{ column: 'amount', op: 'max', value: '-5' }] }],
  ]);
  expect(sums).toMatchObject({
    groups: [{ count: 3, of: { amount: { sum: '1457.80', min: '-42.10', max: '1500.00' } } }],
  });
  expect(large).toEqual({ count: 1 });
  const ran = await place.run(['verify', 'bank', '--home', place.home, '--json']);
  expect(ran.json(VerifyReport)).toMatchObject({ passed: true });
});

test('tables of a page are sources of their own', async () => {
  verifies('M42');
  const report = (await build('--from', place.write('page.html', RECORDS('page/input.html')))).json(
    BuildReport,
  );
  expect(report).toMatchObject({ format: 'HTML (2 tables)', check: { callOutcome: 'ok' } });
  const [sales] = await calls('page', [
    ['list_sales_by_regions', { fields: ['Region', '_2024_revenue'], limit: 1 }],
  ]);
  expect(sales).toMatchObject({ rows: [{ Region: 'North', _2024_revenue: 130 }] });
});

test.each([
  [
    'bomb.xml',
    '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r><i>&b;</i><i>x</i></r>',
    /declares &a;, &b;\); entities of documents are never expanded/,
  ],
  [
    'outside.xml',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><i>&x;</i></r>',
    /nothing they lead to is read/,
  ],
  ['bill.csv', '%PDF-1.7\n', /bill\.csv is a PDF document, which is recognised and not read/],
  ['empty.html', '<html><p>Nothing</p></html>', /has no table of rows/],
])('%s is refused by name', async (name, text, message) => {
  verifies('M42');
  const ran = await build('--from', place.write(name, text));
  expect(ran.code).toBe(4);
  expect(ran.stdout + ran.stderr).toMatch(message);
});

test('a source without a name is refused', async () => {
  expect((await build('--from', '')).stdout).toContain('it is empty and names no source');
});

test('a file without rows is refused with what was found', async () => {
  const ran = await build('--from', place.write('empty.csv', ''));
  expect(ran.code).toBe(4);
  expect(ran.stdout + ran.stderr).toContain('it is empty');
});

test('300,000 rows are built from and grouped in little memory, from a file and from a URL', async () => {
  const file = place.path('large.csv');
  await writeLarge(file);
  const small = { NODE_OPTIONS: '--max-old-space-size=96' };
  const ran = await place.run(['build', '--home', place.home, '--json', '--from', file], { env: small });
  expect(ran.json(BuildReport)).toMatchObject({ outcome: 'installed' });
  const wanted = [
    ['count_larges', {}],
    ['summarize_larges', { group_by: ['state'], columns: ['amount'] }],
    ['get_large', { id: 299_999 }],
  ] as const;
  const answers = await calls('large', wanted, small);
  expect(answers).toMatchObject([
    { count: 300_000 },
    { groups: [{ count: 150_000 }, { count: 150_000 }], group_count: 2 },
    { row: { id: 299_999, state: 'closed' } },
  ]);
  const server = createServer((_, response) => response.end(readFileSync(file))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    const url = `http://127.0.0.1:${port}/large.csv`;
    expect(await calls('large', wanted.slice(0, 1), { ...small, LARGE_SOURCE: url })).toEqual([
      { count: 300_000 },
    ]);
  } finally {
    server.close();
  }
}, 120_000);

async function writeLarge(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('id,state,amount,note\n');
  for (let id = 0; id < 300_000; id += 1) {
    const line = `${id},${id % 2 === 0 ? 'open' : 'closed'},${id % 100}.5,"${'some words, and more '.repeat(5)}"\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
