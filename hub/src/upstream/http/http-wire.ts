import type { ClientRequest, IncomingMessage } from 'node:http';
import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { JsonMembers } from '../../kernel/ports.ts';
import { redactError } from '../../kernel/redact.ts';
import type { Exchange } from '../rpc/exchange.ts';
import { exchangeHttp, publicUrl, refusal, type HttpEvents, type HttpPeer } from './http-exchange.ts';
import { modernHeaders, type HeaderParameter } from './http-headers.ts';
import { membersOf, parseJson } from '../../kernel/protocol/members.ts';
import type { RpcSession, Wire } from '../rpc/rpc-session.ts';

const MOST_REDIRECTS = 3;
const SESSION_HEADER = 'mcp-session-id';

export interface HttpWireHooks {
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
}

/** One POST for each message to a remote server; answers come as JSON or as a stream of their own. */
export class HttpWire implements Wire {
  readonly congested = false;
  readonly #peer: { -readonly [K in keyof HttpPeer]: HttpPeer[K] };
  readonly #headers: Readonly<Record<string, string>>;
  readonly #hooks: HttpWireHooks;
  readonly #requests = new Map<Exchange, ClientRequest>();
  #session: RpcSession | undefined;
  #parameters: ReadonlyMap<string, readonly HeaderParameter[]> = new Map();
  /** HTTP status of a refused `initialize`, which an error in its body would hide. */
  refusedWith: number | undefined;
  #sessionId: string | undefined;
  #closed = false;

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

  request(exchange: Exchange, text: string, params: JsonMembers): void {
    const headers = modernHeaders(exchange.method, params, (tool) => this.#parameters.get(tool) ?? []);
    this.#post({ text, headers, exchange, attempts: 0 });
  }

  tell(text: string): void {
    const method = membersOf(parseJson(Buffer.from(text))?.value)['method'];
    const modern = this.#session?.era === 'modern' && typeof method === 'string';
    this.#post({ text, headers: modern ? { 'Mcp-Method': method } : {}, exchange: undefined, attempts: 0 });
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
    const events: HttpEvents = {
      accepted: (response) => this.#accepted(response, out.exchange),
      message: (frame) => this.#session?.receive(frame, out.exchange),
      ended: () => this.#fail(out, this.#lost('the answer ended without a result')),
      refused: (status, response, body) => this.#refused(out, { status, response, body, sentSession }),
      failed: (error, stale) => {
        if (stale === true && out.attempts === 0 && isHarmless(out.exchange))
          return this.#post({ ...out, attempts: 1 });
        if (error.code === 'UPSTREAM_UNREACHABLE')
          this.#hooks.unreachable(redactError(error, this.#peer.redact));
        this.#fail(out, error);
      },
    };
    const request = exchangeHttp(this.#peer, { method: 'POST', headers, body: out.text }, events);
    if (out.exchange) this.#requests.set(out.exchange, request);
  }

  #accepted(response: IncomingMessage, exchange: Exchange | undefined): void {
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

  /** Ends a request that has no answer yet; one that was answered is long forgotten by the session. */
  #fail(out: Outgoing, error: CounterpartError): void {
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
