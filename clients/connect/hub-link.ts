import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { EventReader } from './event-reader.ts';
import { nodeHttp } from './node-http.ts';

/** What came back for one request. */
export interface Visit {
  readonly status: number;
  readonly session: string | undefined;
  /** Body of a refusal (status 400 and above). */
  readonly refusal: string;
}

export interface Sending {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
  /** Every JSON-RPC message of an accepted request's answer, as text on one line, in the order of arrival. */
  readonly onMessage: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A connection kept from an earlier request turned out to be closed: what was sent on it was most likely never read. */
export class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'StaleConnection';
  }
}

const isReset = (cause: Error): boolean => 'code' in cause && cause.code === 'ECONNRESET';

/** Connections to one MCP endpoint over HTTP, kept alive between requests. */
export class HubLink {
  #url: URL;
  readonly #headers: OutgoingHttpHeaders;
  readonly #agent: Agent = new nodeHttp.Agent({ keepAlive: true });

  constructor(url: URL, token: string | undefined) {
    this.#url = url;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  get address(): string {
    return this.#url.href;
  }

  /** The hub answers at another address from now on. */
  moveTo(url: URL): void {
    this.#url = url;
  }

  /** Resolves when the answer is complete; rejects when the connection fails, or with an AbortError. */
  send(sending: Sending): Promise<Visit> {
    return new Promise((resolve, reject) => {
      const outgoing = this.#request(sending);
      outgoing.on('error', (cause) =>
        reject(outgoing.reusedSocket && isReset(cause) ? new StaleConnection(cause) : cause),
      );
      outgoing.on('response', (incoming) => {
        const { 'mcp-session-id': session } = incoming.headers;
        const status = incoming.statusCode ?? 0;
        let refusal = '';
        const take = status < 400 ? sending.onMessage : (text: string): void => void (refusal = text);
        const answered = (): void =>
          resolve({ status, session: typeof session === 'string' ? session : undefined, refusal });
        readAnswer(incoming, take).then(answered, reject);
      });
      outgoing.end(sending.body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #request({ method, headers, body, signal }: Sending): ClientRequest {
    const content =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    return nodeHttp.request(this.#url, {
      method,
      agent: this.#agent,
      headers: { accept: 'application/json, text/event-stream', ...this.#headers, ...content, ...headers },
      ...(signal ? { signal } : {}),
    });
  }
}

function readAnswer(incoming: IncomingMessage, onMessage: (text: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = /^text\/event-stream/i.test(incoming.headers['content-type'] ?? '')
      ? new EventReader(onMessage)
      : undefined;
    const parts: string[] = [];
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => (events ? events.push(chunk) : parts.push(chunk)));
    incoming.on('error', reject);
    incoming.on('end', () => {
      const text = parts.join('').trim();
      if (text !== '') onMessage(text.replace(/[\r\n]+/g, ' '));
      resolve();
    });
    incoming.on('close', () =>
      incoming.complete ? resolve() : reject(new Error('the connection broke off')),
    );
  });
}
