import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type CounterpartError, errorCatalogue, hubError, toProblem } from '@counterpart/schemas';
import { asResponse, PlainResponse } from '../answer/plain-response.ts';
import type { DropConnection } from '../faults/broken-body.ts';
import { foreignHeader, isLoopbackAddress } from './loopback.ts';

/** Answers one request; `drop` ends the connection that it came on. */
export type AnswerRequest = (request: Request, drop: DropConnection) => Promise<Response | PlainResponse>;

/** An answerer as a listener of node:http. */
export function toListener(
  answer: AnswerRequest,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  const listener = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env;
      if (!(outgoing instanceof ServerResponse)) return answer(request, () => undefined).then(asResponse); // HTTP/2 is never served
      let isDropped = false;
      const drop: DropConnection = (how) => {
        isDropped = true;
        if (how === 'end') return endAfterHeaders(outgoing);
        if ('resetAndDestroy' in incoming.socket) incoming.socket.resetAndDestroy();
        outgoing.destroy();
      };
      // Nothing is written on a connection that is gone.
      return answer(request, drop).then((response) => {
        const isPlain = response instanceof PlainResponse;
        if (isPlain && !isDropped) write(response, outgoing);
        return isPlain || (isDropped && response.body === null) ? nothingToWrite() : confined(response);
      });
    },
    { overrideGlobalObjects: false },
  );
  // The listener answers its own failures; its promise never rejects.
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

/**
 * Never settles, so that the library writes nothing. Its header for that is overlooked where its own Response has taken the
 * place of the platform's, as in a hub; the promise is garbage with its request.
 */
const nothingToWrite = (): Promise<Response> => new Promise(() => undefined);

/**
 * What a service or a description wrote is a page of nobody's in a browser: below the hub's address, or on a port beside it, its
 * scripts could ask the hub (Content Security Policy 3, 6.3.2).
 */
const CONFINED = 'content-security-policy';
const SANDBOX = 'sandbox';

/** Beside a policy of the service's own both hold. */
function confined(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.append(CONFINED, SANDBOX);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** Writes an answer in one piece. */
function write({ status, headers, body }: PlainResponse, outgoing: ServerResponse): void {
  const own = headers[CONFINED];
  const all = { ...headers, [CONFINED]: own === undefined ? SANDBOX : `${own}, ${SANDBOX}` };
  if (body === undefined) outgoing.writeHead(status, all).end();
  else outgoing.writeHead(status, { ...all, 'content-length': body.length }).end(body);
}

/** The beginning of an answer is part of such a fault: it is let out before the connection goes. */
function endAfterHeaders(outgoing: ServerResponse): void {
  if (outgoing.headersSent) outgoing.socket?.destroySoon();
  else if (!outgoing.destroyed) setImmediate(() => endAfterHeaders(outgoing));
}

/** A mirror on a socket of its own. */
export interface MirrorListener {
  /** Base address without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Stops listening and drops open connections; resolves when the port is free. */
  close(): Promise<void>;
}

/** Answers programs of this machine, and refuses what a web page of elsewhere sends to it. */
const answerHere =
  (answer: AnswerRequest): AnswerRequest =>
  async (request, drop) => {
    const { headers, url } = request;
    const origin = headers.get('origin') ?? undefined;
    const site = headers.get('sec-fetch-site') ?? undefined;
    const foreign = foreignHeader({
      host: headers.get('host') ?? new URL(url).host,
      ...(origin === undefined ? {} : { origin }),
      ...(site === undefined ? {} : { 'sec-fetch-site': site }),
    });
    if (foreign === undefined) return answer(request, drop);
    return problemResponse(
      hubError('HOST_FORBIDDEN', {
        ...foreign,
        value: foreign.value.slice(0, 100),
        port: Number(new URL(url).port),
      }),
    );
  };

export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Has the server take other connections too, whose requests `answer` answers; gives what drops them. */
  readonly attach?: (server: Server, answer: AnswerRequest) => Promise<() => void>;
}

/** Listens; rejects with PORT_TAKEN, or INTERNAL for an address that cannot be had. */
export async function listen(
  answer: AnswerRequest,
  { host = '127.0.0.1', port = 0, attach }: ListenOptions,
): Promise<MirrorListener> {
  const own = isLoopbackAddress(host) ? answerHere(answer) : answer;
  const server = createServer(toListener(own));
  const dropOthers = await attach?.(server, own);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const detail = `the mirror cannot listen on ${host}:${port}: ${error.message}`;
      reject(
        error.code === 'EADDRINUSE'
          ? hubError('PORT_TAKEN', { host, port }, { cause: error })
          : hubError('INTERNAL', { detail }, { cause: error }),
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropOthers?.();
        server.closeAllConnections();
      }),
  };
}

/** An error of the catalogue as the answer to a request. */
export function problemResponse(error: CounterpartError): Response {
  return new Response(JSON.stringify(toProblem(error)), {
    status: errorCatalogue[error.code].status,
    headers: { 'content-type': 'application/problem+json' },
  });
}
