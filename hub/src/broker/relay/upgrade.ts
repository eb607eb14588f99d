import type { ClientRequest, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CREDENTIALS_HEADER, HttpFailure } from '@counterpart/kit/broker';
import { hubError } from '@counterpart/schemas';
import { nodeHttp } from '../../kernel/protocol/node-http.ts';
import { type Credentialed, lendCredentials, signed } from '../credentials/lent-credentials.ts';
import { createMask, type Mask } from '../credentials/mask.ts';
import { judgeTarget, type Target } from '../hosts/host-rules.ts';
import { passedHeaders } from './headers.ts';
import { isRefusal, openRequest, operationOf, type RelayOptions } from './relay.ts';
import { refuseStream } from './refusal.ts';
import { joined } from './tunnel.ts';

/** Until the service has answered the handshake. */
const HANDSHAKE_MS = 20_000;

/** The service's answer to a handshake: a socket of the other protocol, or a refusal in HTTP. */
interface Answered {
  readonly answer: IncomingMessage;
  readonly socket?: Duplex | undefined;
  readonly first?: Buffer | undefined;
}

function answerTo(outgoing: ClientRequest, host: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const words = `${host} did not answer the handshake in ${HANDSHAKE_MS} ms`;
      outgoing.destroy(new HttpFailure('timeout', words));
    }, HANDSHAKE_MS);
    outgoing.once('close', () => clearTimeout(timer));
    outgoing.once('error', reject);
    outgoing.once('upgrade', (answer, socket, first) => {
      clearTimeout(timer);
      resolve({ answer, socket, first });
    });
    outgoing.once('response', (answer) => resolve({ answer }));
    outgoing.end();
  });
}

/** Sends the handshake on with credentials. What compresses messages is not offered: nothing could be hidden in them. */
async function shakeHands(
  options: RelayOptions,
  request: IncomingMessage,
  going: { readonly target: Target; readonly lent: Credentialed; readonly signal: AbortSignal },
): Promise<Answered> {
  const { url, headers } = signed(going.lent, request.method ?? 'GET', undefined);
  const { 'sec-websocket-extensions': _, ...passed } = headers;
  const upgraded = { ...passed, connection: ['Upgrade'], upgrade: ['websocket'] };
  return await answerTo(
    openRequest(options, { ...going, request }, { url, headers: upgraded }),
    going.target.host,
  );
}

function headOf(answer: IncomingMessage, mask: Mask, more: readonly string[]): string {
  const status = answer.statusCode ?? 0;
  const passed = Object.entries(passedHeaders(answer)).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${mask.text(value)}`),
  );
  return [`HTTP/1.1 ${status} ${nodeHttp.STATUS_CODES[status] ?? ''}`, ...passed, ...more, '', ''].join(
    '\r\n',
  );
}

/** Passes the answer back, and then everything both ways until one side ends it. */
async function passOn(
  { answer, socket: service, first }: Answered,
  { socket, lent }: { readonly socket: Duplex; readonly lent: Credentialed },
): Promise<void> {
  const mask = createMask(lent.secrets);
  const hiding = mask.stream();
  if (service === undefined) {
    socket.write(headOf(answer, mask, ['connection: close']));
    (hiding === undefined ? answer : answer.pipe(hiding)).pipe(socket);
    return;
  }
  const named = lent.variables.length === 0 ? [] : [`${CREDENTIALS_HEADER}: ${lent.variables.join(', ')}`];
  socket.write(headOf(answer, mask, ['connection: Upgrade', 'upgrade: websocket', ...named]));
  if (first !== undefined && first.length > 0) service.unshift(first);
  await joined(socket, service, hiding);
}

function assertWebSocket(server: string, { headers }: IncomingMessage): void {
  if (headers.upgrade?.trim().toLowerCase() !== 'websocket')
    throw hubError('BROKER_REQUEST_INVALID', {
      server,
      detail: 'it asks for another protocol than HTTP and WebSocket',
    });
}

/** Opens a WebSocket of a server to its service, with credentials in the handshake. Never rejects. */
export async function upgrade(
  options: RelayOptions,
  request: IncomingMessage,
  socket: Duplex,
): Promise<void> {
  const { server, gate } = options;
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  const begun = performance.now();
  let host = 'the service';
  let answered: Answered | undefined;
  let isCarried = false;
  try {
    assertWebSocket(server.id, request);
    const target = judgeTarget(server.id, server.rules, request.url ?? '');
    ({ host } = target);
    gate.pass(host);
    isCarried = true;
    const facts = { headers: passedHeaders(request), operation: operationOf(request), signal: gone.signal };
    const lent = await lendCredentials(server, target, facts);
    answered = await shakeHands(options, request, { target, lent, signal: gone.signal });
    gate.settle(host, 'success');
    await passOn(answered, { socket, lent });
  } catch (error) {
    if (isCarried && answered === undefined)
      gate.settle(host, isRefusal(error) || gone.signal.aborted ? 'nothing' : 'failure');
    refuseStream(socket, error, host);
  } finally {
    const carrier = answered?.socket instanceof Socket ? answered.socket : undefined;
    if (isCarried)
      gate.measure({
        host,
        status: answered?.answer.statusCode,
        bytesOut: carrier?.bytesWritten ?? 0,
        bytesIn: carrier?.bytesRead ?? 0,
        durationMs: performance.now() - begun,
      });
  }
}
