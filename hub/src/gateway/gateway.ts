import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type {
  CallPolicy,
  Catalog,
  JsonMembers,
  ToolCalls,
  ViewSelector,
  VisitRequest,
  VisitResponse,
} from '../kernel/ports.ts';
import { defaultCodeLimits } from '../code/limits.ts';
import { CodeRuns } from './code/code-runs.ts';
import { signature, type Core } from './core.ts';
import { createFanOut } from './fan-out.ts';
import { HttpEndpoint } from './http/http-endpoint.ts';
import { defaultLimits, type GatewayLimits } from './limits.ts';
import { Listens } from './modern/listen.ts';
import { Parking } from './parking/parking.ts';
import { createToolCalls } from './relay/tool-calls.ts';
import { ToolGate } from './relay/tool-gate.ts';
import { ResultStore } from './results/result-store.ts';
import { SessionStore } from './legacy/session-store.ts';
import type { Session } from './legacy/session.ts';
import { StdioEndpoint, type ClientStreams } from './stdio-endpoint.ts';
import { followServers } from './server-news.ts';

export interface GatewayOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asked of every call, whatever way it came. Default: all are allowed. */
  readonly policy?: CallPolicy | undefined;
  /** How the hub names itself to clients. */
  readonly serverInfo: { readonly name: string; readonly version: string };
  /** Put before the instructions of the servers. */
  readonly instructions?: string | undefined;
  /** Any bound that differs from `defaultLimits`. */
  readonly limits?: Partial<GatewayLimits> | undefined;
}

/** The MCP server the hub presents: both eras, over HTTP and over a pair of streams. */
export interface Gateway {
  /** Serves one HTTP request of an MCP endpoint; the caller has checked Host, Origin and token. Never throws. */
  handle(request: VisitRequest, response: VisitResponse, selector: ViewSelector): void;
  /** Serves one client that speaks newline-delimited JSON-RPC; `closed` resolves when its input ended and nothing is in flight. */
  connectStdio(streams: ClientStreams, selector: ViewSelector): { readonly closed: Promise<void> };
  /** Tools for surfaces that are not MCP. */
  readonly calls: ToolCalls;
  /** Ends all that a person has open. */
  expel(person: string): void;
  /** A log message of the hub itself, to every client of its owner that listens for some. */
  logMessage(params: JsonMembers): void;
  /** Legacy sessions alive. */
  sessions(): number;
  /** Answers 503 to every new HTTP request from now on; calls in flight go on. */
  refuse(): void;
  /** Ends streams with their result, ends sessions; answers what is in flight no more than it already is. */
  close(): Promise<void>;
}

/** A gateway over a catalog; nothing is listened to until a request comes. */
export function createGateway(options: GatewayOptions): Gateway {
  const { catalog, clock, log, serverInfo } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const fanOut = createFanOut({ catalog, clock, log, coalesceMs: limits.coalesceMs });
  const metaText = signature(serverInfo);
  const gate = new ToolGate(options.policy ?? {}, clock, catalog);
  const core: Core = {
    catalog,
    clock,
    log,
    limits,
    fanOut,
    serverInfo,
    instructions: options.instructions,
    parking: new Parking({ clock, limits, metaText }),
    gate,
    calls: createToolCalls(catalog, gate),
    code: new CodeRuns(defaultCodeLimits),
    results: new ResultStore({ clock, ...limits }),
    metaText,
  };
  const listens = new Listens(core);
  const store = new SessionStore({ clock, ...limits });
  const http = new HttpEndpoint(core, listens, store);
  const pipes = new Set<StdioEndpoint>();
  const sessions = () => [...store.values(), ...sessionsOf(pipes)];
  const stopNews = followServers(catalog, {
    logged(upstream, params) {
      for (const session of sessions()) {
        if (catalog.view(session.selector)?.upstreams.get(upstream.id) === upstream)
          session.logMessage(params);
      }
    },
    notified: (upstream, method, params) => fanOut.notify(upstream, method, params),
  });

  return {
    logMessage(params) {
      for (const session of sessions())
        if (session.selector.principal === undefined) session.logMessage(params);
    },
    expel: (person) => expel(person, listens, store, pipes),
    calls: core.calls,
    handle: (request, response, selector) => http.handle(request, response, selector),
    connectStdio(streams, selector) {
      const pipe = new StdioEndpoint(core, listens, selector, streams);
      pipes.add(pipe);
      void pipe.closed.then(() => pipes.delete(pipe));
      return { closed: pipe.closed };
    },
    sessions: () => store.size + sessionsOf(pipes).length,
    refuse: () => http.close(),
    close() {
      for (const part of [http, listens, core.parking, core.code, core.results, store]) part.close();
      for (const pipe of pipes) pipe.end();
      stopNews();
      fanOut.close();
      return Promise.resolve();
    },
  };
}

function expel(person: string, listens: Listens, store: SessionStore, pipes: Iterable<StdioEndpoint>): void {
  listens.expel(person);
  store.expel(person);
  for (const pipe of pipes) if (pipe.principal === person) pipe.end();
}

const sessionsOf = (pipes: ReadonlySet<StdioEndpoint>): Session[] =>
  [...pipes].flatMap((pipe) => pipe.session ?? []);
