import type { IncomingMessage } from 'node:http';
import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import { redactError } from '../../kernel/redact.ts';
import type { Exchange } from '../rpc/exchange.ts';
import { exchangeHttp, publicUrl, refusal, type HttpEvents, type HttpPeer } from './http-exchange.ts';
import { modernHeaders, type HeaderParameter } from './http-headers.ts';
import { membersOf, parseJson } from '../../kernel/protocol/members.ts';
import type { RpcSession, Wire } from '../rpc/rpc-session.ts';
import { isTemporary, StreamPlace } from './stream-place.ts';

const MOST_REDIRECTS = 3;
const SESSION_HEADER = 'mcp-session-id';
/** What is sent while a session is being made; everything else waits for it. */
const GREETINGS = new Set(['initialize', 'server/discover']);
const INITIALIZED = '"method":"notifications/initialized"';
/** A server that does not answer a notification holds nothing up any longer. */
const LONGEST_HOLD_MS = 2_000;

export interface HttpWireHooks {
  readonly clock: Clock;
  /** The legacy session ended at the server; resolves when a new one stands. */
  renew(): Promise<void>;
  /** The server could not be reached at all. */
  unreachable(error: CounterpartError): void;
}

interface Outgoing {
  readonly text: string;
  readonly headers: Record<string, string>;
  readonly exchange: Exchange | undefined;
  /** Sent again after the server said that it did not take it: another session, or another path. */
  readonly attempts: number;
  /** Called once the server has, or will not have, taken it. */
  readonly taken?: () => void;
}

/** What is under way for an exchange, and can be given up. */
interface UnderWay {
  destroy(): void;
}

/** One POST for each message to a remote server; answers come as JSON or as a stream of their own. */
export class HttpWire implements Wire {
  readonly congested = false;
  readonly #peer: { -readonly [K in keyof HttpPeer]: HttpPeer[K] };
  readonly #headers: Readonly<Record<string, string>>;
  readonly #hooks: HttpWireHooks;
  readonly #requests = new Map<Exchange, UnderWay>();
  #session: RpcSession | undefined;
  #parameters: ReadonlyMap<string, readonly HeaderParameter[]> = new Map();
  /** HTTP status of a refused `initialize`, which an error in its body would hide. */
  refusedWith: number | undefined;
  #sessionId: string | undefined;
  #closed = false;
  /** Reasons to hold messages back: a session that is being made, and its `initialized` until the server took it. */
  #holds = 0;
  #held: (() => void)[] = [];

  constructor(peer: HttpPeer, headers: Readonly<Record<string, string>>, hooks: HttpWireHooks) {
    this.#peer = { ...peer };
    this.#headers = headers;
    this.#hooks = hooks;
  }

  /** The session that answers go to; given once, right after it was made over this wire. */
  attach(session: RpcSession): void {
    this.#session = session;
  }

  /** Arguments that must also stand in headers, by tool. */
  learn(parameters: ReadonlyMap<string, readonly HeaderParameter[]>): void {
    this.#parameters = parameters;
  }

  get peer(): HttpPeer {
    return this.#peer;
  }

  get sessionId(): string | undefined {
    return this.#sessionId;
  }

