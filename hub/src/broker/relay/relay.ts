import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Readable } from 'node:stream';
import { HttpFailure, OPERATION_HEADER, ToolFailure } from '@counterpart/kit/broker';
import { addressOf } from '@counterpart/kit/http/hosts';
import { CounterpartError, hubError } from '@counterpart/schemas';
import type { BrokeredServer } from '../../kernel/ports.ts';
import { nodeHttp, nodeHttps } from '../../kernel/protocol/node-http.ts';
import { guardedLookup, type Resolve } from '../hosts/guarded-lookup.ts';
import { hasBody, passedHeaders } from './headers.ts';
import { judgeTarget, type Target } from '../hosts/host-rules.ts';
import { type Credentialed, lendCredentials, signed } from '../credentials/lent-credentials.ts';
import type { CircuitOutcome } from '../limits/circuit.ts';
import type { Gate } from '../limits/gate.ts';
import type { Recorder } from '../recording/recorder.ts';
import { keeping, KeptBytes, type Taped } from '../recording/tape.ts';
import { passBack } from './pass-back.ts';
import { refuse, toRefusal } from './refusal.ts';

/** Connections to services, kept open between requests of one server. */
export interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export interface RelayOptions {
  readonly server: BrokeredServer;
  readonly agents: Agents;
  readonly resolve: Resolve;
  readonly gate: Gate;
  readonly recorder: Recorder;
}

/** Until the connection, with TLS, stands. */
const CONNECT_MS = 10_000;
/** Of a body that must be known whole to be signed. */
const MOST_SIGNED_BYTES = 16 * 1024 * 1024;
/** Of an answer's head: services set large cookies. */
const MOST_HEAD_BYTES = 128 * 1024;

/** Carries one request of a server to its service and the answer back, both as they come. Never rejects. */
export async function relay(
  options: RelayOptions,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  let host = 'the service';
  try {
    const target = judgeTarget(options.server.id, options.server.rules, request.url ?? '');
    assertAllowed(options.server, request.method ?? '');
    ({ host } = target);
    options.gate.pass(host);
    await carry(options, { target, request, response, signal: gone.signal });
  } catch (error) {
    if (gone.signal.aborted) request.destroy();
    else refuse(response, toRefusal(error, host));
  }
}

function assertAllowed({ id, onlyReads }: BrokeredServer, method: string): void {
  if (onlyReads !== true || method === 'GET' || method === 'HEAD') return;
  const detail = `${method} may change something, and a version that nobody has approved may only read`;
  throw hubError('BROKER_REQUEST_INVALID', { server: id, detail });
}

interface Passage extends Omit<Going, 'lent' | 'sent'> {
  readonly response: http.ServerResponse;
}

/** A request that may pass; what comes of it says how its service is. */
async function carry(options: RelayOptions, passage: Passage): Promise<void> {
  const { target, request, response, signal } = passage;
  const begun = performance.now();
  const before = bytesOf(request);
  let status: number | undefined;
  let outcome: CircuitOutcome = 'nothing';
  try {
    const operation = operationOf(request);
    const headers = passedHeaders(request);
    const lent = await lendCredentials(options.server, target, { headers, operation, signal });
    const tape = options.recorder.wants(options.server.id) ? newTape(options.recorder.now()) : undefined;
    const answer = await send(options, { ...passage, lent, sent: tape?.sent });
    status = answer.statusCode;
    const answered = await passBack(answer, { request, response, lent, got: tape?.got });
    if (tape !== undefined)
      await record(options, {
        ...tape,
        durationMs: performance.now() - begun,
        method: request.method ?? '',
        own: { url: target.url, headers },
        lent,
        status: status ?? 0,
        answered,
        operation,
      });
    outcome = isServiceError(status) ? 'failure' : 'success';
  } catch (error) {
    // What the broker refuses, or the server calls off, says nothing of the service.
    if (!isRefusal(error) && !signal.aborted) outcome = 'failure';
    throw error;
  } finally {
    options.gate.settle(target.host, outcome);
    const after = bytesOf(request);
    options.gate.measure({
      host: target.host,
      status,
      bytesOut: after.read - before.read,
      bytesIn: after.written - before.written,
      durationMs: performance.now() - begun,
    });
  }
}

