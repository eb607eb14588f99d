import { CounterpartError, hubError, toCounterpartError } from '@counterpart/schemas';
import type { JsonMembers, ProcessSnapshot, UpstreamInfo, UpstreamLists } from '../../kernel/ports.ts';
import { redactError } from '../../kernel/redact.ts';
import { retryDelay } from '../../kernel/async/retry-delay.ts';
import type { Connection, ConnectionEvents } from '../connection.ts';
import { legacyOnly, presumedEra, refusesRequest } from '../era.ts';
import type { RemoteTarget, UpstreamOptions } from '../options.ts';
import type { RpcSession } from '../rpc/rpc-session.ts';
import { createAgent, type HttpPeer } from './http-exchange.ts';
import { CONNECT_TIMEOUT_MS, unreachable, type LinkParts, type RemoteLink } from './remote-link.ts';
import { SseLink } from './sse-link.ts';
import { StreamableLink } from './streamable-link.ts';

/** A server at an address; connected on first use, and again after it could not be reached. */
export class HttpConnection implements Connection {
  readonly process = undefined;
  readonly #target: RemoteTarget;
  readonly #options: UpstreamOptions;
  readonly #events: ConnectionEvents;
  readonly #peer: HttpPeer;
  #link: RemoteLink | undefined;
  #connecting: Promise<RpcSession> | undefined;
  #retry: (() => void) | undefined;
  #connects = 0;
  #snapshot: ProcessSnapshot;
  /** How it was reached last: tried first the next time. */
  #known: UpstreamInfo | undefined;
  #closed = false;

  constructor(target: RemoteTarget, options: UpstreamOptions, events: ConnectionEvents) {
    const { id: server, redact, clock } = options;
    const url = parsedUrl(server, target.url);
    this.#target = target;
    this.#options = options;
    this.#events = events;
    this.#peer = { server, url, agent: createAgent(url), redact };
    this.#known = presumedEra(options) && options.prior?.info;
    this.#snapshot = { state: 'stopped', restarts: 0, since: clock.now() };
  }

  get session(): RpcSession | undefined {
    return this.#link?.session;
  }

  get snapshot(): ProcessSnapshot {
    return this.#snapshot;
  }

  ready(): Promise<RpcSession> {
    if (this.#link) return Promise.resolve(this.#link.session);
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
    if (answered && this.#link) this.#become('ready');
    else if (!answered)
      this.#become('degraded', { message: 'a call was not answered in time', code: 'CALL_TIMEOUT' });
  }

  accept(lists: UpstreamLists): UpstreamLists {
    return this.#link?.accept(lists) ?? lists;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retry?.();
    const link = this.#forget();
    const { id: server } = this.#options;
    await link?.close(hubError('UPSTREAM_LOST', { server, detail: 'it was removed from the hub' }));
    this.#peer.agent.destroy();
    this.#become('stopped');
  }

  async #connect(): Promise<RpcSession> {
    this.#retry?.();
    this.#become('starting');
    const giveUp = new AbortController();
    const timeoutMs = this.#target.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    const stop = this.#options.clock.after(timeoutMs, () =>
      giveUp.abort(unreachable(this.#peer, `no answer to the handshake in ${timeoutMs} ms`)),
    );
    try {
      return await this.#reach(giveUp.signal);
    } catch (thrown) {
      const error = redactError(toCounterpartError(thrown), this.#options.redact);
      this.#become('degraded', error);
      this.#events.lost();
      throw error;
    } finally {
      stop();
    }
  }

  async #reach(signal: AbortSignal): Promise<RpcSession> {
    const sse = (): Promise<RpcSession> => this.#try((parts) => new SseLink(parts), signal);
    const streamable = (): Promise<RpcSession> => this.#try((parts) => new StreamableLink(parts), signal);
    if (this.#target.transport === 'sse') return sse();
    const [first, second] = this.#known?.transport === 'sse' ? [sse, streamable] : [streamable, sse];
    try {
      return await first();
    } catch (thrown) {
      if (signal.aborted || (first === streamable && !meansSse(thrown))) throw thrown;
      return await second().catch((other: unknown) => {
        // Of two failures the first one is about the transport that the server is more likely to have.
        throw other instanceof CounterpartError && other.code === 'UPSTREAM_PROTOCOL' ? other : thrown;
      });
    }
  }

  async #try(make: (parts: LinkParts) => RemoteLink, signal: AbortSignal): Promise<RpcSession> {
    const link: RemoteLink = make({
      options: this.#options,
      target: this.#target,
      peer: this.#peer,
      expect: legacyOnly(this.#known?.era),
      hooks: {
        notification: (method: string, params: JsonMembers) => this.#events.notification(method, params),
        outcome: (answered) => this.observe(answered),
        lost: (error) => this.#lost(link, error),
        renewed: (info) => this.#events.opened(link.session, info),
      },
    });
    const info = await link.greet(signal);
    if (this.#closed) {
      link.drop();
      throw unreachable(this.#peer, 'it was removed from the hub');
    }
    this.#link = link;
    this.#known = info;
    this.#connects += 1;
    this.#become('ready');
    link.opened(info);
    this.#events.opened(link.session, info);
    return link.session;
  }

  #lost(link: RemoteLink, error: CounterpartError): void {
    if (this.#link !== link) return;
    this.#become('degraded', error);
    this.#forget()?.drop();
    // Such a server speaks on its stream alone: without one nobody would hear that its lists changed.
    if (this.#known?.transport === 'sse') this.#reconnectLater(0);
  }

  #reconnectLater(failures: number): void {
    this.#retry = this.#options.clock.after(retryDelay(failures), () => {
      if (this.#closed || this.#link) return;
      this.ready().catch(() => this.#reconnectLater(failures + 1));
    });
  }

  #forget(): RemoteLink | undefined {
    const link = this.#link;
    this.#link = undefined;
    if (link) this.#events.lost();
    return link;
  }

  #become(
    state: ProcessSnapshot['state'],
    problem?: { readonly message: string; readonly code: string },
  ): void {
    const restarts = Math.max(0, this.#connects - 1);
    this.#snapshot = {
      state,
      restarts,
      since: this.#options.clock.now(),
      ...(problem === undefined ? {} : { problem: problem.message, code: problem.code }),
    };
  }
}

/**
 * Whether the answer to `initialize` may be that of a server of 2024-11-05, with or without a JSON-RPC error in its body
 * (2025-11-25, transports, backwards compatibility): it refuses the request as such.
 */
function meansSse(thrown: unknown): boolean {
  return thrown instanceof CounterpartError && refusesRequest(thrown.params['status']);
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
