import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { description, descriptionsDir, hasDescriptions, shareOf } from '../e2e/builder-workspace.ts';
import { verifies } from '../verifies.ts';
import { measure, type Failure, type Row } from './measure.ts';
import { hasReferee } from './referee/prism.ts';
import { barsOf, reportText } from './report.ts';

const missing = hasDescriptions
  ? hasReferee
    ? ''
    : ' (skipped: `npm run gauntlet:referee` was not run)'
  : ' (skipped: ../shared/specs is absent)';

/** Tools called per description; `npm run gauntlet` calls all of them. */
const CALLS = 4;

describe.skipIf(!hasDescriptions || !hasReferee)(`the gauntlet, a slice of it${missing}`, () => {
  const rows: Row[] = [];
  const failures: Failure[] = [];

  beforeAll(async () => {
    for (const file of shareOf(readdirSync(descriptionsDir).sort(), 0, 2)) {
      const found = await measure(description(file), { calls: CALLS, mirrored: 3 });
      if ('why' in found) failures.push(found);
      else rows.push(found);
    }
    console.log(reportText({ rows, failures }));
  }, 1_200_000);

  test('every description ends in a server that lists its tools', () => {
    expect(failures).toEqual([]);
    expect(rows.length).toBeGreaterThan(7);
  });

  test('every bar is met', () => {
    verifies('M01', 'A13');
    const missed = barsOf({ rows, failures }).filter(({ met }) => !met);
    expect(missed).toEqual([]);
  });
});
