import type { ClientHttp2Session } from 'node:http2';
import { brokerSocket, HTTP2_SUFFIX } from '../http/broker.ts';
import { HttpFailure } from '../http/failures/http-failure.ts';
import type { TlsIdentity } from '../http/exchange.ts';

/** How much of an answer may be under way: the usual 64 KiB make large ones wait for every round trip. */
const WINDOW_BYTES = 1024 * 1024;

export interface SessionOptions {
  readonly connectTimeoutMs: number;
  /** Shown in the TLS handshake. */
  readonly tls?: TlsIdentity | undefined;
  readonly signal: AbortSignal;
}

/**
 * An HTTP/2 connection on which the other side has spoken, over TLS for `https:`. Rejects with HttpFailure, or with the
 * signal's reason.
 */
export async function openSession(url: string, options: SessionOptions): Promise<ClientHttp2Session> {
  const { connect } = await import('node:http2');
  const { origin, host, protocol } = new URL(url);
  const isTls = protocol === 'https:';
  const door = brokerSocket();
  const { connect: connectSocket } = await import('node:net');
  const session = connect(origin, {
    settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    ...(door === undefined
      ? isTls && options.tls
      : { createConnection: () => connectSocket(`${door}${HTTP2_SUFFIX}`) }),
  });
  try {
    await heard(session, host, options);
    session.setLocalWindowSize(WINDOW_BYTES);
    return session;
  } catch (error) {
    session.destroy();
    options.signal.throwIfAborted();
    throw asFailure(error, host, isTls);
  }
}

function heard(
  session: ClientHttp2Session,
  host: string,
  { connectTimeoutMs, signal }: SessionOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settled = (error?: unknown): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('aborted', { cause: error }));
    };
    const late = `${host} did not accept a connection in ${connectTimeoutMs} ms`;
    const timer = setTimeout(() => settled(new HttpFailure('connect', late)), connectTimeoutMs);
    const abort = (): void => settled(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    session.once('remoteSettings', () => settled());
    // Also later, when nobody waits here: an error that nobody hears would end the process.
    session.on('error', settled);
    session.once('close', () => settled(new NoHttp2()));
  });
}

/** The connection ended before a word of HTTP/2 came. */
class NoHttp2 extends Error {}

/** What a service that speaks something else does to a connection. */
const isOtherLanguage = (error: unknown): boolean =>
  error instanceof NoHttp2 ||
  (error instanceof Error &&
    'code' in error &&
    /^ERR_HTTP2_|^ECONNRESET$|^ERR_SSL_.*(?:NO_APPLICATION_PROTOCOL|WRONG_VERSION_NUMBER|PACKET_LENGTH)/.test(
      String(error.code),
    ));

function asFailure(error: unknown, host: string, isTls: boolean): HttpFailure {
  if (!isOtherLanguage(error)) return HttpFailure.from(error, host);
  const other = isTls ? 'it may want plain text (http://)' : 'it may want TLS (https://)';
  const words = `${host} does not speak HTTP/2 there, which gRPC needs; ${other}, or be something else`;
  return new HttpFailure('connect', words, { cause: error });
}
