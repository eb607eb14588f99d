import { expect, test } from 'vitest';
import { readableResult } from './readable-result.ts';

const shown = (value: unknown): string[] => readableResult(JSON.stringify(value)).split('\n');

test('members are a list, one in another further in, and nothing is told as nothing', () => {
  expect(
    shown({ city: 'Oslo', temperature: -3.5, wind: { from: 'NE', speed: null }, alerts: [], note: '' }),
  ).toEqual([
    '- city: Oslo',
    '- temperature: -3.5',
    '- wind:',
    '  - from: NE',
    '  - speed: –',
    '- alerts:',
    '  (nothing)',
    '- note: –',
  ]);
});

test('whole numbers are shown with all their digits', () => {
  expect(readableResult('{"id": 9007199254740993}')).toBe('- id: 9007199254740993');
  expect(readableResult('[{"id": 9007199254740993}]')).toContain('| 9007199254740993 |');
});

test('a remark behind JSON stays as it is, and hides nothing of what stands before it', () => {
  const json = JSON.stringify({ count: 3, rows: [{ id: 1 }] });
  const table = ['- count: 3', '- rows:', '', '| id |', '| --- |', '| 1 |'];
  expect(readableResult(`${json}\nNext page: call again.`).split('\n')).toEqual([
    ...table,
    '',
    'Next page: call again.',
  ]);
  expect(readableResult(`${json}\n\nOne [1].\nTwo {2}`).split('\n')).toEqual([
    ...table,
    '',
    'One [1].',
    'Two {2}',
  ]);
  expect(readableResult('{"cut": [1, 2\nand more')).toBe('{"cut": [1, 2\nand more');
});

test('records are a table, with a cell for every member that any of them has', () => {
  expect(
    shown([
      { id: 1, name: 'a|b' },
      { id: 2, isOpen: true },
    ]),
  ).toEqual([
    '| id | name | isOpen |',
    '| --- | --- | --- |',
    String.raw`| 1 | a\|b | – |`,
    '| 2 | – | true |',
  ]);
  expect(shown({ total: 1, items: [{ id: 1 }] })).toEqual([
    '- total: 1',
    '- items:',
    '',
    '| id |',
    '| --- |',
    '| 1 |',
    '',
  ]);
});

test('records that hold others are a table of what tells them apart, and of one member a list', () => {
  const pets = [
    { id: 1, name: 'Rex', tags: [{ id: 5 }] },
    { id: 2, name: 'Bello', tags: [] },
  ];
  expect(shown(pets)).toEqual([
    '| id | name |',
    '| --- | --- |',
    '| 1 | Rex |',
    '| 2 | Bello |',
    '',
    'Not shown: tags',
  ]);
  expect(shown([{ id: 1, tags: [{ id: 5 }] }])).toEqual(['- {"id":1,"tags":[{"id":5}]}']);
});

test('rows, columns, members, levels and values have an end, and what is left out is told', () => {
  const rows = Array.from({ length: 25 }, (_, id) => ({ id, a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }));
  const table = shown(rows);
  expect([table.length, ...table.slice(-4)]).toEqual([26, '', '… and 5 more', '', 'Not shown: f']);
  expect(shown(Array.from({ length: 30 }, (_, n) => `${n}`)).slice(-3)).toEqual([
    '- 19',
    '',
    '… and 10 more',
  ]);
  expect(shown({ text: 'x'.repeat(1000) })).toEqual([`- text: ${'x'.repeat(160)}…`]);
  expect(shown({ a: { b: { c: { d: 1 } } } }).at(-1)).toBe('    - c: {"d":1}');
  expect(shown(Object.fromEntries(rows.map(({ id }) => [`m${id}`, id])))).toHaveLength(25);
});

test('what is no document of JSON stays as it is', () => {
  for (const text of ['Rain.', '12', '"Rain"', '[broken', '{"a":1} and more'])
    expect(readableResult(text)).toBe(text);
});
