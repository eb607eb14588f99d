import { hubError, toCounterpartError, type CounterpartError } from '@counterpart/schemas';
import type { ClientRequest } from 'node:http';
import type { Era, JsonMembers, ProcessSnapshot, UpstreamInfo, UpstreamLists } from '../../kernel/ports.ts';
import { redactError } from '../../kernel/redact.ts';
import type { Connection, ConnectionEvents } from '../connection.ts';
import { legacyOnly, presumedEra, shakeHands } from '../era.ts';
import { createAgent, exchangeHttp, publicUrl } from './http-exchange.ts';
import { headerParameters, type HeaderParameter } from './http-headers.ts';
import { HttpWire } from './http-wire.ts';
import { readTools } from '../lists.ts';
import type { RemoteTarget, UpstreamOptions } from '../options.ts';
import { RpcSession } from '../rpc/rpc-session.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

interface Live {
  readonly session: RpcSession;
  readonly wire: HttpWire;
}

/** A server behind Streamable HTTP; connected on first use, and again after it could not be reached. */
export class HttpConnection implements Connection {
  readonly process = undefined;
  readonly #target: RemoteTarget;
  readonly #options: UpstreamOptions;
  readonly #events: ConnectionEvents;
  readonly #url: URL;
  readonly #agent;
  #live: Live | undefined;
  #connecting: Promise<RpcSession> | undefined;
  #renewing: Promise<void> | undefined;
  #stream: ClientRequest | undefined;
  #connects = 0;
  #snapshot: ProcessSnapshot;
  #era: Era | undefined;
  #closed = false;

  constructor(target: RemoteTarget, options: UpstreamOptions, events: ConnectionEvents) {
    this.#target = target;
    this.#options = options;
    this.#events = events;
    this.#url = parsedUrl(options.id, target.url);
    this.#agent = createAgent(this.#url);
    this.#era = presumedEra(options);
    this.#snapshot = { state: 'stopped', restarts: 0, since: options.clock.now() };
  }

  get session(): RpcSession | undefined {
    return this.#live?.session;
  }

  get snapshot(): ProcessSnapshot {
    return this.#snapshot;
  }

