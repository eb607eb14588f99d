import { describe, expect, it } from 'vitest';
import { compareSubject, differences, keyOf } from './differential.ts';
import { readExpectedFailures } from './suite.ts';
import { SUBJECTS } from './subjects.ts';

/** No fewer scenarios than the suites have today: a run that finds none must not look like success. */
const AT_LEAST = { '2025-11-25': 32, '2026-07-28': 40 } as const;

describe.concurrent('the public conformance suites, directly and through the hub', () => {
  const direct = readExpectedFailures('direct');
  const hubOnly = readExpectedFailures('hub-only');

  it.each(SUBJECTS)(
    '$name has the same result both ways in every scenario',
    { timeout: 360_000 },
    async (subject) => {
      const rows = await compareSubject(subject);
      const fewest = subject.revisions.reduce((sum, version) => sum + AT_LEAST[version], 0);
      expect(rows.length).toBeGreaterThanOrEqual(fewest);

      const failed = rows.filter((row) => row.direct.verdict === 'fail').map((row) => keyOf(row));
      expect(failed.toSorted(), 'what fails directly').toEqual(ofSubject(direct, subject.name));

      const worse = rows.flatMap((row) =>
        differences(row)
          .filter(({ kind }) => kind === 'worse')
          .map(({ route, words }) => ({ key: keyOf(row, route), words })),
      );
      const unknown = worse.filter(({ key }) => !hubOnly.has(key));
      expect(unknown, 'what passes directly and not through the hub').toEqual([]);
      expect(worse.map(({ key }) => key).toSorted(), 'entries that are stale').toEqual(
        ofSubject(hubOnly, subject.name),
      );
    },
  );
});

const ofSubject = (entries: ReadonlyMap<string, string>, subject: string): string[] =>
  [...entries.keys()].filter((key) => key.startsWith(`${subject}/`)).toSorted();