  /** Headers that every request of this connection carries. */
  common(): Record<string, string> {
    const headers: Record<string, string> = { ...this.#headers };
    if (this.#sessionId !== undefined) headers['Mcp-Session-Id'] = this.#sessionId;
    const info = this.#session?.info;
    if (info) headers['MCP-Protocol-Version'] = info.protocolVersion;
    return headers;
  }

  forgetSession(): void {
    this.#sessionId = undefined;
  }

  /** Whatever is sent from now on, greetings apart, waits until the returned function is called. */
  hold(): () => void {
    let holds = true;
    this.#holds += 1;
    return () => {
      if (!holds) return;
      holds = false;
      this.#holds -= 1;
      if (this.#holds === 0) for (const send of this.#held.splice(0)) send();
    };
  }

  request(exchange: Exchange, text: string, params: JsonMembers): void {
    // A relayed request is stamped in its text alone.
    const version = this.#session?.era === 'modern' ? this.#session.info?.protocolVersion : undefined;
    const parametersOf = (tool: string) => this.#parameters.get(tool) ?? [];
    const headers = modernHeaders(exchange.method, params, parametersOf, version);
    const out = { text, headers, exchange, attempts: 0 };
    if (this.#holds === 0 || GREETINGS.has(exchange.method)) return this.#post(out);
    let isWanted = true;
    this.#requests.set(exchange, { destroy: () => (isWanted = false) });
    this.#held.push(() => {
      if (isWanted) this.#post(out);
    });
  }

  tell(text: string): void {
    const method = membersOf(parseJson(Buffer.from(text))?.value)['method'];
    const modern = this.#session?.era === 'modern' && typeof method === 'string';
    const headers: Record<string, string> = modern ? { 'Mcp-Method': method } : {};
    const out = { text, headers, exchange: undefined, attempts: 0 };
    // Some servers refuse what overtakes it.
    if (text.includes(INITIALIZED)) this.#post({ ...out, taken: this.hold() });
    else if (this.#holds === 0) this.#post(out);
    else this.#held.push(() => this.#post(out));
  }

  abandon(exchange: Exchange, reason: string): void {
    const request = this.#requests.get(exchange);
    this.#requests.delete(exchange);
    request?.destroy();
    // A modern server learns it from the closed stream (2026-07-28, Streamable HTTP); a legacy one goes on without it.
    if (this.#session?.era !== 'legacy') return;
    this.tell(
      JSON.stringify({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: exchange.id, reason },
      }),
    );
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#requests.values()) request.destroy();
    this.#requests.clear();
    this.#held = [];
  }

  #post(out: Outgoing): void {
    if (this.#closed) return;
    const headers = {
      'Content-Type': 'application/json',
      Accept: 'application/json, text/event-stream',
      ...this.common(),
      ...out.headers,
    };
    const sentSession = this.#sessionId;
    const place = new StreamPlace();
    const events: HttpEvents = {
      accepted: (response) => this.#accepted(response, out),
      marked: (id) => place.marked(id),
      retry: (ms) => place.retry(ms),
      message: (frame) => this.#session?.receive(frame, out.exchange),
      ended: () => this.#goOn(out, place, this.#lost('the answer ended without a result')),
      refused: (status, response, body) => this.#refused(out, { status, response, body, sentSession }),
      failed: (error, stale) => {
        if (stale === true && out.attempts === 0 && isHarmless(out.exchange))
          return this.#post({ ...out, attempts: 1 });
        if (error.code === 'UPSTREAM_UNREACHABLE')
          this.#hooks.unreachable(redactError(error, this.#peer.redact));
        this.#goOn(out, place, error);
      },
    };
    const request = exchangeHttp(this.#peer, { method: 'POST', headers, body: out.text }, events);
    if (out.exchange) this.#requests.set(out.exchange, request);
    if (out.taken) this.#hooks.clock.after(LONGEST_HOLD_MS, out.taken);
  }

  #accepted(response: IncomingMessage, { exchange, taken }: Outgoing): void {
    taken?.();
    const id = response.headers[SESSION_HEADER];
    if (exchange?.method === 'initialize' && typeof id === 'string') this.#sessionId = id;
  }

  #refused(out: Outgoing, answer: Refusal): void {
    const { status, response, body } = answer;
    if (status >= 300 && status < 400) return this.#redirected(out, status, response.headers.location);
    if (out.attempts === 0 && sessionIsGone(answer)) return void this.#repeatInNewSession(out, answer);
    const error = refusal(this.#peer, status, body);
    if (out.exchange?.method === 'initialize') this.refusedWith = status;
    if (out.exchange && isRpcError(answer)) this.#session?.receive(body, out.exchange);
    this.#fail(out, error);
  }

  /** The server knows no such session, so it did not carry the request out: it is sent once more in a new one. */
  async #repeatInNewSession(out: Outgoing, answer: Refusal): Promise<void> {
    try {
      // Without an id a renewal is already under way, and this one waits for it.
      if (this.#sessionId === answer.sentSession || this.#sessionId === undefined) await this.#hooks.renew();
      this.#post({ ...out, attempts: 1 });
    } catch {
      this.#fail(out, refusal(this.#peer, answer.status, answer.body));
    }
  }

  #redirected(out: Outgoing, status: number, location: string | undefined): void {
    const { url, server } = this.#peer;
    const target = location === undefined ? undefined : URL.parse(location, url.href);
    const keepsMethod = status === 307 || status === 308;
    if (target?.origin === url.origin && keepsMethod && out.attempts < MOST_REDIRECTS) {
      this.#peer.url = target;
      return this.#post({ ...out, attempts: out.attempts + 1 });
    }
    const detail = `it redirects to ${target ? publicUrl(target) : 'nowhere'}; configure that address if it is the right one`;
    this.#fail(out, hubError('UPSTREAM_UNREACHABLE', { server, url: publicUrl(url), detail }));
  }

  /**
   * A stream that ended or broke ahead of its answer: a server may close it and have its client come back for the rest, as long
   * as it named a place to go on from (2025-11-25, transports). Otherwise the request fails.
   */
  #goOn(out: Outgoing, place: StreamPlace, error: CounterpartError): void {
    const { exchange } = out;
    const { id } = place;
    const session = this.#session;
    const canGoOn = id !== undefined && !place.isHopeless && session?.era === 'legacy' && !this.#closed;
    // What it sent and could not be taken would come again.
    const isBroken = error.code === 'UPSTREAM_PROTOCOL';
    if (!exchange || !canGoOn || isBroken || !session.isOpen(exchange)) return this.#fail(out, error);
    const stop = this.#hooks.clock.after(place.pauseMs, () => {
      place.failed();
      const headers = { ...this.common(), Accept: 'text/event-stream', 'Last-Event-ID': id };
      const again = (why: CounterpartError): void => this.#goOn(out, place, why);
      const request = exchangeHttp(
        this.#peer,
        { method: 'GET', headers },
        {
          accepted: () => place.heard(),
          marked: (next) => place.marked(next),
          retry: (ms) => place.retry(ms),
          message: (frame) => session.receive(frame, exchange),
          ended: () => again(error),
          failed: again,
          refused: (status, _response, body) =>
            isTemporary(status) ? again(error) : this.#fail(out, refusal(this.#peer, status, body)),
        },
      );
      this.#requests.set(exchange, request);
    });
    this.#requests.set(exchange, { destroy: stop });
  }

  /** Ends a request that has no answer yet; one that was answered is long forgotten by the session. */
  #fail(out: Outgoing, error: CounterpartError): void {
    out.taken?.();
    if (!out.exchange) return;
    this.#requests.delete(out.exchange);
    this.#session?.failIfOpen(out.exchange, redactError(error, this.#peer.redact));
  }

  #lost(detail: string): CounterpartError {
    return hubError('UPSTREAM_LOST', { server: this.#peer.server, detail });
  }
}

interface Refusal {
  readonly status: number;
  readonly response: IncomingMessage;
  readonly body: Buffer;
  readonly sentSession: string | undefined;
}

/** What a server may have carried out, and must not be asked for twice. */
const ACTING = new Set(['tools/call', 'tasks/update', 'tasks/cancel']);

/** Whether a request can be sent again without knowing what became of it. */
const isHarmless = (exchange: Exchange | undefined): boolean =>
  exchange !== undefined && !ACTING.has(exchange.method);

/** 404 by the specification; many servers say 400 and name the session in words. */
const sessionIsGone = ({ status, body, sentSession }: Refusal): boolean =>
  sentSession !== undefined && (status === 404 || (status === 400 && /session/i.test(body.toString('utf8'))));

/** Statuses under which a JSON-RPC error is the server's own answer; the others are about credentials, load or trouble. */
const ANSWERING = new Set([200, 400, 404, 405, 406, 409, 422]);

function isRpcError({ status, body }: Refusal): boolean {
  if (!ANSWERING.has(status)) return false;
  const code = membersOf(membersOf(parseJson(body)?.value)['error'])['code'];
  return typeof code === 'number';
}
