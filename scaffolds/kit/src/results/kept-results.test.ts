import { expect, test } from 'vitest';
import { KeptResults } from './kept-results.ts';

const json = { tool: 'list_it', mimeType: 'application/json' };

test('a kept answer is read in parts that are the whole together, and by pointer', () => {
  const results = new KeptResults('tiny', 60);
  const value = { data: Array.from({ length: 20 }, (_, id) => ({ id, name: 'ä😀' })) };
  const uri = results.keep({ ...json, text: JSON.stringify(value) }) ?? '';
  expect(uri).toMatch(/^result:\/\/tiny\/[0-9a-f]{12}$/);
  const parts: string[] = [];
  for (let at: string | undefined = uri; at !== undefined;) {
    const part = results.read(at);
    if ('refusal' in part) throw new Error(part.refusal);
    expect(part.text.length).toBeLessThanOrEqual(60);
    expect(part.text.isWellFormed()).toBe(true);
    parts.push(part.text);
    at = part.next;
  }
  expect(JSON.parse(parts.join(''))).toEqual(value);
  expect(results.read(`${uri}?path=/data/3`)).toEqual({
    text: '{"id":3,"name":"ä😀"}',
    mimeType: 'application/json',
    next: undefined,
  });
  expect(results.list()).toMatchObject([{ uri, name: 'Answer of list_it' }]);
});

test.each(['', '?offset=-1', '?path=/nothing', 'x'])('what leads nowhere is refused: %j', (behind) => {
  const results = new KeptResults('tiny', 60);
  const uri = results.keep({ ...json, text: '{"a":1}' }) ?? '';
  const wrong = behind === '' ? uri.replace('tiny', 'other') : `${uri}${behind}`;
  expect(results.read(wrong)).toHaveProperty('refusal');
});

test('what is kept is bounded: the answer read longest ago goes first, and one that is too large is not kept', () => {
  const results = new KeptResults('tiny', 60);
  const keep = (): string => results.keep({ ...json, text: `"${'x'.repeat(1024 * 1024)}"` }) ?? '';
  const uris = Array.from({ length: 31 }, keep);
  results.read(uris[0] ?? '');
  uris.push(keep(), keep());
  const gone = uris.filter((uri) => 'refusal' in results.read(uri));
  expect(gone).toEqual([uris[1], uris[2]]);
  expect(results.keep({ ...json, text: 'x'.repeat(17 * 1024 * 1024) })).toBeUndefined();
});