/** The operation whose credentials a request wants. */
export function operationOf({ headers }: http.IncomingMessage): string | undefined {
  const operation = headers[OPERATION_HEADER];
  return typeof operation === 'string' ? operation : undefined;
}

/** Whether the broker itself does not let a request pass. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof CounterpartError || error instanceof ToolFailure;

interface Tape {
  readonly at: number;
  readonly sent: KeptBytes;
  readonly got: KeptBytes;
}

const newTape = (at: number): Tape => ({ at, sent: new KeptBytes(), got: new KeptBytes() });

/** Keeps an exchange that was carried. */
async function record(
  { server, recorder }: RelayOptions,
  taped: Omit<Taped, 'lent'> & { readonly lent: Credentialed },
) {
  const { secrets } = taped.lent;
  recorder.keep(server.id, taped, { blueprint: await server.blueprint(), secrets });
}

const bytesOf = ({ socket }: http.IncomingMessage) => ({
  read: socket.bytesRead,
  written: socket.bytesWritten,
});

/** From 500 on, but for a method or a version that the service says it does not know. */
const isServiceError = (status = 0): boolean => status >= 500 && status !== 501 && status !== 505;

interface Going {
  readonly target: Target;
  readonly lent: Credentialed;
  readonly request: http.IncomingMessage;
  readonly signal: AbortSignal;
  /** Keeps the body, when somebody wants it. */
  readonly sent?: KeptBytes | undefined;
}

/** The answer's head, with its body still to come. */
async function send(options: RelayOptions, going: Going): Promise<http.IncomingMessage> {
  const { lent, request, sent } = going;
  if (lent.sign === undefined) {
    const outgoing = openRequest(options, going, lent);
    // Not a pipeline: a service that cannot be reached must not take the server's connection with it.
    if (hasBody(request)) (sent === undefined ? request : request.pipe(keeping(sent))).pipe(outgoing);
    else outgoing.end();
    return await headOf(outgoing, going.target);
  }
  const body = hasBody(request) ? await whole(options.server, request) : undefined;
  if (body !== undefined) sent?.add(body);
  const made = signed(lent, request.method ?? '', body);
  const outgoing = openRequest(options, going, made);
  if (made.body !== undefined) outgoing.setHeader('content-length', made.body.byteLength);
  outgoing.end(made.body);
  return await headOf(outgoing, going.target);
}

/** A request to an address that was judged, with its body still to come. */
export function openRequest(
  { server, agents, resolve }: RelayOptions,
  { target, lent, request, signal }: Going,
  { url, headers }: Pick<Credentialed, 'url' | 'headers'>,
): http.ClientRequest {
  const isTls = target.protocol === 'https:';
  const { host: named, ...passed } = headers;
  return (isTls ? nodeHttps() : nodeHttp).request({
    method: request.method,
    hostname: target.hostname,
    port: target.port,
    path: addressOf(url).path,
    headers: { ...passed, host: named?.[0] ?? new URL(target.url).host },
    agent: isTls ? agents.https : agents.http,
    lookup: guardedLookup(server.id, target, resolve),
    maxHeaderSize: MOST_HEAD_BYTES,
    signal,
    ...(isTls ? lent.tls : {}),
  });
}

function headOf(outgoing: http.ClientRequest, { host, protocol }: Target): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const words = `${host} did not accept a connection in ${CONNECT_MS} ms`;
      outgoing.destroy(new HttpFailure('connect', words));
    }, CONNECT_MS);
    const connected = () => clearTimeout(timer);
    outgoing.once('socket', (socket) => {
      if (socket.connecting) socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    outgoing.once('close', connected);
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
  });
}

async function whole({ id }: BrokeredServer, request: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_SIGNED_BYTES)
      throw hubError('BROKER_REQUEST_INVALID', {
        server: id,
        detail: `its body must be signed whole and is larger than ${MOST_SIGNED_BYTES} bytes`,
      });
  }
  return Buffer.concat(chunks);
}
