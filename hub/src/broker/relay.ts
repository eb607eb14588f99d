import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import {
  addressOf,
  CREDENTIALS_HEADER,
  HttpFailure,
  OPERATION_HEADER,
  TOKEN_HEADER,
  ToolFailure,
} from '@counterpart/kit/broker';
import { CounterpartError, hubError } from '@counterpart/schemas';
import type { BrokeredServer } from '../kernel/ports.ts';
import { guardedLookup, type Resolve } from './guarded-lookup.ts';
import { hasBody, passedHeaders } from './headers.ts';
import { judgeTarget, type Target } from './host-rules.ts';
import { type Credentialed, lendCredentials } from './lent-credentials.ts';
import type { CircuitOutcome } from './limits/circuit.ts';
import type { Gate } from './limits/gate.ts';
import { createMask, type Mask } from './mask.ts';
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
}

/** Until the connection, with TLS, stands. */
const CONNECT_MS = 10_000;
/** Of a body that must be known whole to be signed. */
const MOST_SIGNED_BYTES = 16 * 1024 * 1024;
/** Of an answer's head: services set large cookies. */
const MOST_HEAD_BYTES = 128 * 1024;
const UNAUTHORIZED = 401;

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
    ({ host } = target);
    options.gate.pass(host);
    await carry(options, { target, request, response, signal: gone.signal });
  } catch (error) {
    if (gone.signal.aborted) request.destroy();
    else refuse(response, toRefusal(error, host));
  }
}

interface Passage extends Omit<Going, 'lent'> {
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
    const operation = request.headers[OPERATION_HEADER];
    const lent = await lendCredentials(options.server, target, {
      headers: passedHeaders(request),
      operation: typeof operation === 'string' ? operation : undefined,
      signal,
    });
    const answer = await send(options, { ...passage, lent });
    status = answer.statusCode;
    await passBack(answer, { request, response, lent });
    outcome = isServiceError(status) ? 'failure' : 'success';
  } catch (error) {
    // What the broker refuses, or the server calls off, says nothing of the service.
    const isRefused = error instanceof CounterpartError || error instanceof ToolFailure;
    if (!isRefused && !signal.aborted) outcome = 'failure';
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
}

/** The answer's head, with its body still to come. */
async function send(options: RelayOptions, going: Going): Promise<http.IncomingMessage> {
  const { lent, request } = going;
  if (lent.sign === undefined) {
    const outgoing = open(options, going, lent);
    // Not a pipeline: a service that cannot be reached must not take the server's connection with it.
    if (hasBody(request)) request.pipe(outgoing);
    else outgoing.end();
    return await headOf(outgoing, going.target);
  }
  const body = hasBody(request) ? await whole(options.server, request) : undefined;
  const flat = Object.entries(lent.headers).map(([name, values]) => [name, values.join(', ')] as const);
  const signed = lent.sign({
    method: request.method ?? '',
    url: lent.url,
    headers: Object.fromEntries(flat),
    body,
  });
  const headers = Object.entries(signed.headers).filter(([name]) => name !== 'transfer-encoding');
  const outgoing = open(options, going, {
    url: signed.url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
  });
  if (body !== undefined) outgoing.setHeader('content-length', body.byteLength);
  outgoing.end(body);
  return await headOf(outgoing, going.target);
}

function open(
  { server, agents, resolve }: RelayOptions,
  { target, lent, request, signal }: Going,
  { url, headers }: Pick<Credentialed, 'url' | 'headers'>,
): http.ClientRequest {
  const isTls = target.protocol === 'https:';
  const { host: named, ...passed } = headers;
  return (isTls ? https : http).request({
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

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Steps between the service's bytes and the server's: what is compressed is opened where something may have to be hidden. */
function stepsOf(
  answer: http.IncomingMessage,
  mask: Mask,
  method: string | undefined,
): { readonly steps: readonly NodeJS.ReadWriteStream[]; readonly opened: boolean } {
  const hiding = mask.stream();
  if (hiding === undefined) return { steps: [], opened: false };
  const encoding = answer.headers['content-encoding']?.trim().toLowerCase() ?? '';
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  const isEmpty = answer.statusCode === 204 || answer.statusCode === 304 || method === 'HEAD';
  return decoder === undefined || isEmpty
    ? { steps: [hiding], opened: false }
    : { steps: [decoder(), hiding], opened: true };
}

async function passBack(
  answer: http.IncomingMessage,
  {
    request,
    response,
    lent,
  }: {
    readonly request: http.IncomingMessage;
    readonly response: http.ServerResponse;
    readonly lent: Credentialed;
  },
): Promise<void> {
  const mask = createMask(lent.secrets);
  const { steps, opened } = stepsOf(answer, mask, request.method);
  const passed = Object.entries(passedHeaders(answer))
    .filter(([name]) => !(opened && (name === 'content-encoding' || name === 'content-length')))
    .map(([name, values]) => [name, values.map((value) => mask.text(value))] as const);
  const renewed = answer.statusCode === UNAUTHORIZED && lent.forget();
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage, {
    ...Object.fromEntries(passed),
    ...(lent.variables.length === 0 ? {} : { [CREDENTIALS_HEADER]: lent.variables.join(', ') }),
    ...(renewed ? { [TOKEN_HEADER]: 'renewed' } : {}),
  });
  await pipeline([answer, ...steps, response]);
}
