import type { ChildIo, JsonMembers } from '../../kernel/ports.ts';
import { atEndOfTurn } from '../../kernel/async/turn.ts';
import type { Exchange } from '../rpc/exchange.ts';
import type { Wire } from '../rpc/rpc-session.ts';

/** Bytes a server may leave unread before calls are answered "busy". */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** Lines to the standard input of a process. What is sent during one turn goes out as one write. */
export class StdioWire implements Wire {
  readonly #child: ChildIo;
  #outbox = '';
  #closed = false;

  constructor(child: ChildIo) {
    this.#child = child;
    // A process that ends closes its pipe; its end is reported by the supervisor, not by the write that met it.
    child.stdin.on('error', () => this.close());
  }

  get congested(): boolean {
    return this.#child.stdin.writableLength > MAX_UNREAD_BYTES;
  }

  request(_exchange: Exchange, text: string, _params: JsonMembers): void {
    this.tell(text);
  }

  tell(text: string): void {
    if (this.#closed) return;
    if (this.#outbox === '') atEndOfTurn(this.#flush);
    this.#outbox += `${text}\n`;
  }

  abandon(exchange: Exchange, reason: string): void {
    // `initialize` must not be cancelled (2025-11-25, cancellation), and a probe that was not understood need not be.
    if (exchange.method === 'initialize' || exchange.method === 'server/discover') return;
    const params = { requestId: exchange.id, reason };
    this.tell(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }));
  }

  close(): void {
    this.#closed = true;
    this.#outbox = '';
  }

  readonly #flush = (): void => {
    const text = this.#outbox;
    this.#outbox = '';
    if (text !== '' && this.#child.stdin.writable) this.#child.stdin.write(text);
  };
}
