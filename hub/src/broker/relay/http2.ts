import * as http2 from 'node:http2';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { CREDENTIALS_HEADER, OPERATION_HEADER, REFUSAL_HEADER } from '@counterpart/kit/broker';
import { addressOf } from '@counterpart/kit/http/hosts';
import { hubError } from '@counterpart/schemas';
import { type Credentialed, type Headers, lendCredentials } from '../credentials/lent-credentials.ts';
import { createMask, type Mask } from '../credentials/mask.ts';
import { guardedLookup } from '../hosts/guarded-lookup.ts';
import { judgeTarget, type Target } from '../hosts/host-rules.ts';
import { passedHeaders } from './headers.ts';
import { toRefusal } from './refusal.ts';
import { isRefusal, type RelayOptions } from './relay.ts';

const MOST_STREAMS = 64;
const IDLE_MS = 600_000;
const WINDOW_BYTES = 1024 * 1024;
const END_STREAM = 1;

type Incoming = http2.IncomingHttpHeaders;

/** Headers by lists, as those of HTTP/1 are passed; without what a message of HTTP/2 begins with. */
function listed(headers: Incoming): Headers {
  const lists = Object.entries(headers).flatMap(([name, value]): [string, string[]][] => {
    if (name.startsWith(':') || value === undefined) return [];
    return [[name, Array.isArray(value) ? value : [value]]];
  });
  return passedHeaders({ headersDistinct: Object.fromEntries(lists), headers: {} });
}

const flat = (headers: Headers, mask?: Mask): http2.OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).map(([name, values]) => {
      const text = values.join(name === 'cookie' ? '; ' : ', ');
      return [name, mask === undefined ? text : mask.text(text)];
    }),
  );

/** A connection to an address that was judged, over TLS where the scheme says so. */
function openService(
  { server, resolve }: RelayOptions,
  target: Target,
  { tls }: Credentialed,
): http2.ClientHttp2Session {
  const lookup = guardedLookup(server.id, target, resolve);
  const place = { host: target.hostname, port: target.port, lookup };
  const isTls = target.protocol === 'https:';
  return http2.connect(`${target.protocol}//${target.host}`, {
    settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    createConnection: () =>
      isTls
        ? connectTls({ ...place, servername: target.hostname, ALPNProtocols: ['h2'], ...tls })
        : connect(place),
  });
}

interface Call {
  readonly stream: http2.ServerHttp2Stream;
  readonly headers: Incoming;
  readonly target: Target;
  readonly lent: Credentialed;
}

/** The service's answer with its body and trailers passed back; resolves with its status when all of it is. */
function carry(service: http2.ClientHttp2Session, { stream, headers, lent }: Call): Promise<number> {
  return new Promise((resolve, reject) => {
    const mask = createMask(lent.secrets);
    // What a service would compress could hide what must not be seen.
    const plain = lent.secrets.length === 0 ? {} : { 'grpc-accept-encoding': 'identity' };
    const outgoing = service.request({
      ...flat(lent.headers),
      ...plain,
      te: 'trailers',
      ':method': headers[':method'] ?? 'POST',
      ':path': addressOf(lent.url).path,
    });
    let trailers: Incoming = {};
    let status = 0;
    service.once('error', reject);
    outgoing.once('error', reject);
    outgoing.once('trailers', (told: Incoming) => (trailers = told));
    stream.once('close', () => {
      outgoing.close(http2.constants.NGHTTP2_CANCEL);
      resolve(status);
    });
    stream.pipe(outgoing);
    outgoing.once('response', (answer, flags) => {
      status = answer[':status'] ?? 0;
      const names = lent.variables.length === 0 ? {} : { [CREDENTIALS_HEADER]: lent.variables.join(', ') };
      const head = { ...flat(listed(answer), mask), ...names, ':status': status };
      if ((flags & END_STREAM) !== 0) return stream.respond(head, { endStream: true });
      stream.respond(head, { waitForTrailers: true });
      stream.once('wantTrailers', () => stream.sendTrailers(flat(listed(trailers), mask)));
      const hiding = mask.stream();
      (hiding === undefined ? outgoing : outgoing.pipe(hiding)).pipe(stream);
    });
  });
}

function refuse(stream: http2.ServerHttp2Stream, error: unknown, host: string): void {
  if (stream.destroyed) return;
  if (stream.headersSent) return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  const { status, kind, message, fix } = toRefusal(error, host);
  stream.respond({ ':status': status, [REFUSAL_HEADER]: kind, 'content-type': 'application/json' });
  stream.end(JSON.stringify({ message, ...(fix === undefined ? {} : { fix }) }));
}

async function lendTo({ server }: RelayOptions, target: Target, headers: Incoming): Promise<Credentialed> {
  const operation = headers[OPERATION_HEADER];
  const lent = await lendCredentials(server, target, {
    headers: listed(headers),
    operation: typeof operation === 'string' ? operation : undefined,
    signal: AbortSignal.timeout(IDLE_MS),
  });
  if (lent.sign !== undefined)
    throw hubError('BROKER_REQUEST_INVALID', { server: server.id, detail: 'nothing is signed over HTTP/2' });
  return lent;
}

/** Carries one stream of a server to its service and the answer back, both as they come. Never rejects. */
async function relayStream(
  options: RelayOptions,
  stream: http2.ServerHttp2Stream,
  headers: Incoming,
): Promise<void> {
  const { server, gate } = options;
  const begun = performance.now();
  stream.on('error', () => undefined);
  stream.setTimeout(IDLE_MS, () => stream.close(http2.constants.NGHTTP2_CANCEL));
  const url = `${headers[':scheme'] ?? 'http'}://${headers[':authority'] ?? ''}${headers[':path'] ?? '/'}`;
  let host = 'the service';
  let service: http2.ClientHttp2Session | undefined;
  let status: number | undefined;
  try {
    const target = judgeTarget(server.id, server.rules, url);
    ({ host } = target);
    gate.pass(host);
    try {
      const lent = await lendTo(options, target, headers);
      service = openService(options, target, lent);
      status = await carry(service, { stream, headers, target, lent });
      gate.settle(host, status >= 500 ? 'failure' : 'success');
    } catch (error) {
      gate.settle(host, isRefusal(error) ? 'nothing' : 'failure');
      throw error;
    } finally {
      const { bytesWritten = 0, bytesRead = 0 } = service?.socket ?? {};
      gate.measure({
        host,
        status,
        bytesOut: bytesWritten,
        bytesIn: bytesRead,
        durationMs: performance.now() - begun,
      });
    }
  } catch (error) {
    refuse(stream, error, host);
  } finally {
    service?.on('error', () => undefined);
    service?.destroy();
  }
}

/** The door for HTTP/2 without TLS, as gRPC needs it; each stream is judged, limited and given credentials by itself. */
export function createStreamListener(options: RelayOptions): http2.Http2Server {
  const listener = http2.createServer({
    settings: { maxConcurrentStreams: MOST_STREAMS, initialWindowSize: WINDOW_BYTES },
  });
  listener.on('stream', (stream, headers) => void relayStream(options, stream, headers));
  listener.on('sessionError', () => undefined); // The server ended in the middle of a word.
  return listener;
}
