import { expect, test } from 'vitest';
import { CUT_TEXT, EntryScanner, type ScanEnd } from './scan.ts';

interface Scan {
  readonly entries: readonly (string | undefined)[];
  readonly end: ScanEnd;
}

/** Scans a text in pieces of so many bytes. */
function scan(text: string, step = 7): Scan {
  const entries: (string | undefined)[] = [];
  const scanner = new EntryScanner(({ text: one }) => entries.push(one));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += step) scanner.write(bytes.subarray(at, at + step));
  return { entries, end: scanner.end() };
}

const WHOLE = '{"log":{"version":"1.2","entries":[{"a":"}]\\"\u00e9"},{"b":[1,{"c":2}]}],"pages":[]}}';

test('entries are the same whatever pieces the bytes come in', () => {
  const expected = ['{"a":"}]\\"\u00e9"}', '{"b":[1,{"c":2}]}'];
  for (const step of [1, 2, 3, 16, 1_000]) expect(scan(WHOLE, step).entries).toEqual(expected);
});

test('a whole recording says so, and what stands around its entries stays JSON', () => {
  const { end } = scan(WHOLE);
  expect({ ...end, head: JSON.parse(end.head) as unknown }).toEqual({
    bytes: new TextEncoder().encode(WHOLE).length,
    entries: 2,
    complete: true,
    cutEntry: undefined,
    found: true,
    head: { log: { version: '1.2', entries: [], pages: [] } },
  });
});

test('wherever a recording is cut, the entries before the cut are read and the cut is told', () => {
  const cuts = Array.from({ length: WHOLE.length }, (_, length) => scan(WHOLE.slice(0, length)));
  expect(cuts.every(({ end }) => !end.complete)).toBe(true);
  expect(cuts.map(({ entries }) => entries.length)).toEqual(cuts.map(({ end }) => end.entries));
  expect(cuts.at(40)?.end).toMatchObject({ entries: 0, cutEntry: 0 });
  expect(cuts.at(55)?.end).toMatchObject({ entries: 1, cutEntry: 1 });
});

test('a string too long to keep is left out without its entry', () => {
  const text = `{"log":{"entries":[{"small":1,"big":"${'x'.repeat(5 * 1024 * 1024)}\\"tail","after":2}]}}`;
  const [entry] = scan(text, 64 * 1024).entries;
  expect(JSON.parse(entry ?? '')).toEqual({ small: 1, big: CUT_TEXT, after: 2 });
});

test('elements that are no objects keep their place', () => {
  const { entries, end } = scan('{"log":{"entries":[null,5,{"a":1}]}}');
  expect(entries).toEqual(['', '', '{"a":1}']);
  expect(end.entries).toBe(3);
});
