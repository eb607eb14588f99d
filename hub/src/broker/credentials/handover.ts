import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HANDED_PATH } from '@counterpart/kit/broker';

type Values = Readonly<Record<string, string>>;

const TICKET_BYTES = 24;
/** Beyond, the oldest is forgotten: a process may end before it asks. */
const MOST_TICKETS = 32;
const OK = 200;
const GONE = 410;

/** Secrets that wait for the process they are meant for. Each ticket is worth them once. */
export class Handover {
  readonly #waiting = new Map<string, Values>();

  /** Keeps them until somebody comes with the ticket. */
  put(values: Values): string {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MOST_TICKETS) this.#waiting.delete(oldest);
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    this.#waiting.set(ticket, values);
    return ticket;
  }

  /** Undefined: it is unknown, or was used. */
  take(ticket: string): Values | undefined {
    const values = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return values;
  }

  /** Answers a request for the secrets of a ticket; false: it asks for something else. */
  answers({ method, url = '' }: IncomingMessage, response: ServerResponse): boolean {
    if (method !== 'GET' || !url.startsWith(HANDED_PATH)) return false;
    const values = this.take(url.slice(HANDED_PATH.length));
    response.writeHead(values === undefined ? GONE : OK, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(JSON.stringify(values ?? {}));
    return true;
  }
}
