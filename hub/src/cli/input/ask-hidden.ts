import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from '../io.ts';

/** Takes what a terminal would echo. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks a person on standard error and reads one line that is not shown. Rejects when `signal` ends it. */
export async function askHidden(
  io: Pick<Io, 'stdin' | 'stderr'>,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  // As a terminal it is in raw mode: the echo is this interface's own, and goes nowhere.
  const prompt = createInterface({ input: io.stdin, output: nowhere(), terminal: true, historySize: 0 });
  // Raw mode takes Ctrl-C from the terminal's driver, which would have sent the signal.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  io.stderr.write(`${question} `);
  try {
    return await prompt.question('', { signal });
  } finally {
    prompt.close();
    io.stderr.write('\n');
  }
}
