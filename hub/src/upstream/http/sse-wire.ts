import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { JsonMembers } from '../../kernel/ports.ts';
import { redactError } from '../../kernel/redact.ts';
import type { Exchange } from '../rpc/exchange.ts';
import type { RpcSession, Wire } from '../rpc/rpc-session.ts';
import { exchangeHttp, refusal, type HttpPeer } from './http-exchange.ts';

const INITIALIZED = '"method":"notifications/initialized"';

/** Statuses that mean: there is no such session, the stream it belonged to is gone. */
const SESSION_GONE = new Set([400, 404, 410]);

/** The sending half of HTTP+SSE (2024-11-05): each message is a POST to the announced address, and only accepted there. */
export class SseWire implements Wire {
  readonly congested = false;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #lost: (error: CounterpartError) => void;
  #session: RpcSession | undefined;
  #peer: HttpPeer;
  #closed = false;
  /** Messages held back until the server took `initialized`; some refuse what overtakes it. */
  #held: (() => void)[] | undefined;

  /** `lost` is called when the server knows the session no more. */
  constructor(
    peer: HttpPeer,
    headers: Readonly<Record<string, string>>,
    lost: (error: CounterpartError) => void,
  ) {
    this.#peer = peer;
    this.#headers = headers;
    this.#lost = lost;
  }

  /** The session that failures go to; given once, right after it was made over this wire. */
  attach(session: RpcSession): void {
    this.#session = session;
  }

  /** Where messages are sent from now on. */
  address(url: URL): void {
    this.#peer = { ...this.#peer, url };
  }

  request(exchange: Exchange, text: string, _params: JsonMembers): void {
    this.#send(text, exchange);
  }

  tell(text: string): void {
    if (!text.includes(INITIALIZED)) return this.#send(text, undefined);
    const held: (() => void)[] = [];
    this.#held = held;
    this.#post(text, undefined, () => {
      this.#held = undefined;
      for (const send of held) send();
    });
  }

  abandon(exchange: Exchange, reason: string): void {
    // `initialize` must not be cancelled (2024-11-05, cancellation).
    if (exchange.method === 'initialize') return;
    const params = { requestId: exchange.id, reason };
    this.tell(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
  }

  close(): void {
    this.#closed = true;
    this.#held = undefined;
  }

  #send(text: string, exchange: Exchange | undefined): void {
    const send = (): void => this.#post(text, exchange, () => undefined);
    if (this.#held) this.#held.push(send);
    else send();
  }

  #post(text: string, exchange: Exchange | undefined, taken: () => void): void {
    if (this.#closed) return;
    const version = this.#session?.info?.protocolVersion;
    const headers = {
      'Content-Type': 'application/json',
      ...this.#headers,
      ...(version === undefined ? {} : { 'MCP-Protocol-Version': version }),
    };
    const fail = (error: CounterpartError): void => {
      taken();
      if (exchange) this.#session?.failIfOpen(exchange, redactError(error, this.#peer.redact));
    };
    exchangeHttp(
      this.#peer,
      { method: 'POST', headers, body: text },
      {
        // The answer comes on the stream; what stands here is at most a polite word.
        message: () => undefined,
        ended: taken,
        refused: (status, _response, body) => {
          const said = refusal(this.#peer, status, body);
          if (!SESSION_GONE.has(status) || !this.#session?.info) return fail(said);
          const detail = `it knows the connection no more (HTTP ${status})`;
          const gone = hubError('UPSTREAM_LOST', { server: this.#peer.server, detail }, { cause: said });
          fail(gone);
          this.#lost(gone);
        },
        failed: fail,
      },
    );
  }
}
