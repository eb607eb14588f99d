import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hubError } from '@counterpart/schemas';
import type { SandboxFolder, SandboxJob } from '../../kernel/ports.ts';
import { TestsReport } from './run-tests.ts';

/** Where the hub is installed: inside as outside, so that modules find each other. */
const HOME = fileURLToPath(new URL('../../../../', import.meta.url)).replace(/\/$/, '');
const PROGRAM = fileURLToPath(new URL('./test-process.ts', import.meta.url));
/** Of the installation: code, and nothing that the hub writes. */
const CODE = ['node_modules', 'package.json', 'hub', 'scaffolds', 'schemas', 'clients', 'tsconfig.base.json'];

const MB = 1_048_576;
/** A test runner with its workers, a server and its mirror. */
const LIMITS = { memoryBytes: 1_024 * MB, processes: 256, scratchBytes: 128 * MB, cpus: 2, timeMs: 120_000 };

export interface TestsOptions {
  /** Path of the module that measures what they run (`TestMeterModule`). */
  readonly meter?: string | undefined;
  /** Default two minutes. */
  readonly timeMs?: number | undefined;
}

/** The tests of a server's folder as a job for a sandbox: mirrors answer on its own loopback, nothing else is there. */
export async function testsJob(folder: string, { meter, timeMs }: TestsOptions = {}): Promise<SandboxJob> {
  const present = new Set(await readdir(HOME));
  const folders: SandboxFolder[] = CODE.filter((name) => present.has(name)).map((name) => {
    const path = join(HOME, name);
    return { from: path, to: path };
  });
  return {
    profile: 'check',
    folders: [...folders, { from: folder, to: folder }],
    args: [PROGRAM, folder, '/tmp/tests', ...(meter === undefined ? [] : [meter])],
    env: { HOME: '/tmp', TMPDIR: '/tmp', NO_COLOR: '1' },
    cwd: folder,
    limits: { ...LIMITS, timeMs: timeMs ?? LIMITS.timeMs },
  };
}

/** Characters of a complaint; what follows is a trace of the runner. */
const SHOWN = 600;

/** What the job printed last; throws TESTS_UNAVAILABLE with `complaint` when it told nothing. */
export function readTestsReport(server: string, stdout: string, complaint: string): TestsReport {
  for (const line of stdout.trimEnd().split('\n').toReversed()) {
    const report = TestsReport.safeParse(parse(line));
    if (report.success) return report.data;
  }
  const detail = complaint.trim().slice(0, SHOWN) || 'the runner ended early';
  throw hubError('TESTS_UNAVAILABLE', { server, detail });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
