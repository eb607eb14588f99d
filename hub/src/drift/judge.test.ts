import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ToolEvidence } from '@counterpart/schemas';
import { openEvidence, withEnd } from './evidence.ts';
import { signsOfCalls, signsOfChanges } from './judge.ts';

const AT = '2026-01-01T00:00:00.000Z';
const after = (ends: readonly (string | undefined)[], places: readonly string[] = []): ToolEvidence[] => {
  let evidence: ToolEvidence | undefined;
  for (const code of ends) evidence = withEnd(evidence, { server: 's', tool: 't', code, places }, AT);
  return evidence === undefined ? [] : [evidence];
};
const times = (count: number, code?: string): (string | undefined)[] =>
  Array.from({ length: count }, () => code);

test('a tool that fails again and again is a sign; one answer between, or a refused key, is none', () => {
  expect(signsOfCalls(after(times(5, '404')))).toEqual([
    { kind: 'failing', tool: 't', detail: 'failed 5 times in a row (404: 5)' },
  ]);
  expect(signsOfCalls(after([...times(4, '404'), undefined, '404']))).toEqual([]);
  for (const code of ['401', '403', '429', '500', '503', 'CALL_TIMEOUT'])
    expect(signsOfCalls(after(times(9, code)))).toEqual([]);
});

test('answers that miss the same place, in any item of a list, are a sign', () => {
  expect(signsOfCalls(after(times(2), ['rows[3].id: expected integer']))).toEqual([]);
  const places = ['rows[0].id: expected integer', 'rows[1].id: expected integer'];
  expect(signsOfCalls(after(times(3), places))).toEqual([
    { kind: 'answers', tool: 't', detail: 'rows[].id: expected integer, in 3 answers' },
  ]);
});

test('of a new description only what breaks callers is a sign', () => {
  const change = { kind: 'changed' as const, tool: 't', details: ['answer name is gone'] };
  expect(signsOfChanges([{ ...change, breaking: false }])).toEqual([]);
  expect(signsOfChanges([{ ...change, breaking: true }])).toEqual([
    { kind: 'description', tool: 't', detail: 'changed: answer name is gone' },
  ]);
});

test('calls that go well are counted like all others, and what was read before stays as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-'));
  let now = Date.parse(AT);
  const evidence = openEvidence(folder, { now: () => now, after: () => () => undefined });
  const ends = [undefined, '404', undefined, undefined, '500', undefined];
  const read = ends.map((code) => {
    evidence.note({ server: 's', tool: 't', code });
    return evidence.of('s');
  });
  expect(read).toEqual(ends.map((_, index) => after(ends.slice(0, index + 1))));
  now += 61_500;
  evidence.note({ server: 's', tool: 't' });
  expect(evidence.of('s')[0]?.lastAt).toBe('2026-01-01T00:01:01.000Z');
  rmSync(folder, { recursive: true });
});

test('what was seen is there after a restart, until another version is in use; a damaged file is as none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-'));
  const clock = { now: () => Date.parse(AT), after: () => () => undefined };
  const first = openEvidence(folder, clock);
  first.note({ server: 's', tool: 't', code: '404' });
  first.flush();
  const second = openEvidence(folder, clock);
  expect(second.of('s')).toEqual(after(['404']));
  second.forget('s');
  second.flush();
  expect(openEvidence(folder, clock).servers()).toEqual([]);
  writeFileSync(join(folder, 'drift', 'evidence.json'), '{"s":');
  expect(openEvidence(folder, clock).servers()).toEqual([]);
  rmSync(folder, { recursive: true });
});
