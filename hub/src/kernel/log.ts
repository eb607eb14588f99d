import { closeSync, existsSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino, type Logger } from 'pino';
import { makeFolder } from './files/make-folder.ts';
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
  /** Size at which the file is put aside and begun anew. Default 10 MB; two earlier ones are kept. */
  readonly maxBytes?: number;
  /** Applied to every line before it is written. */
  readonly redact?: Redact;
}

/** JSON lines on standard error or in a file, secrets censored. Standard output is never used: it may belong to a protocol. */
export function createLog(options: LogOptions): Logger {
  const { level, file, maxBytes = MAX_BYTES, redact } = options;
  const target = file === undefined ? pino.destination({ dest: 2, sync: true }) : openLogFile(file, maxBytes);
  const stream = redact ? { write: (line: string) => target.write(redact(line)) } : target;
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' } }, stream);
}

const STDERR = 2;
const MAX_BYTES = 10_000_000;
const EARLIER = ['.1', '.2'];

/** A file of lines. What it takes no more, as on a full disk, goes to standard error: to log never fails. */
function openLogFile(file: string, maxBytes: number): { write(line: string): void } {
  makeFolder(dirname(file));
  let handle = openSync(file, 'a');
  let size = fstatSync(handle).size;
  let told = false;
  return {
    write(line) {
      if (size >= maxBytes) {
        handle = begunAnew(file, handle);
        size = 0;
      }
      size += line.length;
      // What was cut off midway must not run into what follows.
      const problem = tryWrite(handle, told ? `\n${line}` : line);
      if (problem !== undefined && !told) tryWrite(STDERR, `The log ${file} cannot be written: ${problem}\n`);
      if (problem !== undefined) tryWrite(STDERR, line);
      told = problem !== undefined;
    },
  };
}

/** Puts the file aside as `.1`, and what stood there as `.2`. Where that fails it is written on, and tried again a size later. */
function begunAnew(file: string, handle: number): number {
  try {
    const names = [file, ...EARLIER.map((ending) => file + ending)];
    for (let at = names.length - 1; at > 0; at -= 1) {
      const [from = '', to = ''] = names.slice(at - 1, at + 1);
      if (existsSync(from)) renameSync(from, to);
    }
    const next = openSync(file, 'a');
    closeSync(handle);
    return next;
  } catch {
    return handle;
  }
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
