import { mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino, type Logger } from 'pino';
import type { Redact } from './redact.ts';

export type { Logger } from 'pino';

/** Member names whose values are never written, wherever they stand in a logged object. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'apiKey',
  'api_key',
  'access_token',
  'env',
  'headers',
];
const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** File that lines are appended to; default: standard error. */
  readonly file?: string;
  /** Applied to every line before it is written. */
  readonly redact?: Redact;
}

/** JSON lines on standard error or in a file, secrets censored. Standard output is never used: it may belong to a protocol. */
export function createLog(options: LogOptions): Logger {
  const { level, file, redact } = options;
  const target = file === undefined ? pino.destination({ dest: 2, sync: true }) : openLogFile(file);
  const stream = redact ? { write: (line: string) => target.write(redact(line)) } : target;
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' } }, stream);
}

const STDERR = 2;

/** A file of lines. What it takes no more, as on a full disk, goes to standard error: to log never fails. */
function openLogFile(file: string): { write(line: string): void } {
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'a');
  let told = false;
  return {
    write(line) {
      // What was cut off midway must not run into what follows.
      const problem = tryWrite(handle, told ? `\n${line}` : line);
      if (problem !== undefined && !told) tryWrite(STDERR, `The log ${file} cannot be written: ${problem}\n`);
      if (problem !== undefined) tryWrite(STDERR, line);
      told = problem !== undefined;
    },
  };
}

/** Writes all of it at once; otherwise the reason why not. */
function tryWrite(handle: number, text: string): string | undefined {
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
