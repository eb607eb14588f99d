import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { MissedPoint, TestCoverage, TestMeter } from '../../kernel/ports.ts';
import { instrument } from './instrument.ts';

/** Written by the build, and run by the contract in a process of their own. */
const NOT_OF_AUTHORS = new Set(['src/server.ts', 'src/tools.ts']);
const Hits = z.record(z.string(), z.array(z.int().min(0)));

/** Measures which of a server's functions and statements its tests run. Counts of each test file are a file of `kept`. */
export function openMeter(root: string, kept: string): TestMeter {
  const folder = join(kept, 'reached');
  mkdirSync(folder, { recursive: true });
  const fileOf = (id: string): string | undefined => {
    const file = relative(root, id.replace(/\?.*$/, '')).replaceAll('\\', '/');
    return isMeasured(file) ? file : undefined;
  };
  return {
    setupFile: fileURLToPath(new URL('./note-reached.ts', import.meta.url)),
    plugin: {
      name: 'counterpart-coverage',
      enforce: 'pre',
      transform(code, id) {
        const file = fileOf(id);
        return file === undefined ? undefined : { code: instrument(file, code).text, map: null };
      },
    },
    measured: () => coverageOf(root, reachedIn(folder)),
  };
}

const isMeasured = (file: string): boolean =>
  /^src\/.*\.ts$/.test(file) && !file.endsWith('.test.ts') && !NOT_OF_AUTHORS.has(file);

function reachedIn(folder: string): ReadonlyMap<string, ReadonlySet<number>> {
  const reached = new Map<string, Set<number>>();
  for (const name of readdirSync(folder)) {
    const hits = Hits.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    for (const [file, points] of Object.entries(hits)) {
      const known = reached.get(file) ?? new Set();
      for (const point of points) known.add(point);
      reached.set(file, known);
    }
  }
  return reached;
}

/** Also of files that no test imports: they were not run at all. Undefined where there is nothing to run. */
function coverageOf(
  root: string,
  reached: ReadonlyMap<string, ReadonlySet<number>>,
): TestCoverage | undefined {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter(isMeasured)
    .toSorted();
  let [covered, total] = [0, 0];
  const missed: MissedPoint[] = [];
  for (const file of files) {
    const { points } = instrument(file, readFileSync(join(root, file), 'utf8'));
    for (const [at, point] of points.entries()) {
      const isReached = reached.get(file)?.has(at) ?? false;
      if (!isReached) missed.push({ file, ...point });
      if (point.kind === 'function') continue;
      total += 1;
      covered += isReached ? 1 : 0;
    }
  }
  return files.length === 0 ? undefined : { statements: { covered, total }, missed };
}
