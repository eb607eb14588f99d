import { expect, test } from 'vitest';
import { parseExact } from '../../kernel/protocol/exact-numbers.ts';
import { fitResult } from './fit-result.ts';

const text = (words: string) => ({ type: 'text', text: words });
const keep = (whole: string): string => {
  kept = whole;
  return 'r-1';
};
let kept = '';

const rows = Array.from({ length: 200 }, (_, id) => ({ id, name: `row number ${id}` }));

test('what fits stays as it is', () => {
  expect(fitResult({ content: [text('x'.repeat(100))] }, 100, keep)).toBeUndefined();
  expect(fitResult({ content: [{ type: 'image', data: 'A'.repeat(5_000) }] }, 100, keep)).toBeUndefined();
  const both = { content: [text(JSON.stringify(rows))], structuredContent: { rows } };
  expect(fitResult(both, 10_000, keep)).toBeUndefined();
});

test('a long list is cut between items, an error stays an error, and all else stays', () => {
  const image = { type: 'image', data: 'AAAA', mimeType: 'image/png' };
  const result = {
    content: [text(JSON.stringify(rows)), image],
    isError: true,
    _meta: { 'vendor.example/kept': 1 },
    structuredContent: rows,
  };
  const fitted = fitResult(result, 1_000, keep);
  const next = kept.indexOf('\n', 900) + 1;
  expect(fitted).toMatchObject({ isError: true, _meta: { 'vendor.example/kept': 1 } });
  expect(fitted).not.toHaveProperty('structuredContent');
  const shown = kept.slice(0, kept.lastIndexOf('\n', 999) + 1);
  expect(fitted?.['content']).toEqual([
    text(shown),
    text(
      `[Cut: ${shown.length} of ${kept.length} characters are shown, structuredContent is left out. read_result with {"id":"r-1","offset":${shown.length}} reads on; with a query it searches the whole.]`,
    ),
    image,
  ]);
  expect(next).toBeGreaterThan(900);
  expect(shown.trimEnd().endsWith('},')).toBe(true);
  expect(JSON.parse(kept)).toEqual(rows);
});

test('words beside data are said in full, and the data is cut', () => {
  const fitted = fitResult({ content: [text('200 rows.')], structuredContent: { rows } }, 500, keep);
  expect(fitted?.['content']).toEqual([
    text('200 rows.'),
    text(kept.slice(0, kept.lastIndexOf('\n', 490) + 1)),
    { type: 'text', text: expect.stringContaining('[Cut: ') as unknown },
  ]);
  expect(JSON.parse(kept)).toEqual({ rows });
});

test('texts of files are cut as other text, and data that no text says is kept behind them', () => {
  const file = { type: 'resource', resource: { uri: 'file:///a', text: 'line\n'.repeat(100) } };
  fitResult({ content: [file], structuredContent: { other: 'x' } }, 300, keep);
  expect(kept).toBe(`file:///a:\n${'line\n'.repeat(100)}\n\nstructuredContent:\n{"other":"x"}`);
});

test('a name that is a number of any length stops nothing', () => {
  const content = [{ type: 9_007_199_254_740_991, resource: { uri: 'N', text: 'x'.repeat(5_000) } }];
  const result = parseExact(JSON.stringify({ content }).replace('"N"', '9007199254740993'));
  expect(JSON.stringify(fitResult(result as { content: unknown[] }, 1_000, keep))).toContain(
    '9007199254740993:',
  ); // as written above
});

test('images and files are bounded too, by name', () => {
  const image = { type: 'image', data: 'A'.repeat(5 * 1024 * 1024) };
  expect(fitResult({ content: [image, image, text('two')] }, 100, keep)).toEqual({
    content: [
      text('two'),
      image,
      text('[Left out: image of 5242880 characters; one result may hold 8388608.]'),
    ],
  });
});

test('what is too large to be kept says so', () => {
  const fitted = fitResult({ content: [text('x'.repeat(500))] }, 100, () => undefined);
  expect(JSON.stringify(fitted)).toContain('too large to be kept: ask the tool for less');
});

test('numbers of what is cut keep all their digits', () => {
  const digits = `1${'0'.repeat(299)}`;
  const whole = `{"id":9007199254740993,"long":${digits},"text":"${'x'.repeat(900)}"}`;
  fitResult({ content: [text(whole)] }, 300, keep);
  expect(kept).toContain('"id": 9007199254740993,');
  expect(kept).toContain(`"long": ${digits},`);
});
