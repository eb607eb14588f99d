import { expect, test } from 'vitest';
import { verifies } from '../../../../../../test/verifies.ts';
import { inPieces, recordsOf } from '../../testing.ts';
import { tableRows } from './html.ts';

const html = (text: string, part = '1', size = 7) =>
  recordsOf({ format: 'html', text, dialect: { part }, size });

test('cells that span columns and rows stand in each of them; end tags may be missing', async () => {
  verifies('M42');
  const text = `<table><caption>Sales <b>2024</b></caption>
    <tr><th rowspan=2>Who<th colspan="2">Year
    <tr><th>H1<th>H2
    <tr><td rowspan="2">Ann &amp; Co<td>1<td>2
    <tr><td colspan=2>none<br>at all
  </table>`;
  for (const size of [1, 5, 10_000])
    expect((await html(text, '1', size)).rows).toEqual([
      { Who: 'Ann & Co', 'Year H1': '1', 'Year H2': '2' },
      { Who: 'Ann & Co', 'Year H1': 'none at all', 'Year H2': 'none at all' },
    ]);
});

test('tables are told apart by their number, those within others too; scripts, styles and comments are no text', async () => {
  const text = `<table><tr><td>menu<table><thead><tr><td>A</td><td>B</td></tr></thead><tr><td>1</td><td>2</td></tr></table></td></tr></table>
    <!-- <table><tr><th>x</th></tr></table> --><script>"<table><tr><th>s</th></tr></table>"</script><style>table {}</style>
    <table><tr><th>C</th></tr><tr><td><script>no</script>3</td></tr></table>`;
  expect((await html(text, '2')).rows).toEqual([{ A: '1', B: '2' }]);
  expect((await html(text, '3')).rows).toEqual([{ C: '3' }]);
});

test('a table without names of columns takes them from its first row, and says so', async () => {
  const seen = [];
  for await (const rows of tableRows(inPieces('<table><tr><td>a<td>b<tr><td>1<td>2', 4), 'utf-8'))
    seen.push(...rows);
  expect(seen).toMatchObject([{ names: ['a', 'b'], isNamed: false, cells: ['1', '2'] }]);
});

test('a row with more cells than names is told', async () => {
  expect((await html('<table><tr><th>a</th></tr>\n<tr><td>1</td><td>2</td></tr></table>')).notes).toEqual([
    'More cells than columns; the last are left out (line 2: 2 of 1).',
  ]);
});

test.each([
  [
    'a hundred thousand tags that are never closed',
    `${'<div>'.repeat(100_000)}<table><tr><th>a</th></tr><tr><td>1</td></tr>`,
  ],
  [
    'a hundred thousand end tags of nothing',
    `${'<b>'.repeat(50_000)}${'</i>'.repeat(50_000)}<table><tr><th>a</th></tr><tr><td>1</td></tr></table>`,
  ],
])('%s are read past', async (_, text) => {
  verifies('M42');
  expect((await html(text, '1', 65_536)).rows).toEqual([{ a: '1' }]);
});

test('tables nested without end, and spans without end, cost what their text costs', async () => {
  expect((await html('<table><tr><td>'.repeat(50_000), '1', 65_536)).rows).toEqual([]);
  const wide = `<table><tr><th colspan="99999999" rowspan="99999999">a</th></tr>${'<tr><td colspan="99999999">1</td></tr>'.repeat(50)}</table>`;
  expect((await html(wide, '1', 65_536)).rows.length).toBeLessThan(51);
  expect((await html(`<table><tr>${'<th>x'.repeat(200_000)}<tr><td>1`, '1', 65_536)).rows).toHaveLength(1);
});
