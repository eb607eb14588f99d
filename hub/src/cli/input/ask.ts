import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from '../io.ts';

type Terminal = Pick<Io, 'stdin' | 'stderr'>;

/** Asks a person on standard error for one line. Nothing is what Ctrl-D answers; rejects when `signal` ends it. */
export const askShown = (io: Terminal, question: string, signal: AbortSignal): Promise<string> =>
  answer(createInterface({ input: io.stdin, output: io.stderr }), io, { question: `${question} `, signal });

/** As `askShown`; what is typed is not shown. */
export async function askHidden(io: Terminal, question: string, signal: AbortSignal): Promise<string> {
  // As a terminal it is in raw mode: the echo is this interface's own, and goes nowhere.
  const prompt = createInterface({ input: io.stdin, output: nowhere(), terminal: true, historySize: 0 });
  io.stderr.write(`${question} `);
  try {
    return await answer(prompt, io, { question: '', signal });
  } finally {
    io.stderr.write('\n');
  }
}

/** Takes what a terminal would echo. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function answer(
  prompt: Interface,
  { stderr }: Terminal,
  { question, signal }: { readonly question: string; readonly signal: AbortSignal },
): Promise<string> {
  // Raw mode takes Ctrl-C from the terminal's driver, which would have sent the signal.
  prompt.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await prompt.question(question, { signal });
  } catch (cause) {
    if (question !== '') stderr.write('\n');
    if (signal.aborted) throw cause;
    return '';
  } finally {
    prompt.close();
  }
}
