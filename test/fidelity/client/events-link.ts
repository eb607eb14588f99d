import { Agent, request, type ClientRequest } from 'node:http';
import type { Link, Outgoing, Receiver } from './link.ts';

const EVENT = /\r?\n\r?\n/;

/** HTTP+SSE of 2024-11-05: requests are posted to an address that the stream names, and everything comes on that stream. */
export class EventsLink implements Link {
  readonly #receiver: Receiver;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #stream: ClientRequest;
  readonly #endpoint: Promise<URL>;

  constructor(url: string, receiver: Receiver) {
    this.#receiver = receiver;
    this.#stream = request(url, { headers: { accept: 'text/event-stream' } });
    this.#endpoint = new Promise((found) => {
      this.#stream.on('response', (incoming) => {
        let rest = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          const parts = `${rest}${chunk}`.split(EVENT);
          rest = parts.pop() ?? '';
          for (const part of parts) this.#take(part, (path) => found(new URL(path, url)));
        });
        incoming.on('error', () => {});
        incoming.on('close', () => receiver.silence(undefined, 0));
      });
    });
    this.#stream.on('error', () => receiver.silence(undefined, 0));
    this.#stream.end();
  }

  post({ text, idText }: Outgoing): void {
    void this.#endpoint.then((url) => {
      const outgoing = request(url, {
        method: 'POST',
        agent: this.#agent,
        headers: { 'content-type': 'application/json' },
      });
      outgoing.on('response', (incoming) => {
        const status = incoming.statusCode ?? 0;
        incoming.resume();
        if (status >= 400) this.#receiver.silence(idText, status);
      });
      outgoing.on('error', () => this.#receiver.silence(idText, 0));
      outgoing.end(text);
    });
  }

  listen(): Promise<void> {
    return Promise.resolve();
  }

  drop(): boolean {
    return false;
  }

  close(): Promise<void> {
    this.#stream.destroy();
    this.#agent.destroy();
    return Promise.resolve();
  }

  #take(event: string, endpoint: (path: string) => void): void {
    const lines = event.split(/\r?\n/);
    const data = lines.flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? []).join('\n');
    if (lines.includes('event: endpoint')) endpoint(data);
    else if (data.startsWith('{')) this.#receiver.message(data);
  }
}
