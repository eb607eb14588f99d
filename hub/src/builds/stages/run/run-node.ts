import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { compiledCode } from '../../../kernel/process/compiled-code.ts';

export interface NodeRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a Node program of this installation to its end, with nothing of the hub's environment but where its code lies compiled. */
export async function runNode(
  args: readonly string[],
  {
    signal,
    timeoutMs,
    heapMb,
    cwd,
  }: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly heapMb: number;
    readonly cwd?: string;
  },
): Promise<NodeRun> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: compiledCode(),
    ...(cwd === undefined ? {} : { cwd }),
    killSignal: 'SIGKILL',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  child.on('error', () => undefined); // An abort; the missing answer says the same.
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  signal.throwIfAborted();
  return { code, stdout, stderr };
}
