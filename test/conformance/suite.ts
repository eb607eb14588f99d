import { execFile } from 'node:child_process';
import { mkdtempSync, globSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A revision of the protocol and the release of the public suite that knows it. */
export interface Revision {
  readonly version: '2025-11-25' | '2026-07-28';
  /** Package that holds the suite's program. */
  readonly suite: '@modelcontextprotocol/conformance' | 'conformance-2026';
}

export const REVISIONS: readonly Revision[] = [
  { version: '2025-11-25', suite: '@modelcontextprotocol/conformance' },
  { version: '2026-07-28', suite: 'conformance-2026' },
];

/** What the suite found in one scenario. */
export interface Scenario {
  readonly name: string;
  /** Words of every check that failed; empty: the scenario passed. */
  readonly failures: readonly string[];
  /** Every check with its outcome as `id: OUTCOME`, sorted. */
  readonly checks: readonly string[];
}

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** Time for all scenarios of one revision. */
const LIMIT_MS = 180_000;
/** Never run by `--spec-version`; what the suite prints for them is not a result. */
const RESULT = /^(?:server-)?(.+?)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

/** Runs every server scenario of a revision against `url`, in the order of their names. */
export async function runSuite({ version, suite }: Revision, url: string): Promise<Scenario[]> {
  const program = createRequire(import.meta.url).resolve(`${suite}/dist/index.js`);
  const output = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    // The suite takes a server for a local one, and checks its Host rules, only under this name.
    const local = url.replace('127.0.0.1', 'localhost');
    await run([program, 'server', '--url', local, '--spec-version', version, '--suite', 'all', '-o', output]);
    return globSync('**/checks.json', { cwd: output })
      .map((file) => readScenario(join(output, file)))
      .sort((a, b) => a.name.localeCompare(b.name));
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** The suite ends with 1 when a scenario failed, which its files tell better. */
function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (error) => {
      if (error?.killed) reject(new Error(`the conformance suite did not end in ${LIMIT_MS} ms`));
      else resolve();
    });
  });
}

function readScenario(file: string): Scenario {
  const name = RESULT.exec(basename(dirname(file)))?.[1] ?? basename(dirname(file));
  const checks = JSON.parse(readFileSync(file, 'utf8')) as readonly Check[]; // the suite's own format
  const failures = checks
    .filter(({ status }) => status === 'FAILURE')
    .map(({ id, errorMessage }) => `${id}: ${errorMessage ?? ''}`);
  return { name, failures, checks: checks.map(({ id, status }) => `${id}: ${status}`).sort() };
}

/**
 * What may fail, with the reason, from `expected-failures-<list>.txt`: lines `scenario  reason`, blank lines and `#`
 * comments apart.
 */
export function readExpectedFailures(list: string): Map<string, string> {
  const text = readFileSync(new URL(`./expected-failures-${list}.txt`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [name = '', ...reason] = line.trim().split(/\s+/);
      return [name, reason.join(' ')];
    }),
  );
}
