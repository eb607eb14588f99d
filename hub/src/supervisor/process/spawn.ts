import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { hubError } from '@counterpart/schemas';
import type { Logger } from '../../kernel/log.ts';
import type { ProcessSpec } from '../../kernel/ports.ts';
import { describeSpawnError, type Exit } from './causes.ts';
import type { Ledger } from './ledger.ts';
import { openBoxed } from './boxed.ts';
import type { Child, PipedProcess } from './child.ts';
import { spawnPiped } from './output/spawn-piped.ts';
import { groupRuns, MARKER_VARIABLE, markedProcesses, send } from './process-table.ts';
import type { Spares } from './spares.ts';

/** Makes a process; rejects with SERVER_START_FAILED and the precise cause. */
export type SpawnProcess = (spec: ProcessSpec, onStderr: (chunk: Buffer) => void) => Promise<Child>;

/** Output may still be on its way when a process has ended; a grandchild that holds the pipe must not delay its end for long. */
const DRAIN_MS = 200;
const POLL_MS = 25;
/** Attempts at killing what is left before a process that cannot be killed is given up, about five seconds. */
const MOST_KILLS = 200;

interface SpawnerParts {
  readonly ledger: Ledger;
  readonly log: Logger;
  readonly spares: Spares;
}

export function createSpawner({ ledger, log, spares }: SpawnerParts): SpawnProcess {
  return async (spec, onStderr) => {
    if (spec.cwd !== undefined) await requireFolder(spec.id, spec.cwd);
    if (spec.openBox !== undefined) return await openBoxed(spec, await ledger.prepare(), onStderr);
    const spare = spares.take(spec);
    const marker = spare?.marker ?? (await ledger.prepare());
    const begun = spare?.process ?? (await begin(spec, marker));
    const { child, output } = begun;
    // It may stop reading at any moment; its end is told by `exited`.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => log.debug({ server: spec.id, cause }, 'process reported an error'));
    child.stderr.on('data', onStderr);
    const pid = Number(child.pid);
    if (!spare) ledger.add(pid);
    const sweep = { pid, marker, killed: false };
    const exited = ended(begun);
    const gone = exited.then(async () => {
      if (!(await vanished(sweep))) log.error({ server: spec.id, pid }, 'processes could not be killed');
      ledger.remove(pid);
    });
    return {
      io: { pid, stdin: child.stdin, stdout: output },
      exited,
      gone,
      signal(step) {
        if (step === 'end') child.stdin.end();
        else send(-pid, step === 'term' ? 'SIGTERM' : 'SIGKILL');
        if (step === 'kill') sweep.killed = true;
      },
    };
  };
}

async function begin(spec: ProcessSpec, marker: string): Promise<PipedProcess> {
  const { id: server, command, args, cwd, env } = spec;
  try {
    return await spawnPiped({ command, args, cwd, env: { ...env, [MARKER_VARIABLE]: marker } });
  } catch (cause) {
    throw hubError('SERVER_START_FAILED', { server, detail: describeSpawnError(spec, cause) }, { cause });
  }
}

/** The system says the same of a missing folder as of a missing program. */
async function requireFolder(server: string, cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => undefined);
  if (found?.isDirectory()) return;
  const detail = `its working directory ${cwd} ${found ? 'is not a folder' : 'does not exist'}; correct "cwd"`;
  throw hubError('SERVER_START_FAILED', { server, detail });
}

async function ended({ child, closed }: PipedProcess): Promise<Exit> {
  const exit = await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const patience = new AbortController();
  await Promise.race([
    closed,
    pause(DRAIN_MS, undefined, { signal: patience.signal }).catch(() => undefined),
  ]);
  patience.abort();
  return exit;
}

/** Waits until the group is empty (its own end, or killed) and kills what strayed from it; false when something resists. */
async function vanished(sweep: {
  readonly pid: number;
  readonly marker: string;
  readonly killed: boolean;
}): Promise<boolean> {
  for (let kills = 0; kills < MOST_KILLS;) {
    if (await groupRuns(sweep.pid)) {
      if (sweep.killed) {
        send(-sweep.pid, 'SIGKILL');
        kills += 1;
      }
    } else {
      const strayed = await markedProcesses(sweep.marker);
      if (strayed.length === 0) return true;
      for (const pid of strayed) send(pid, 'SIGKILL');
      kills += 1;
    }
    await pause(POLL_MS);
  }
  return false;
}
