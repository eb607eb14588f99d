import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { PipedProcess } from '../child.ts';
import { Duct } from './duct.ts';
import { PipedOutput } from './piped-output.ts';

export interface Begun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Streams beyond the standard ones. */
  readonly more?: readonly 'pipe'[];
}

/** Begins a process in a process group of its own, so that all of it can be signalled at once. Rejects as the system does. */
export async function spawnPiped(
  { command, args, cwd, env, more = [] }: Begun,
  open = (): Duct | undefined => Duct.open(),
): Promise<PipedProcess> {
  // Where there is none, a pipe does as well, but for long results.
  const duct = open();
  try {
    // Node's type knows nothing of streams given by us; the others are pipes, as asked.
    const child = spawn(command, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      env,
      detached: true,
      stdio: ['pipe', duct?.theirs ?? 'pipe', 'pipe', ...more],
    }) as PipedProcess['child'];
    const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()));
    await once(child, 'spawn');
    return { child, ...outputOf(child, duct, closed) };
  } catch (cause) {
    duct?.drop();
    throw cause;
  }
}

function outputOf(
  child: ChildProcess,
  duct: Duct | undefined,
  ended: Promise<void>,
): Pick<PipedProcess, 'output' | 'closed'> {
  if (duct === undefined) return { output: new PipedOutput(child.stdout as Readable), closed: ended };
  duct.handOver();
  child.once('exit', () => duct.release());
  return { output: duct, closed: Promise.all([ended, duct.closed]).then(() => undefined) };
}
