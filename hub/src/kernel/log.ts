import { pino, type Logger } from 'pino';

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
}

/** JSON lines on standard error or in a file, secrets censored. Standard output is never used: it may belong to a protocol. */
export function createLog(options: LogOptions): Logger {
  const stream = pino.destination({ dest: options.file ?? 2, sync: true, mkdir: true });
  return pino({ level: options.level, base: null, redact: { paths, censor: '[redacted]' } }, stream);
}
