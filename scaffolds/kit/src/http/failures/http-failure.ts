/**
 * `connect`: nothing was sent. `network`: the connection broke. `timeout`: no full answer in time. `refused`: not allowed.
 * `untrusted`: the service's certificate is not one to trust. `certificate`: the service does not take this side's.
 */
export type HttpFailureKind = 'connect' | 'network' | 'timeout' | 'refused' | 'untrusted' | 'certificate';

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
    const kind = kindOf(code);
    return new HttpFailure(kind, `${WORDS[kind](host)} (${code})`, { cause: error });
  }
}

type Broken = Exclude<HttpFailureKind, 'timeout' | 'refused'>;

const WORDS: Readonly<Record<Broken, (host: string) => string>> = {
  connect: (host) => `Cannot connect to ${host}`,
  network: (host) => `The connection to ${host} broke`,
  untrusted: (host) => `The certificate of ${host} is not trusted`,
  certificate: (host) =>
    `${host} refused the TLS handshake, as services do that want another client certificate`,
};

/** Codes of Node's TLS: what OpenSSL found wrong with the other side's certificate, and alerts that came back. */
function kindOf(code: string): Broken {
  if (CONNECT_CODES.has(code)) return 'connect';
  if (/^ERR_SSL_.*ALERT_(?:.*CERT|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED)/.test(code))
    return 'certificate';
  const isUntrusted =
    /CERT|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH/.test(code) && !code.startsWith('ERR_SSL_');
  return isUntrusted ? 'untrusted' : 'network';
}
