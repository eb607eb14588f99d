import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TestModule } from 'vitest/node';
import type { TestMeterModule } from '../../kernel/ports.ts';
import type { TestsReport } from './run-tests.ts';

/**
 * Runs the tests of the server folder that is its first argument and tells its parent how they went, or prints it where it
 * has none to tell: inside a sandbox. The second argument is a folder for what the runner keeps, the third a module that measures
 * what the tests run. A process of its own: tests print, start servers, and may never end.
 */
const [root = '', kept = `${root}/dist/.tests`, meterPath] = process.argv.slice(2);
/** Of another room, named by who starts this process. */
const meterModule =
  meterPath === undefined ? undefined : ((await import(pathToFileURL(meterPath).href)) as TestMeterModule);
const meter = meterModule?.openMeter(root, kept);
const { startVitest } = await import('vitest/node');
const kit = fileURLToPath(import.meta.resolve('@counterpart/kit')).replace(/index\.ts$/, '');
const own = createRequire(import.meta.url);

/** A server's folder has no packages of its own: it is given the hub's. */
const ALIASES = [
  { find: /^@counterpart\/kit$/, replacement: `${kit}index.ts` },
  { find: /^@counterpart\/kit\/(\w+)$/, replacement: `${kit}$1.ts` },
  { find: /^zod$/, replacement: fileURLToPath(import.meta.resolve('zod')) },
  { find: /^vitest$/, replacement: own.resolve('vitest').replace(/index\.cjs$/, 'dist/index.js') },
];

/** Servers are started by the contract, on machines of any speed. */
const LONGEST_TEST_MS = 30_000;

const vitest = await startVitest(
  [],
  {
    root,
    config: false,
    watch: false,
    passWithNoTests: true,
    include: ['{src,test}/**/*.test.ts'],
    reporters: [{}],
    testTimeout: LONGEST_TEST_MS,
    hookTimeout: LONGEST_TEST_MS,
    maxWorkers: 2,
    ...(meter === undefined
      ? {}
      : { setupFiles: [meter.setupFile], provide: { reached: join(kept, 'reached') } }),
  },
  {
    resolve: { alias: ALIASES },
    cacheDir: kept,
    ...(meter === undefined ? {} : { plugins: [meter.plugin] }),
  },
);

const errorsOf = (errors: readonly { message: string }[] = []): string =>
  errors.map(({ message }) => message).join('\n') || 'it failed without an error';

function reportOf(module: TestModule): TestsReport {
  const file = module.relativeModuleId;
  const tests = [...module.children.allTests()];
  const broken = module.errors().map(({ message }) => ({ file, test: '(the file)', message }));
  const failures = tests
    .filter((test) => test.result().state === 'failed')
    .map((test) => ({ file, test: test.fullName, message: errorsOf(test.result().errors) }));
  const counted = (state: string): number => tests.filter((test) => test.result().state === state).length;
  return {
    passed: counted('passed'),
    skipped: counted('skipped'),
    failures: [...broken, ...failures],
  };
}

const coverage = meter?.measured();
const reports = vitest.state.getTestModules().map(reportOf);
const report: TestsReport = {
  passed: reports.reduce((sum, { passed }) => sum + passed, 0),
  skipped: reports.reduce((sum, { skipped }) => sum + skipped, 0),
  failures: reports.flatMap(({ failures }) => failures),
  ...(coverage === undefined ? {} : { coverage }),
};
if (process.send === undefined) process.stdout.write(`\n${JSON.stringify(report)}\n`, () => process.exit(0));
else process.send(report, () => process.exit(0));
