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
  const target = pino.destination({ dest: file ?? 2, sync: true, mkdir: true });
  const stream = redact ? { write: (line: string) => target.write(redact(line)) } : target;
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' } }, stream);
}
