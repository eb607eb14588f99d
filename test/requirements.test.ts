import { expect, test } from 'vitest';
import { toReport } from './guards/requirements-report.ts';
import { requirementGroups, requirements } from './requirements.ts';

test('every requirement belongs to a group and has a text', () => {
  const ids = Object.keys(requirements);
  expect(ids).toHaveLength(356);
  const orphans = ids.filter((id) => !(id.charAt(0) in requirementGroups));
  expect(orphans).toEqual([]);
  expect(Object.values(requirements).filter((text) => text.length < 3)).toEqual([]);
});

const passed = { file: 'a.test.ts', test: 'x', ids: ['A01', 'A02'], state: 'passed' } as const;

test('the report ends with the count of what passed tests prove', () => {
  const { lines, faults } = toReport([{ file: 'a.test.ts', ids: ['A01', 'A02'] }], [passed]);
  expect(lines.at(-1)).toBe('proven 2 of 356');
  expect(lines.filter((line) => line.includes('proven by a.test.ts'))).toHaveLength(2);
  expect(faults).toEqual([]);
});

test('an id that does not exist, a cited test that did not run and one that failed are faults', () => {
  const cited = [{ file: 'a.test.ts', ids: ['A01', 'Z99', 'A03'] }];
  const { lines, faults } = toReport(cited, [{ ...passed, ids: ['A01'], state: 'failed' }]);
  expect(lines.at(-1)).toBe('proven 0 of 356');
  expect(faults).toEqual([
    'a.test.ts cites Z99, which does not exist',
    'a.test.ts cites A03, but did not run',
    'a.test.ts: "x" cites A01, but is failed',
  ]);
});
