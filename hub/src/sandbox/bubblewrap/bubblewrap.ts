import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { hubError } from '@counterpart/schemas';
import type { BoxedProcess, Sandbox, SandboxEnd, SandboxJob, SandboxLimits } from '../../kernel/ports.ts';
import { Ending } from '../ending.ts';
import { limitsOf } from '../limits.ts';
import { nodeFiles } from '../node-files.ts';
import { bubblewrapArguments } from './arguments.ts';
import { openControlGroup, sweepControlGroups, type ControlGroup } from './cgroup.ts';
import { seccompFilter } from './seccomp.ts';
import { watchMemory } from './watchdog.ts';

const run = promisify(execFile);
const COMMAND = 'bwrap';
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Enters the control group, lowers the limits, becomes bubblewrap. Where there is no group the number of processes is
 * limited by user; shells spell that limit in two ways.
 */
const ENTER = `
files=$1; processes=$2; groups=$3; shift 3
while [ "$groups" -gt 0 ]; do echo $$ > "$1" || exit 125; shift; groups=$((groups - 1)); done
ulimit -c 0; ulimit -n "$files"
if [ "$processes" -gt 0 ]; then ulimit -u "$processes" 2>/dev/null || ulimit -p "$processes"; fi
exec ${COMMAND} "$@"`;

/** Bubblewrap, when it is installed and may make its namespaces here; otherwise why not, in words. */
export async function findBubblewrap(): Promise<Sandbox | string> {
  try {
    const { stdout } = await run(COMMAND, ['--version'], { timeout: PROBE_TIMEOUT_MS });
    const sandbox = new Bubblewrap(stdout.trim());
    const end = await (await sandbox.open(PROBE)).ended;
    return end.outcome === 'exited' && end.code === 0 ? sandbox : 'bubblewrap may not make namespaces here';
  } catch (error) {
    return isMissing(error) ? 'bubblewrap is not installed' : `bubblewrap fails: ${messageOf(error)}`;
  }
}

const PROBE: SandboxJob = { profile: 'check', folders: [], args: ['-e', ''], env: {} };

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Bubblewrap implements Sandbox {
  readonly kind = 'bubblewrap';
  readonly description: string;

  constructor(description: string) {
    this.description = description;
  }

  async open(job: SandboxJob): Promise<BoxedProcess> {
    const limits = limitsOf(job);
    const group = await openControlGroup(randomUUID(), limits);
    try {
      return await start(job, limits, group);
    } catch (cause) {
      await group?.remove();
      throw hubError('SANDBOX_FAILED', { sandbox: this.kind, detail: messageOf(cause) }, { cause });
    }
  }

  async sweep(): Promise<number> {
    return await sweepControlGroups();
  }
}

interface BoxChild extends ChildProcess {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
}

async function start(
  job: SandboxJob,
  limits: SandboxLimits,
  group: ControlGroup | undefined,
): Promise<BoxedProcess> {
  const filter = seccompFilter(process.arch);
  const walls = bubblewrapArguments(job, limits, await nodeFiles(), filter !== undefined);
  const entrances = group?.entrances ?? [];
  const byUser = group === undefined ? limits.processes : 0;
  const args = [String(limits.openFiles), String(byUser), String(entrances.length), ...entrances, ...walls];
  const child = spawn('/bin/sh', ['-c', ENTER, 'enter', ...args], {
    env: job.env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = await spawned(child);
  const filterPipe = child.stdio[3];
  if (filterPipe !== null && filterPipe !== undefined && 'end' in filterPipe) {
    filterPipe.on('error', () => undefined); // The exit that follows says why.
    filterPipe.end(filter);
  }
  if (!hasPipes(child)) throw new Error('no pipes');
  return supervise(child, pid, limits, group);
}

const hasPipes = (child: ChildProcess): child is BoxChild =>
  child.stdin !== null && child.stdout !== null && child.stderr !== null;

async function spawned(child: ChildProcess): Promise<number> {
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('the process has no number');
  return child.pid;
}

function supervise(
  child: BoxChild,
  pid: number,
  limits: SandboxLimits,
  group: ControlGroup | undefined,
): BoxedProcess {
  const ending = new Ending(() => killGroup(pid), limits.timeMs);
  const unwatch =
    group === undefined
      ? watchMemory(pid, limits.memoryBytes, () => ending.end('out-of-memory'))
      : () => undefined;
  child.stdin.on('error', () => undefined); // Nobody reads any more: the end says why.
  const ended = once(child, 'exit').then(async ([code]): Promise<SandboxEnd> => {
    unwatch();
    // Bubblewrap's end ends the process namespace, and with it all that was inside.
    const outOfMemory = (await group?.outOfMemory()) ?? false;
    await group?.remove();
    return ending.settle({ code: exitCode(code), outOfMemory });
  });
  const stop = (): Promise<SandboxEnd> => {
    ending.end('stopped');
    return ended;
  };
  return { pid, stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, stop };
}

/** Bubblewrap reports a signal inside as 128 and its number. */
const exitCode = (code: unknown): number | undefined =>
  typeof code === 'number' && code < 128 ? code : undefined;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
