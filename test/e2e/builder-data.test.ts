import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { BuildReport, Manifest, VerifyReport } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from '../../hub/src/builder/stdio-session.ts';
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
    format: 'CSV (utf-8, ;)',
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
