import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hubError } from '@counterpart/schemas';
import type { BoxedProcess, Sandbox, SandboxEnd, SandboxJob } from '../kernel/ports.ts';
import { Ending } from './ending.ts';
import { heapArgument, limitsOf } from './limits.ts';

/** What is shown, kept and signed in place of a sandbox's name. */
const UNSAFE_LOCAL = 'no sandbox (--unsafe-local)';

const SCRATCH = '/tmp';

/**
 * No walls: a job runs as the hub's own user, with its network and files. Only a person who was told so may choose it. Its
 * environment, time and heap are the job's all the same, and what it writes to `/tmp` goes to a folder of its own.
 */
export const unsafeLocal: Sandbox = {
  kind: 'none',
  description: UNSAFE_LOCAL,
  async open(job) {
    if (job.system === true || job.folders.some(({ from, to }) => from !== to))
      throw hubError('SANDBOX_FAILED', { sandbox: 'none', detail: 'files stand where they stand' });
    return await start(job, await mkdtemp(join(tmpdir(), 'unsafe-local-')));
  },
  sweep: () => Promise.resolve(0),
};

/** Paths below `/tmp` inside, as paths of the folder that stands for it; those of the job's folders are what they are. */
function placed(text: string, { folders }: SandboxJob, scratch: string): string {
  if (text !== SCRATCH && !text.startsWith(`${SCRATCH}/`)) return text;
  const isShown = folders.some(({ to }) => text === to || text.startsWith(`${to}/`));
  return isShown ? text : `${scratch}${text.slice(SCRATCH.length)}`;
}

async function start(job: SandboxJob, scratch: string): Promise<BoxedProcess> {
  const here = (text: string): string => placed(text, job, scratch);
  const limits = limitsOf(job);
  const child = spawn(process.execPath, [heapArgument(limits), ...job.args.map(here)], {
    cwd: here(job.cwd ?? SCRATCH),
    env: Object.fromEntries(Object.entries(job.env).map(([name, value]) => [name, here(value)])),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const ending = new Ending(() => killGroup(pid), limits.timeMs);
  child.stdin.on('error', () => undefined); // Nobody reads any more: the end says why.
  const ended = once(child, 'exit').then(async ([code]): Promise<SandboxEnd> => {
    killGroup(pid);
    await rm(scratch, { recursive: true, force: true });
    return ending.settle({ code: typeof code === 'number' ? code : undefined, outOfMemory: false });
  });
  const stop = (): Promise<SandboxEnd> => {
    ending.end('stopped');
    return ended;
  };
  return { pid, stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, stop };
}

/** Also what it started and left behind. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // None is left.
  }
}
