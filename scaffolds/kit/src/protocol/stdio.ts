import process from 'node:process';
import { StringDecoder } from 'node:string_decoder';
import type { JsonText } from './rpc.ts';
import type { Session } from './session.ts';

/** A longer line is no message of this protocol; it is dropped as it arrives. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** What is in flight when the client leaves gets this long; the whole stop stays under the two seconds a host waits. */
const DRAIN_MS = 1_000;

/** Splits chunks into lines for `onLine`, blank ones left out; a line over `longest` characters arrives as empty text. */
export function createLineReader(
  onLine: (line: string) => void,
  longest = LONGEST_LINE,
): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let size = 0;
  const keep = (part: string): void => {
    size += part.length;
    parts = size > longest ? [] : [...parts, part];
  };
  const finish = (): void => {
    const line = parts.join('').trim();
    if (size > longest || line !== '') onLine(line);
    parts = [];
    size = 0;
  };
  return (chunk) => {
    const pieces = decoder.write(chunk).split('\n');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) finish();
      if (piece !== '') keep(piece);
    }
  };
}

export interface ProtocolOutput {
  /** Writes one message, its pieces one after another, and the line's end. */
  write(...line: JsonText): void;
  /** Resolves when everything written so far has left the process. */
  flush(): Promise<void>;
}

/**
 * Standard output for the protocol alone: whatever else writes there, `console.log` included, goes to standard error.
 * Returns the only way to write a message.
 */
export function guardStdout(): ProtocolOutput {
  const original = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return {
    write(...line) {
      // One write to the pipe, whatever the number of pieces.
      process.stdout.cork();
      for (const piece of line) original(piece);
      original('\n');
      process.stdout.uncork();
    },
    flush: () => new Promise((resolve) => original('', () => resolve())),
  };
}

/** Runs a session on standard input until it ends or the process is told to stop; then ends the process with code 0. */
export function runOnStdio(session: Session, output: ProtocolOutput): void {
  let stopping = false;
  const stop = async (graceMs: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const timeUp = new Promise<void>((resolve) => setTimeout(resolve, graceMs));
    await Promise.race([session.idle(), timeUp]);
    session.close();
    await output.flush();
    process.exit(0);
  };
  process.stdin.on(
    'data',
    createLineReader((line) => session.receive(line)),
  );
  process.stdin.once('end', () => void stop(DRAIN_MS));
  // The client is gone: there is nobody left to tell.
  process.stdout.on('error', () => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
}
