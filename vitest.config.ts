import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SlowFirst } from './test/guards/slow-first.ts';
import { ProofsReporter } from './test/guards/proofs-reporter.ts';

// Hubs that tests start have temporary folders of their own, where they would find nothing compiled: each would strip and compile
// all of its modules again, and write them down at its end. They share one place, and the workers of vitest with them.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

/** `unit` is the loop of `npm run check`; `e2e` starts real processes, one file at a time on two cores. */
export default defineConfig({
  test: {
    reporters: ['default', new ProofsReporter()],
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{schemas,scaffolds,hub,clients}/**/*.test.ts',
            'test/*.test.ts',
            'test/fixtures/walks/*/test/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', 'scaffolds/golden/**'],
          testTimeout: 20_000,
          // Loading the modules again for each of hundreds of files is twice the work of the tests; a file that would change
          // how others end fails.
          isolate: false,
          setupFiles: ['test/guards/leaves-nothing.ts'],
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: [
            'test/{e2e,conformance,fidelity,gauntlet,search}/**/*.test.ts',
            'servers/*/test/**/*.test.ts',
          ],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: true,
          maxWorkers: 2,
        },
      },
    ],
  },
});
