import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Readable, Transform } from 'node:stream';
import { addressOf, withoutUser } from './address.ts';
import { brokerFailure, brokerSocket } from './broker.ts';
import { ToolFailure } from '../failure.ts';
import { HttpFailure } from './failures/http-failure.ts';

/** One request as it goes out. `url` is sent exactly as written: nothing normalises its path. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

export interface WireResponse {
  readonly status: number;
  readonly statusText: string;
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body went on after `maxBytes`; the rest was not read. */
  readonly truncated: boolean;
}

/** A client's certificate and whom it trusts, as PEM. */
export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities instead of the usual ones. */
  readonly ca?: Buffer;
  readonly passphrase?: string;
}

export interface ExchangeLimits {
  /** From the start of the request to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Until the connection, with TLS, stands. */
  readonly connectTimeoutMs: number;
  /** Of the decoded body. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Shown in the TLS handshake. */
  readonly tls?: TlsIdentity | undefined;
}

async function decoded(response: IncomingMessage): Promise<Readable> {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase();
  if (encoding === undefined || encoding === '' || encoding === 'identity') return response;
  const zlib = await import('node:zlib');
  const { pipeline } = await import('node:stream');
  const makers: Record<string, () => Transform> = {
    gzip: zlib.createGunzip,
    'x-gzip': zlib.createGunzip,
    deflate: zlib.createInflate,
    br: zlib.createBrotliDecompress,
    zstd: zlib.createZstdDecompress,
  };
  const maker = Object.hasOwn(makers, encoding) ? makers[encoding] : undefined;
  if (!maker) return response;
  const decoder = maker();
  // The callback only keeps a broken stream from being unhandled: the reader below sees the same error.
  pipeline(response, decoder, () => undefined);
  return decoder;
}

async function readCapped(stream: Readable, maxBytes: number): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Leaving the loop destroys the stream and with it the connection.
    if (size > maxBytes) return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true };
  }
  return { body: Buffer.concat(chunks), truncated: false };
}

function joinHeaders(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
}

async function open(
  request: WireRequest,
  limits: ExchangeLimits,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const address = addressOf(request.url);
  const socketPath = brokerSocket();
  const isTls = address.protocol === 'https:' && socketPath === undefined;
  const { request: start } = isTls ? await import('node:https') : await import('node:http');
  const options: RequestOptions = {
    method: request.method,
    ...(socketPath === undefined
      ? { hostname: address.hostname, port: address.port, path: address.path }
      : // The broker is told where to go as a proxy is (RFC 9112, 3.2.2).
        { socketPath, path: withoutUser(request.url) }),
    headers: { ...request.headers },
    signal,
    ...(isTls ? limits.tls : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = start(options, resolve);
    const timer = setTimeout(() => {
      outgoing.destroy(
        new HttpFailure(
          'connect',
          `${address.host} did not accept a connection in ${limits.connectTimeoutMs} ms`,
        ),
      );
    }, limits.connectTimeoutMs);
    const connected = (): void => clearTimeout(timer);
    outgoing.once('socket', (socket) => {
      if (!socket.connecting) connected();
      else socket.once(isTls ? 'secureConnect' : 'connect', connected);
    });
    outgoing.once('close', connected);
    outgoing.once('error', reject);
    if (request.body) outgoing.setHeader('content-length', request.body.byteLength);
    outgoing.end(request.body);
  });
}

/**
 * Sends one request and reads its answer, whatever the status; no redirects, no repeats. Rejects with HttpFailure, with
 * ToolFailure where the broker does not let it pass, or with the signal's reason when it was aborted.
 */
export async function exchange(request: WireRequest, limits: ExchangeLimits): Promise<WireResponse> {
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([limits.signal, deadline]);
  try {
    const response = await open(request, limits, signal);
    const refused = await brokerFailure(response);
    if (refused !== undefined) throw refused;
    const { body, truncated } = await readCapped(await decoded(response), limits.maxBytes);
    return {
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? '',
      headers: joinHeaders(response),
      body,
      truncated,
    };
  } catch (error) {
    limits.signal.throwIfAborted();
    if (error instanceof ToolFailure) throw error;
    const { host } = addressOf(request.url);
    if (deadline.aborted)
      throw new HttpFailure('timeout', `${host} did not answer in ${limits.timeoutMs} ms`, { cause: error });
    throw HttpFailure.from(error, host);
  }
}
