import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type CounterpartError,
  errorCatalogue,
  hubError,
  toCounterpartError,
  toProblem,
} from '@counterpart/schemas';
import { OWNER, seenBy } from '../kernel/audit/principal.ts';
import { nodeHttp } from '../kernel/protocol/node-http.ts';
import { newRequestId, REQUEST_ID } from '../kernel/ids.ts';
import type { ViewSelector, VisitRequest, VisitResponse } from '../kernel/ports.ts';
import { answerCors } from './cors.ts';
import { noteAsker } from './asker.ts';
import { askerIn, checkHostAndOrigin } from './guard.ts';
import { answerHealth, isProbe, type Health } from './health.ts';
import { HOOKS_PATH } from './routes/hook-routes.ts';
import { isReviewPage } from './review/review-path.ts';
import { PAGE_PATH } from './secrets/secret-page.ts';
import { LENDING_PATH } from './secrets/sign-in-routes.ts';
import { openLane, type Lane } from './lane/lane.ts';
import { serveLines, shouldUpgrade } from './lines/lines.ts';
import { listenLocally, type LocalSocket } from './lines/local-socket.ts';
import { NodeRequest, NodeResponse } from './node-visit.ts';
import { asksForSocket, serveSockets, type SocketVisit } from './sockets.ts';
import type { Web } from './web.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  /** Where programs of the same user reach it, too; it goes without where there can be no socket. */
  readonly local?: { readonly path: string; missing(cause: unknown): void } | undefined;
  /** Whose token this is; undefined: nobody's. */
  readonly identify: (token: string) => string | undefined;
  /** Asked for every request, so that a reload of the configuration takes effect at once. */
  readonly access: () => {
    allowedHosts: readonly string[];
    allowedOrigins: readonly string[];
    mcpNeedsToken: boolean;
    /** Also where what is read of the admin API is nothing private. */
    readsNeedToken: boolean;
  };
  readonly mcp: (request: VisitRequest, response: VisitResponse, selector: ViewSelector) => void;
  /** Serves a client of an MCP endpoint that speaks lines on its connection; resolves when it left. */
  readonly mcpLines: (socket: Duplex, selector: ViewSelector) => Promise<void>;
  /** Everything under `/v1`; loaded by the first request there. */
  readonly chat?: (() => Promise<ChatDoor>) | undefined;
  readonly health: Health;
  /** Loads all the rest; called once, by the first request that asks for it. */
  readonly web: () => Promise<Web>;
}

/** Chats, streamed on node:http as they are: no framework stands between a chunk and its client. */
export interface ChatDoor {
  handle(visit: ChatVisit, principal: string): void;
  refuse(visit: ChatVisit, error: CounterpartError): void;
  /** A client wants a WebSocket; rejects where it gets none, such as with why it is not let in. */
  upgrade(visit: SocketVisit, asker: string | CounterpartError): Promise<void>;
}

/** A request to `/v1`; `id` stands in the head of its answer already, whatever that is. */
export interface ChatVisit {
  readonly id: string;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Path of the socket where it is reached, too. */
  readonly socket: string | undefined;
  /** Takes no new connection from now on; what is under way goes on. */
  refuse(): void;
  /** Stops listening, lets answers that are being written out, and ends every connection. */
  close(): Promise<void>;
}

