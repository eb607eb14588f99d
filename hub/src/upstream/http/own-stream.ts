import type { ClientRequest } from 'node:http';
import type { Clock } from '../../kernel/clock.ts';
import { exchangeHttp } from './http-exchange.ts';
import type { HttpWire } from './http-wire.ts';
import { isTemporary, StreamPlace } from './stream-place.ts';

/** A stream that stood for so long is asked for again without haste growing slower. */
const LASTING_MS = 5_000;

export interface OwnStreamOptions {
  readonly clock: Clock;
  readonly wire: HttpWire;
  readonly message: (frame: Buffer) => void;
}

/** A legacy server’s own stream, where it offers one: changes of lists and of resources come here. Taken up again when it breaks. */
export class OwnStream {
  readonly #options: OwnStreamOptions;
  #request: ClientRequest | undefined;
  #place = new StreamPlace();
  #stopWaiting: (() => void) | undefined;

  constructor(options: OwnStreamOptions) {
    this.#options = options;
  }

  /** A new one, for a new session. */
  open(): void {
    this.close();
    this.#place = new StreamPlace();
    this.#ask();
  }

  close(): void {
    const request = this.#request;
    this.#request = undefined;
    this.#stopWaiting?.();
    request?.destroy();
  }

  #ask(): void {
    const { clock, wire, message } = this.#options;
    const place = this.#place;
    const { id } = place;
    const from: Record<string, string> = id === undefined ? {} : { 'Last-Event-ID': id };
    const headers = { ...wire.common(), Accept: 'text/event-stream', ...from };
    const since = clock.now();
    let isStream = false;
    const again = (): void => {
      if (this.#request !== request) return;
      if (isStream && clock.now() - since >= LASTING_MS) place.heard();
      this.#askLater();
    };
    const request = exchangeHttp(
      wire.peer,
      { method: 'GET', headers },
      {
        accepted: (response) => {
          isStream = /^text\/event-stream\b/i.test(response.headers['content-type'] ?? '');
        },
        marked: (next) => place.marked(next),
        retry: (ms) => place.retry(ms),
        message: (frame) => {
          place.heard();
          message(frame);
        },
        // Whatever else answers here has no stream.
        ended: () => isStream && again(),
        failed: ({ code }) => code === 'UPSTREAM_NOT_MCP' || again(),
        refused: (status) => {
          // An event it has forgotten is no reason to hear nothing any more. 405 and the like: it has no such stream.
          if (id !== undefined && !isTemporary(status)) place.marked('');
          if (id !== undefined || isTemporary(status)) again();
        },
      },
    );
    this.#request = request;
  }

  #askLater(): void {
    const { pauseMs } = this.#place;
    this.#place.failed();
    this.#stopWaiting = this.#options.clock.after(pauseMs, () => this.#ask());
  }
}
