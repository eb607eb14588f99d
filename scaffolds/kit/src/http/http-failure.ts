/** `connect`: nothing was sent. `network`: the connection broke. `timeout`: no full answer in time. `refused`: not allowed. */
export type HttpFailureKind = 'connect' | 'network' | 'timeout' | 'refused';

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

/** A request that got no answer. The message names the host and the cause, never a path, a header or a credential. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind;

  constructor(kind: HttpFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpFailure';
    this.kind = kind;
  }

  /** Any error of a connection to `host`, as one of these. */
  static from(error: unknown, host: string): HttpFailure {
    if (error instanceof HttpFailure) return error;
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string'
        ? error.code
        : 'unknown cause';
    const kind = CONNECT_CODES.has(code) ? 'connect' : 'network';
    const what = kind === 'connect' ? `Cannot connect to ${host}` : `The connection to ${host} broke`;
    return new HttpFailure(kind, `${what} (${code})`, { cause: error });
  }
}
