import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { UpstreamInfo, UpstreamLists } from '../../kernel/ports.ts';
import { shakeHands } from '../era.ts';
import { RpcSession } from '../rpc/rpc-session.ts';
import { exchangeHttp, publicUrl, refusal, type HttpPeer } from './http-exchange.ts';
import { sessionOptions, unreachable, type LinkParts, type RemoteLink } from './remote-link.ts';
import { SseWire } from './sse-wire.ts';

const MOST_REDIRECTS = 3;
/** Idle connections are asked by the system whether they still stand; nothing else would tell of a peer that vanished. */
const KEEP_ALIVE_MS = 30_000;

/** HTTP+SSE (2024-11-05): one stream on which everything comes, and an address it announces to which everything goes. */
export class SseLink implements RemoteLink {
  readonly session: RpcSession;
  readonly #parts: LinkParts;
  readonly #wire: SseWire;
  #peer: HttpPeer;
  #stream: ClientRequest | undefined;
  #isOver = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#peer = parts.peer;
    this.#wire = new SseWire(parts.peer, parts.target.headers, (error) => this.#lose(error));
    this.session = new RpcSession(sessionOptions(parts), this.#wire);
    this.#wire.attach(this.session);
  }

  async greet(signal: AbortSignal): Promise<UpstreamInfo> {
    const { id: server, declare = {}, clock } = this.#parts.options;
    try {
      this.#wire.address(await this.#connect(signal));
      const info = await shakeHands(this.session, { server, expect: 'legacy', declare, clock, signal });
      return { ...info, transport: 'sse' };
    } catch (thrown) {
      this.drop();
      throw thrown;
    }
  }

  opened(): void {
    // Everything already comes on the one stream.
  }

  accept(lists: UpstreamLists): UpstreamLists {
    return lists;
  }

  drop(): void {
    this.#isOver = true;
    this.#wire.close();
    this.#stream?.destroy();
    const { server } = this.#peer;
    this.session.failAll(hubError('UPSTREAM_LOST', { server, detail: 'its stream was closed' }));
  }

  close(error: CounterpartError): Promise<void> {
    this.session.failAll(error);
    this.drop();
    return Promise.resolve();
  }

  /** Opens the stream; resolves to the address for messages, which is its first word. */
  #connect(signal: AbortSignal): Promise<URL> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#stream?.destroy();
        reject(reasonOf(signal, this.#peer));
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      this.#open({ resolve, reject }, 0);
    });
  }

  #open(settle: Settlers, redirects: number): void {
    const peer = this.#peer;
    const headers = { ...this.#parts.target.headers, Accept: 'text/event-stream' };
    const ended = (error: CounterpartError): void => {
      settle.reject(error);
      this.#lose(error);
    };
    this.#stream = exchangeHttp(
      peer,
      { method: 'GET', headers },
      {
        accepted: ({ socket }) => void socket.setKeepAlive(true, KEEP_ALIVE_MS),
        message: (data, kind) => {
          if (kind === 'endpoint') this.#announced(data, settle);
          else if (kind === 'message' && !this.#isOver) this.session.receive(data);
        },
        ended: () => ended(hubError('UPSTREAM_LOST', { server: peer.server, detail: 'it ended its stream' })),
        failed: ended,
        refused: (status, response, body) => {
          const target = redirectTarget(peer.url, status, response);
          if (!target || redirects >= MOST_REDIRECTS) return ended(refusal(peer, status, body));
          this.#peer = { ...peer, url: target };
          this.#open(settle, redirects + 1);
        },
      },
    );
  }

  /** Messages carry the configured credentials, so they go nowhere but where these were meant for. */
  #announced(data: Buffer, settle: Settlers): void {
    const { url, server } = this.#peer;
    const address = URL.parse(data.toString('utf8').trim(), url.href);
    if (address?.origin === url.origin) return settle.resolve(address);
    const named = address ? publicUrl(address) : 'something that is no address';
    const detail = `it wants messages sent to ${named}, which is not the origin it was reached at`;
    settle.reject(hubError('UPSTREAM_PROTOCOL', { server, detail }));
  }

  #lose(error: CounterpartError): void {
    if (this.#isOver) return;
    this.session.failAll(
      error.code === 'UPSTREAM_LOST'
        ? error
        : hubError('UPSTREAM_LOST', { server: this.#peer.server, detail: error.message }, { cause: error }),
    );
    this.drop();
    this.#parts.hooks.lost(error);
  }
}

interface Settlers {
  readonly resolve: (address: URL) => void;
  readonly reject: (error: Error) => void;
}

function redirectTarget(from: URL, status: number, { headers }: IncomingMessage): URL | undefined {
  if (status < 300 || status > 399 || headers.location === undefined) return undefined;
  const target = URL.parse(headers.location, from.href);
  return target?.origin === from.origin ? target : undefined;
}

function reasonOf(signal: AbortSignal, peer: HttpPeer): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : unreachable(peer, 'connecting was given up');
}