  ready(): Promise<RpcSession> {
    if (this.#live) return Promise.resolve(this.#live.session);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  touch(): void {
    // A remote server is not stopped when idle.
  }

  observe(answered: boolean): void {
    if (answered === (this.#snapshot.state === 'ready')) return;
    if (answered && this.#live) this.#become('ready');
    else if (!answered) this.#become('degraded', 'a call was not answered in time');
  }

  /** Tools whose header annotations break the rules cannot be called over HTTP; they are left out and logged. */
  accept(lists: UpstreamLists): UpstreamLists {
    const live = this.#live;
    if (live?.session.era !== 'modern') return lists;
    const { known, tools } = this.#withHeaders(lists.tools);
    live.wire.learn(known);
    return { ...lists, tools };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const live = this.#live;
    this.#drop();
    if (live) await this.#endSession(live);
    live?.wire.close();
    live?.session.failAll(
      hubError('UPSTREAM_LOST', { server: this.#options.id, detail: 'it was removed from the hub' }),
    );
    this.#agent.destroy();
    this.#become('stopped');
  }

  async #connect(): Promise<RpcSession> {
    this.#become('starting');
    const live = this.#newLive();
    const { clock } = this.#options;
    const giveUp = new AbortController();
    const timeoutMs = this.#target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    const stop = clock.after(timeoutMs, () =>
      giveUp.abort(this.#unreachable(`no answer to the handshake in ${timeoutMs} ms`)),
    );
    try {
      const info = await this.#greet(live, giveUp.signal);
      this.#opened(live, info);
      return live.session;
    } catch (thrown) {
      live.wire.close();
      const error = redactError(toCounterpartError(thrown), this.#options.redact);
      this.#become('degraded', error.message);
      throw error;
    } finally {
      stop();
    }
  }

  #newLive(): Live {
    const { id: server, clock, log, redact, limits } = this.#options;
    const peer = { server, url: this.#url, agent: this.#agent, redact };
    const wire = new HttpWire(peer, this.#target.headers, {
      renew: () => this.#renew(wire),
      unreachable: (error) => this.#unreached(wire, error),
    });
    const events = {
      notification: (method: string, params: JsonMembers) => this.#events.notification(method, params),
      outcome: (answered: boolean) => this.observe(answered),
      junk: () => undefined,
    };
    const session = new RpcSession({ server, clock, log, redact, limits, events }, wire);
    wire.attach(session);
    return { session, wire };
  }

  async #greet(live: Live, signal: AbortSignal): Promise<UpstreamInfo> {
    const { id: server, declare = {}, clock } = this.#options;
    const expect = legacyOnly(this.#era);
    const info = await shakeHands(live.session, { server, expect, declare, clock, signal });
    this.#era = info.era;
    // Without the schemas the first calls would lack headers that a modern server insists on.
    if (info.era === 'modern' && info.capabilities['tools'] !== undefined) {
      live.wire.learn(this.#withHeaders(await readTools(live.session, signal)).known);
    }
    return info;
  }

  #opened(live: Live, info: UpstreamInfo): void {
    if (this.#closed) throw this.#unreachable('it was removed from the hub');
    this.#live = live;
    this.#connects += 1;
    this.#become('ready');
    if (info.era === 'legacy') this.#openStream(live, 0);
    this.#events.opened(live.session, info);
  }

  /** The legacy server's own stream, where it offers one: changes of lists and of resources come here. */
  #openStream(live: Live, failures: number): void {
    const { session, wire } = live;
    let heard = false;
    const again = (): void => {
      this.#stream = undefined;
      const attempt = heard ? 0 : failures + 1;
      this.#options.clock.after(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt), () => {
        if (this.#live === live) this.#openStream(live, attempt);
      });
    };
    const headers = { ...wire.common(), Accept: 'text/event-stream' };
    this.#stream = exchangeHttp(
      wire.peer,
      { method: 'GET', headers },
      {
        accepted: () => {
          heard = true;
        },
        message: (frame) => session.receive(frame),
        ended: again,
        failed: again,
        // 405: it has no such stream. Any other refusal means the same to us.
        refused: () => {
          this.#stream = undefined;
        },
      },
    );
  }

  /** A new session on the same wire, for requests that the server refused because the old session is gone. */
  #renew(wire: HttpWire): Promise<void> {
    this.#renewing ??= this.#initializeAnew(wire).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #initializeAnew(wire: HttpWire): Promise<void> {
    const live = this.#live;
    if (live?.wire !== wire) throw this.#unreachable('the connection was replaced');
    wire.forgetSession();
    const { id: server, declare = {}, clock } = this.#options;
    const signal = AbortSignal.timeout(this.#target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    const info = await shakeHands(live.session, { server, expect: 'legacy', declare, clock, signal });
    this.#stream?.destroy();
    if (info.era === 'legacy') this.#openStream(live, 0);
    this.#events.opened(live.session, info);
  }

  #unreached(wire: HttpWire, error: CounterpartError): void {
    if (this.#live?.wire !== wire) return;
    this.#drop();
    this.#become('degraded', error.message);
  }

  #drop(): void {
    const wasLive = this.#live !== undefined;
    this.#live = undefined;
    this.#stream?.destroy();
    this.#stream = undefined;
    if (wasLive) this.#events.lost();
  }

  /** Ends the legacy session at the server, which may not support it; nobody waits long for it. */
  #endSession({ wire }: Live): Promise<void> {
    if (wire.sessionId === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => resolve();
      const request = exchangeHttp(
        wire.peer,
        { method: 'DELETE', headers: wire.common() },
        {
          message: done,
          ended: done,
          refused: done,
          failed: done,
        },
      );
      request.setTimeout(FIRST_RETRY_MS, () => request.destroy());
    });
  }

  #withHeaders(tools: UpstreamLists['tools']) {
    const known = new Map<string, readonly HeaderParameter[]>();
    const kept = tools.filter((tool) => {
      const parameters = headerParameters(tool);
      if (parameters && parameters.length > 0) known.set(tool.name, parameters);
      if (!parameters)
        this.#options.log.warn(
          { server: this.#options.id, tool: tool.name },
          'a tool with an invalid x-mcp-header was left out',
        );
      return parameters !== undefined;
    });
    return { known, tools: kept };
  }

  #become(state: ProcessSnapshot['state'], problem?: string): void {
    const restarts = Math.max(0, this.#connects - 1);
    this.#snapshot = {
      state,
      restarts,
      since: this.#options.clock.now(),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  #unreachable(detail: string): CounterpartError {
    return hubError('UPSTREAM_UNREACHABLE', { server: this.#options.id, url: publicUrl(this.#url), detail });
  }
}

function parsedUrl(server: string, text: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw hubError('UPSTREAM_UNREACHABLE', {
    server,
    url: 'its address',
    detail: 'it is not an http or https URL',
  });
}
