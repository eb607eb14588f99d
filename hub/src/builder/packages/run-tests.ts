import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hubError } from '@counterpart/schemas';
import { z } from 'zod';

/** How the tests of a package went. */
export const TestsReport = z.strictObject({
  /** What of the server's own code they ran; absent when nobody measured. */
  coverage: z
    .strictObject({
      statements: z.strictObject({ covered: z.int(), total: z.int() }),
      missed: z
        .array(
          z.strictObject({
            file: z.string(),
            line: z.int(),
            column: z.int(),
            kind: z.enum(['statement', 'function']),
            name: z.string().optional(),
            isOffered: z.boolean().optional(),
          }),
        )
        .readonly(),
    })
    .optional(),
  passed: z.int(),
  skipped: z.int(),
  failures: z.array(z.strictObject({ file: z.string(), test: z.string(), message: z.string() })),
});
export type TestsReport = z.infer<typeof TestsReport>;

const PROGRAM = fileURLToPath(new URL('./test-process.ts', import.meta.url));
const KEPT_OUTPUT = 4_000;

/**
 * Runs the `*.test.ts` of a package's `src` and `test` in a process of its own; `signal` ends it. Throws TESTS_UNAVAILABLE
 * where they cannot be run at all.
 */
export async function runTests(dir: string, signal?: AbortSignal): Promise<TestsReport> {
  if (!canTest()) throw hubError('TESTS_UNAVAILABLE', { server: dir, detail: 'vitest is not installed' });
  const child = fork(PROGRAM, [dir], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  const stop = (): void => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop);
  let told: unknown;
  let complaint = '';
  child.on('message', (message) => (told = message));
  child.stderr?.on('data', (bytes) => (complaint = `${complaint}${String(bytes)}`.slice(-KEPT_OUTPUT)));
  try {
    await new Promise<void>((resolve) => void child.once('close', () => resolve()));
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  const report = TestsReport.safeParse(told);
  if (report.success) return report.data;
  throw hubError('TESTS_UNAVAILABLE', { server: dir, detail: complaint.trim() || 'the runner ended early' });
}

/** The runner is a tool of development: an installation without those has none. */
function canTest(): boolean {
  try {
    import.meta.resolve('vitest/node');
    return true;
  } catch {
    return false;
  }
}
