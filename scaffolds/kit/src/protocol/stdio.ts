import { StringDecoder } from 'node:string_decoder';
import type { Session } from './session.ts';

/** A longer line is not a message of this protocol; it is dropped as it arrives. */
const LONGEST_LINE = 64 * 1024 * 1024;
/** What is in flight when the client leaves gets this long; the whole stop stays under the two seconds a host waits. */
const DRAIN_MS = 1_000;

/** Calls `onLine` for each non-empty line; a line over the limit is reported as an empty object's broken text. */
export function createLineReader(
  onLine: (line: string) => void,
  longest = LONGEST_LINE,
): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest: string[] = [];
  let size = 0;
  let skipping = false;
  const finish = (part: string): void => {
    const line = [...rest, part].join('').trim();
    if (skipping) onLine('');
    else if (line !== '') onLine(line);
    rest = [];
    size = 0;
    skipping = false;
  };
  const keep = (part: string): void => {
    size += part.length;
    if (size > longest) {
      skipping = true;
      rest = [];
    }
    if (!skipping) rest.push(part);
  };
  return (chunk) => {
    const parts = decoder.write(chunk).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) finish(part);
    if (last !== '') keep(last);
  };
}

/**
 * Standard output for the protocol alone: whatever else writes there, `console.log` included, goes to standard error.
 * Returns the only way to write a message.
 */
export function guardStdout(): (line: string) => void {
  const original = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (line) => {
    original(`${line}\n`);
  };
}

/** Runs a session on standard input until it ends or the process is told to stop; then ends the process with code 0. */
export function runOnStdio(session: Session): void {
  let stopping = false;
  const stop = async (graceMs: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    const timeUp = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([session.idle(), timeUp]);
    session.close();
    // What was written is on its way once this empty write is done.
    process.stderr.write('', () => process.exit(0));
  };
  process.stdin.on(
    'data',
    createLineReader((line) => session.receive(line)),
  );
  process.stdin.once('end', () => void stop(DRAIN_MS));
  process.stdout.on('error', () => process.exit(0));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(0));
}
