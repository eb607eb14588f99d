import { CounterpartError, hubError } from '@counterpart/schemas';
import type { ProcessSpec, SandboxEnd } from '../../kernel/ports.ts';
import type { Exit } from './causes.ts';
import type { Child } from './child.ts';
import { PipedOutput } from './output/piped-output.ts';
import { MARKER_VARIABLE } from './process-table.ts';

/** An end inside the walls as the system reports one outside. */
function exitOf({ outcome, code }: SandboxEnd): Exit {
  if (outcome === 'exited') return { code: code ?? null, signal: null };
  return { code: null, signal: outcome === 'stopped' ? 'SIGTERM' : 'SIGKILL' };
}

/**
 * Makes a process inside its walls. Nothing of it can leave them, so that its end is the end of all; a hub that is killed
 * takes it along, and its marker tells the guardian whose it was. Rejects with SERVER_START_FAILED.
 */
export async function openBoxed(
  { id: server, openBox }: ProcessSpec,
  marker: string,
  onStderr: (chunk: Buffer) => void,
): Promise<Child> {
  try {
    if (openBox === undefined) throw hubError('INTERNAL', { detail: `${server} has no walls` });
    const box = await openBox({ [MARKER_VARIABLE]: marker });
    box.stdin.on('error', () => undefined);
    box.stderr.on('data', onStderr);
    const exited = box.ended.then(exitOf);
    return {
      io: { pid: box.pid, stdin: box.stdin, stdout: new PipedOutput(box.stdout) },
      exited,
      gone: exited.then(() => undefined),
      signal(step) {
        if (step === 'end') box.stdin.end();
        else void box.stop();
      },
    };
  } catch (cause) {
    if (!(cause instanceof CounterpartError)) throw cause;
    throw hubError('SERVER_START_FAILED', { server, detail: cause.words }, { cause });
  }
}