/** Time for a client to send its headers and its body; a slower one is cut off. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;

/**
 * Listens and routes: `/mcp` straight to the gateway (plain requests on their connections, others by node:http; the hot path
 * never meets a framework), the rest to hono, which is not loaded before somebody asks for something there.
 * Rejects with PORT_TAKEN.
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  let loading: Promise<Web> | undefined;
  const elsewhere = async (kind: keyof Web, req: IncomingMessage, res: ServerResponse): Promise<void> => {
    loading ??= options.web();
    (await loading)[kind](req, res);
  };
  const chat = chatDoor(options.chat);
  let port = options.port;
  const server = nodeHttp.createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: 65_000,
      shouldUpgradeCallback: canUpgrade,
    },
    (req, res) => {
      const route = routeOf(req.url ?? '/');
      const asker = admit(req, route, options, port);
      if (route.kind === 'chat') return chat.answer(asker, req, res);
      if (route.kind === 'mcp' && !isForeign(asker) && isListedPage(req, options) && answerCors(req, res))
        return;
      if (typeof asker !== 'string') return answerProblem(res, asker);
      if (route.kind === 'mcp')
        return options.mcp(new NodeRequest(req), new NodeResponse(res), seenBy(route.selector, asker));
      if (route.kind === 'admin') noteAsker(req, asker);
      if (route.kind === 'admin' && answerHealth(route.path, options.health, req, res)) return;
      elsewhere(route.kind, req, res).catch((cause: unknown) =>
        answerProblem(res, toCounterpartError(cause)),
      );
    },
  );
  const lane = openLane(server, (head) => {
    const route = routeOf(head.url);
    if (route.kind !== 'mcp' || isListedPage(head, options)) return undefined;
    const asker = admit(head, route, options, port);
    if (typeof asker !== 'string') return undefined;
    const selector = seenBy(route.selector, asker);
    return (request, response) => options.mcp(request, response, selector);
  });
  const lines = serveLines(server, {
    admit: (req) => admit(req, routeOf(req.url ?? '/'), options, port),
    serve: (req, socket, asker) => {
      const route = routeOf(req.url ?? '/');
      return route.kind === 'mcp'
        ? options.mcpLines(socket, seenBy(route.selector, asker))
        : Promise.resolve();
    },
  });
  serveSockets(server, {
    admit: (req) => admit(req, routeOf(req.url ?? '/'), options, port),
    take: async (visit, asker) => (await chat.open()).upgrade(visit, asker),
  });
  await listen(server, options);
  port = (server.address() as AddressInfo).port;
  const local = await openLocal(server, options.local);
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const url = `http://${host}:${port}`;
  return { url, port, socket: local?.path, ...ending({ server, local, lane, lines }) };
}

/**
 * Whether a page asks whose origin the owner has listed: only such a page may read what MCP endpoints answer, since they may
 * need no token, and a browser lets any other page of this machine send nothing there.
 */
function isListedPage(
  { headers: { origin } }: Pick<IncomingMessage, 'headers'>,
  options: HttpOptions,
): boolean {
  return origin !== undefined && options.access().allowedOrigins.includes(origin);
}

/** The endpoints under `/v1`, loaded once; a loading that failed is tried again by the next request. */
function chatDoor(load: HttpOptions['chat']) {
  let loading: Promise<ChatDoor> | undefined;
  const open = (): Promise<ChatDoor> => {
    if (load === undefined) throw hubError('ROUTE_UNKNOWN', { path: '/v1' });
    loading ??= load();
    return loading;
  };
  const serve = async (asker: string | CounterpartError, visit: ChatVisit): Promise<void> => {
    try {
      const door = await open();
      if (typeof asker === 'string') door.handle(visit, asker);
      else door.refuse(visit, asker);
    } catch (cause) {
      loading = undefined;
      answerProblem(visit.res, toCounterpartError(cause));
    }
  };
  const answer = (asker: string | CounterpartError, req: IncomingMessage, res: ServerResponse): void => {
    const id = newRequestId();
    res.setHeader(REQUEST_ID, id);
    if (isForeign(asker) || !answerCors(req, res)) void serve(asker, { id, req, res });
  };
  return { open, answer };
}

const isForeign = (asker: string | CounterpartError): boolean =>
  typeof asker !== 'string' && asker.code === 'HOST_FORBIDDEN';

/** Where which other protocol is spoken; elsewhere a request is served as if it had not asked. */
function canUpgrade(req: IncomingMessage): boolean {
  const route = routeOf(req.url ?? '/');
  if (route.kind === 'mcp') return shouldUpgrade(req);
  return route.kind === 'chat' && route.path === '/v1/responses' && asksForSocket(req);
}

type Route =
  | { readonly kind: 'mcp'; readonly selector: ViewSelector }
  | { readonly kind: 'mirror' }
  | { readonly kind: 'chat'; readonly path: string }
  | { readonly kind: 'admin'; readonly path: string };

const ALL: Route = { kind: 'mcp', selector: { kind: 'all' } };

function routeOf(url: string): Route {
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  if (path === '/mcp' || path === '/mcp/') return ALL;
  if (path.startsWith('/mcp/s/')) return { kind: 'mcp', selector: { kind: 'server', id: lastIn(path) } };
  if (path.startsWith('/mcp/p/')) return { kind: 'mcp', selector: { kind: 'profile', name: lastIn(path) } };
  if (path === '/v1' || path.startsWith('/v1/')) return { kind: 'chat', path };
  return /^\/mirror\/[^/]/.test(path) ? { kind: 'mirror' } : { kind: 'admin', path };
}

/** What stands behind `/mcp/s/` or `/mcp/p/`; many clients write a slash behind it. */
const lastIn = (path: string): string => path.slice('/mcp/s/'.length, path.endsWith('/') ? -1 : undefined);

