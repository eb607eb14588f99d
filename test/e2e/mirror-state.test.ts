import { createMirror } from '@counterpart/scaffolds/mirror/mirror';
import { describe, expect, test } from 'vitest';
import { hasDescriptions } from './builder-workspace.ts';
import { descriptionFiles, readDescription } from './mirror-descriptions.ts';
import { keepablePaths, liveAll } from './mirror-scenario.ts';

/** Share of lives that are told truly, over all descriptions; it may only rise. */
const FLOOR = 0.94;
/** Share of the paths at which something can be made and looked at, whose making is kept. */
const KEPT = 0.95;

const collectionOf = (path: string): string =>
  path
    .replace(/[?#].*$/, '')
    .replace(/\.(?:json|xml)$/, '')
    .replace(/\/$/, '');

describe.skipIf(!hasDescriptions)(
  'mirrors of real descriptions live (skipped without ../shared/specs)',
  () => {
    test('what is created is read back, listed, changed and removed', { timeout: 600_000 }, async () => {
      const report: string[] = [];
      const sum = { lives: 0, good: 0, keepable: 0, kept: 0 };
      for (const file of descriptionFiles) {
        const blueprint = await readDescription(file);
        const mirror = createMirror(blueprint);
        const lives = await liveAll(blueprint, mirror);
        const made = new Set(
          [...mirror.resources.bindings.values()]
            .filter(({ role }) => ['create', 'replace', 'update'].includes(role))
            .map(({ operation }) => collectionOf(operation.http.path)),
        );
        const keepable = keepablePaths(blueprint);
        const kept = keepable.filter((path) => made.has(path));
        const good = lives.filter(({ faults }) => faults.length === 0);
        sum.lives += lives.length;
        sum.good += good.length;
        sum.keepable += keepable.length;
        sum.kept += kept.length;
        report.push(
          `${file}: ${kept.length} of ${keepable.length} paths kept, ${good.length} of ${lives.length} lives true`,
          ...lives.flatMap(({ resource, faults }) =>
            faults.length > 0 ? [`  ${resource}: ${faults.join('; ')}`] : [],
          ),
        );
      }
      console.log([...report, JSON.stringify(sum)].join('\n'));
      expect(sum.lives).toBeGreaterThan(400);
      expect(sum.good / sum.lives).toBeGreaterThanOrEqual(FLOOR);
      expect(sum.kept / sum.keepable).toBeGreaterThanOrEqual(KEPT);
    });
  },
);
