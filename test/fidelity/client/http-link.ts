import {
  Agent,
  request,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { EventReader } from '../../../clients/connect/event-reader.ts';
import type { Era } from '../../../hub/src/kernel/ports.ts';
import { LEGACY, MODERN } from './message.ts';
import type { Link, Outgoing, Receiver } from './link.ts';

const ACCEPT = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

/** Streamable HTTP of either era. */
export class HttpLink implements Link {
  readonly #url: string;
  readonly #era: Era;
  readonly #receiver: Receiver;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #open = new Map<string, ClientRequest>();
  readonly #streams = new Set<ClientRequest>();
  #session: string | undefined;

  constructor(url: string, era: Era, receiver: Receiver) {
    this.#url = url;
    this.#era = era;
    this.#receiver = receiver;
  }

  post({ text, idText, headers }: Outgoing): void {
    const outgoing = this.#request('POST', headers);
    if (idText !== undefined) this.#open.set(idText, outgoing);
    outgoing.on('response', (incoming) => this.#read(incoming, idText));
    outgoing.on('error', () => this.#receiver.silence(idText, 0));
    outgoing.end(text);
  }

  /** The stream of what belongs to no request; a server that has none says so at once. */
  listen(): Promise<void> {
    if (this.#era === 'modern' || this.#session === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const outgoing = this.#request('GET');
      this.#streams.add(outgoing);
      outgoing.on('response', (incoming) => {
        this.#read(incoming, undefined);
        resolve();
      });
      outgoing.on('error', () => resolve());
      outgoing.end();
    });
  }

  drop(idText: string): boolean {
    if (this.#era === 'legacy') return false;
    this.#open.get(idText)?.destroy();
    return true;
  }

  async close(): Promise<void> {
    for (const stream of [...this.#streams, ...this.#open.values()]) stream.destroy();
    if (this.#session !== undefined)
      await new Promise<void>((resolve) => {
        const last = this.#request('DELETE');
        last.on('response', (incoming) => incoming.resume().on('close', resolve));
        last.on('error', () => resolve());
        last.end();
      });
    this.#agent.destroy();
  }

  #request(method: string, more: OutgoingHttpHeaders = {}): ClientRequest {
    const session =
      this.#session === undefined ? {} : { 'mcp-session-id': this.#session, 'mcp-protocol-version': LEGACY };
    const version = this.#era === 'modern' ? { 'mcp-protocol-version': MODERN } : session;
    return request(this.#url, { method, agent: this.#agent, headers: { ...ACCEPT, ...version, ...more } });
  }

  #read(incoming: IncomingMessage, idText: string | undefined): void {
    const status = incoming.statusCode ?? 0;
    const { 'mcp-session-id': session, 'content-type': type = '' } = incoming.headers;
    if (typeof session === 'string') this.#session ??= session;
    let answered = false;
    const take = (text: string): void => {
      answered = true;
      this.#receiver.message(text, { idText, status });
    };
    const events = type.startsWith('text/event-stream') ? new EventReader(take) : undefined;
    let body = '';
    incoming
      .setEncoding('utf8')
      .on('data', (chunk: string) => (events ? events.push(chunk) : (body += chunk)));
    incoming.on('error', () => {});
    incoming.on('close', () => {
      if (idText !== undefined) this.#open.delete(idText);
      if (body.startsWith('{')) take(body);
      // After what was heard: a stream may end without an answer.
      if (idText !== undefined || !answered) this.#receiver.silence(idText, status);
    });
  }
}