/** Logs, who did what, what one server printed, what was wished, asked and answered, and which secrets there are may tell more than states do: reading them needs the token too. */
const isPrivateRead = (path: string): boolean =>
  /^\/api\/(?:logs$|audit|servers\/|mirrors|secrets|auth|hooks|routes|routing|conversations|memory|cache|settings|drift|people|flow-runs|flows\/|prompts|builds|chat)/.test(
    path,
  );

/** A path that means the same to whoever reads it: no escapes, dot segments, fragments or hosts that routing would resolve. */
const PLAIN_PATH = /^\/(?!.*\/\.)[\w.~/-]*$/;

const isPublic = (path: string): boolean => PLAIN_PATH.test(path) && !isPrivateRead(path);

/** Pages that people open by their address. */
const isPage = (path: string): boolean =>
  PLAIN_PATH.test(path) && (path.startsWith(PAGE_PATH) || isReviewPage(path));

/**
 * Whether what stands there asks for a key of its own: a page for its address, the lending of tokens for a server's key, a
 * hook for its token. Only as it is written: `/review/../api` is routed to `/api`.
 */
const checksItself = (path: string, method: string | undefined): boolean =>
  isPage(path) ||
  (PLAIN_PATH.test(path) &&
    (path.startsWith(LENDING_PATH) || (path.startsWith(HOOKS_PATH) && method === 'POST')));

/** Who asks, or why they are not let in. */
function admit(
  req: Pick<IncomingMessage, 'method' | 'headers'>,
  route: Route,
  options: HttpOptions,
  port: number,
): string | CounterpartError {
  const access = options.access();
  const { allowedHosts, allowedOrigins } = access;
  const isLinked = route.kind === 'admin' && isPage(route.path);
  const foreign = checkHostAndOrigin(req.headers, { allowedHosts, allowedOrigins, port, isLinked });
  if (foreign) return foreign;
  const enter = (isOpen: boolean, subject: string) =>
    askerIn(req.headers, { identify: options.identify, isOpen, subject });
  switch (route.kind) {
    case 'mirror':
      // Simulated services have credentials of their own, and real ones are reached with the caller's, unless the owner of
      // the mirror has lent the hub's (decision 0038): programs of this machine are trusted with that, web pages are not.
      return OWNER;
    case 'mcp':
      return enter(!access.mcpNeedsToken, '/mcp');
    case 'chat':
      return enter(false, `${req.method} ${route.path}`);
    case 'admin': {
      if (checksItself(route.path, req.method)) return OWNER;
      const reads = (req.method === 'GET' || req.method === 'HEAD') && isPublic(route.path);
      return enter(isProbe(route.path) || (reads && !access.readsNeedToken), `${req.method} ${route.path}`);
    }
  }
}

function answerProblem(res: ServerResponse, error: CounterpartError): void {
  const text = JSON.stringify(toProblem(error));
  const { status } = errorCatalogue[error.code];
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  res.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
    ...challenge,
  });
  res.end(text);
}

function listen(server: Server, { host, port }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const address = `Cannot listen on ${host}:${port}: ${cause.message}`;
      reject(
        taken
          ? hubError('PORT_TAKEN', { host, port }, { cause })
          : hubError('CONFIG_INVALID', { file: 'listen', detail: address }, { cause }),
      );
    });
    server.listen(port, host, resolve);
  });
}

async function openLocal(server: Server, local: HttpOptions['local']): Promise<LocalSocket | undefined> {
  if (!local) return undefined;
  try {
    return await listenLocally(server, local.path);
  } catch (cause) {
    local.missing(cause);
    return undefined;
  }
}

/** Time for answers on their way out; what is open then, such as a stream of events, is cut. */
const FLUSH_MS = 500;
const POLL_MS = 10;

interface Listening {
  readonly server: Server;
  readonly local: LocalSocket | undefined;
  readonly lane: Lane;
  readonly lines: ReturnType<typeof serveLines>;
}

function ending({ server, local, lane, lines }: Listening): Pick<HttpServer, 'refuse' | 'close'> {
  let closed: Promise<void> | undefined;
  const refuse = async (): Promise<void> => {
    lane.close();
    closed ??= new Promise((resolve) => {
      server.close(() => resolve());
    });
    await Promise.all([closed, local?.close()]);
  };
  return {
    refuse: () => void refuse(),
    async close() {
      // A connection that was busy when the listening ended is not closed by itself once it falls idle.
      const idle = setInterval(() => {
        server.closeIdleConnections();
        lane.endIdle();
      }, POLL_MS);
      lines.end();
      const late = setTimeout(() => {
        server.closeAllConnections();
        lane.cut();
        lines.cut();
      }, FLUSH_MS);
      await refuse();
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}
