import { expect, test } from 'vitest';
import { describing, readText } from '../readers/openapi/testing.ts';
import { diffBlueprints } from './diff-blueprints.ts';

const withSummary = async (summary: string, more: object = {}) =>
  (await readText(describing({ summary, ...more }))).blueprint;

test('tools that only their words set apart are no change to a caller, and are named', async () => {
  const diff = diffBlueprints(
    await withSummary('Reads it.'),
    await withSummary('Reads it slowly, and more.'),
  );
  expect(diff).toMatchObject({ changes: [], breaking: 0, reworded: [expect.any(String)] });
  expect(diff.after.tokens).toBeGreaterThan(diff.before.tokens);
});

test('a version beside itself has no difference of any kind', async () => {
  const blueprint = await withSummary('Reads it.');
  expect(diffBlueprints(blueprint, blueprint)).toMatchObject({ changes: [], breaking: 0, reworded: [] });
});
