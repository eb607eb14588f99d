import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './guards/proofs-reporter.ts';

const listed = spawnSync(
  'git',
  // Whoever owns the checkout: nothing of it is run.
  ['-c', 'safe.directory=*', 'ls-files', '--cached', '--others', '--exclude-standard'],
  { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
);
const IGNORED = /^(?:\..*|node_modules|dist|scratch|coverage)$/;
/** Files that git knows or would take, relative to the repository; without git, all that are no product of a run. */
const tracked =
  listed.status === 0
    ? listed.stdout.split('\n')
    : globSync('**/*.*', { cwd: ROOT, exclude: (path) => IGNORED.test(basename(path)) });
const sources = tracked.filter(
  (file) => file.endsWith('.ts') && !/\/(?:golden|node_modules)\/|^servers\//.test(file),
);

const MOST_FILES = 12;
const MOST_LINES = 400;
const MOST_TEST_LINES = 600;

/** Folders that may hold more, up to a number, since a day and for a reason. The list may only shrink. */
const FULLER: Readonly<
  Record<string, { readonly most: number; readonly since: string; readonly why: string }>
> = {
  'schemas/src/catalogue': {
    most: 20,
    since: '2026-11-21',
    why: 'one list of errors a room, all read by one file',
  },
  'hub/src/kernel/ports': { most: 14, since: '2026-11-21', why: 'one file a port, all read by one file' },
};

test('a folder holds at most a dozen source files', () => {
  const counts = new Map<string, number>();
  for (const file of sources.filter((one) => !one.endsWith('.test.ts')))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const fuller = [...counts].filter(([folder, count]) => count > (FULLER[folder]?.most ?? MOST_FILES));
  expect(fuller).toEqual([]);
  const needless = Object.keys(FULLER).filter((folder) => (counts.get(folder) ?? 0) <= MOST_FILES);
  expect(needless).toEqual([]);
});

test('a file has at most 400 lines, comments and blank lines included; a test 600', () => {
  const longer = sources.filter((file) => {
    const lines = readFileSync(`${ROOT}${file}`, 'utf8').split('\n').length - 1;
    return lines > (/\.test\.ts$|^test\//.test(file) ? MOST_TEST_LINES : MOST_LINES);
  });
  expect(longer).toEqual([]);
});

test('no decision has the number of another', () => {
  const numbers = tracked
    .filter((file) => file.startsWith('docs/decisions/'))
    .map((file) => basename(file).slice(0, 4));
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
});

/** Files that code names by its own place: `new URL('…', import.meta.url)` and `join(import.meta.dirname, '…')`. */
const NAMED =
  /new URL\(\s*'([^'$]+\.\w+)',\s*import\.meta\.url|join\(import\.meta\.dirname, '([^'$]+\.\w+)'\)/g;
/** They write code as text. */
const WRITERS = ['hub/src/checks/scan.test.ts', 'scaffolds/sdk/typescript.ts', 'test/structure.test.ts'];

test('a file that a program names by its own place is there: no compiler sees it when files are moved', () => {
  const named = sources
    .filter((file) => !WRITERS.includes(file))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(NAMED)].map(([, one, other]) =>
        join(dirname(file), one ?? other ?? ''),
      ),
    );
  expect(named.length).toBeGreaterThan(50);
  const own = named.filter((path) => !path.includes('/node_modules/'));
  expect(own.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
