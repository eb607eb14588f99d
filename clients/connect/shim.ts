import type { Writable } from 'node:stream';
import { StaleConnection, type HubLink, type Visit } from './hub-link.ts';
import { LegacySession } from './legacy-session.ts';
import {
  failureText,
  headerValue,
  isMembers,
  readShimMessage,
  requestsIn,
  type ShimMessage,
} from './shim-message.ts';
import { ToolHeaders } from './tool-headers.ts';
import { unreachable, wasNotThere, type ShimError } from './unreachable.ts';

export interface ShimOptions {
  readonly link: HubLink;
  readonly output: Writable;
  /** The hub cannot be reached; resolves when the link leads to one that answers. Called once at a time. */
  readonly onLost?: (() => Promise<void>) | undefined;
}

/** After the end of input, answers are waited for this long. */
const DRAIN_MS = 5_000;
const LISTEN = 'subscriptions/listen';

/** Sends each line to the hub and writes what comes back; requests run side by side, answers in the order they arrive. */
export class Shim {
  readonly #options: ShimOptions;
  readonly #session: LegacySession;
  readonly #toolHeaders = new ToolHeaders();
  readonly #inFlight = new Map<string | number, AbortController>();
  readonly #running = new Set<Promise<void>>();
  #greeting = Promise.resolve();
  #revival: Promise<void> | undefined;

  constructor(options: ShimOptions) {
    this.#options = options;
    this.#session = new LegacySession(options.link, (text) => this.#write(text));
  }

  line(text: string): void {
    const message = readShimMessage(text);
    if (!message)
      return this.#write(
        '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error: the line is not JSON"}}',
      );
    // Over HTTP a modern client cancels by closing the response (2026-07-28, Streamable HTTP).
    const cancelled = message.cancels === undefined ? undefined : this.#inFlight.get(message.cancels);
    if (cancelled) return cancelled.abort();
    const { method, modernVersion } = message;
    // A client that does not wait for the answer to `initialize` is served in order all the same.
    const turn =
      modernVersion === undefined ? this.#greeting.then(() => this.#carry(message)) : this.#carry(message);
    if (isHello(message)) this.#greeting = turn;
    const run = turn.finally(() => this.#running.delete(run));
    if (method !== LISTEN) this.#running.add(run);
  }

  /** Waits for the answers that are still due, but not for ever. */
  async drain(): Promise<void> {
    const limit = new Promise<void>((resolve) => void setTimeout(resolve, DRAIN_MS).unref());
    await Promise.race([Promise.all(this.#running), limit]);
  }

  async close(): Promise<void> {
    for (const controller of this.#inFlight.values()) controller.abort();
    await this.#session.close();
  }

  async #carry(message: ShimMessage): Promise<void> {
    const controller = new AbortController();
    const cancellable = message.modernVersion === undefined ? undefined : message.id;
    if (cancellable !== undefined) this.#inFlight.set(cancellable, controller);
    try {
      await this.#deliver(message, controller.signal);
    } catch (thrown) {
      if (!controller.signal.aborted) this.#fail(message, unreachable(this.#options.link.address, thrown));
    } finally {
      if (cancellable !== undefined) this.#inFlight.delete(cancellable);
    }
  }

  async #deliver(message: ShimMessage, signal: AbortSignal): Promise<void> {
    let visit = await this.#sendReviving(message, signal);
    if (visit.status === 404 && this.#session.begun && message.modernVersion === undefined) {
      await this.#session.renew();
      visit = await this.#send(message, signal);
    }
    if (visit.status >= 400) return this.#refused(message, refusalOf(visit));
    this.#session.noted(message);
    if (message.method === 'notifications/initialized') this.#session.listen();
  }

  /** One more attempt where nothing can have been done twice: the hub was not there, or the request changes nothing. */
  async #sendReviving(message: ShimMessage, signal: AbortSignal): Promise<Visit> {
    try {
      return await this.#sendFresh(message, signal);
    } catch (thrown) {
      if (!wasNotThere(thrown) || !this.#options.onLost) throw thrown;
      this.#revival ??= this.#options.onLost().finally(() => {
        this.#revival = undefined;
      });
      await this.#revival;
      return this.#send(message, signal);
    }
  }

  /** On a new connection where the kept one was closed in the meantime. */
  async #sendFresh(message: ShimMessage, signal: AbortSignal): Promise<Visit> {
    try {
      return await this.#send(message, signal);
    } catch (thrown) {
      if (thrown instanceof StaleConnection && !requestsIn(message).some(isCall))
        return this.#send(message, signal);
      throw thrown;
    }
  }

  async #send(message: ShimMessage, signal: AbortSignal): Promise<Visit> {
    if (isHello(message)) return this.#greet(message.text, signal);
    const onMessage = (text: string): void => {
      if (message.method === 'tools/list') this.#toolHeaders.learn(text);
      this.#write(text);
    };
    const headers = this.#headersOf(message);
    return this.#options.link.send({ method: 'POST', headers, body: message.text, onMessage, signal });
  }

  /** The answer reaches the client only when the session is known: what it sends next belongs to that. */
  async #greet(body: string, signal: AbortSignal): Promise<Visit> {
    let answer = '';
    const onMessage = (text: string): void => void (answer = text);
    const visit = await this.#options.link.send({ method: 'POST', headers: {}, body, onMessage, signal });
    if (visit.status >= 400) return visit;
    this.#session.began(body, answer, visit);
    this.#write(answer);
    return visit;
  }

  #headersOf({ modernVersion, method, name, toolArguments }: ShimMessage): Record<string, string> {
    if (modernVersion === undefined) return this.#session.headers;
    const headers: Record<string, string> = { 'mcp-protocol-version': modernVersion };
    if (method !== undefined) headers['mcp-method'] = method;
    if (name === undefined) return headers;
    return { ...headers, 'mcp-name': headerValue(name), ...this.#toolHeaders.of(name, toolArguments) };
  }

  /** A batch is refused as a whole (JSON-RPC 2.0, 6). */
  #refused(message: ShimMessage, error: ShimError): void {
    if (message.batch) this.#write(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
    else this.#fail(message, error);
  }

  /** Only a request hears of a failure; nothing answers a notification. */
  #fail(message: ShimMessage, error: ShimError): void {
    const ids = requestsIn(message).map(({ id }) => id);
    const text = failureText(message, ids, error);
    if (text !== undefined) this.#write(text);
  }

  #write(text: string): void {
    if (this.#options.output.writable) this.#options.output.write(`${text}\n`);
  }
}

const isHello = ({ method, modernVersion }: ShimMessage): boolean =>
  method === 'initialize' && modernVersion === undefined;

const isCall = ({ method }: ShimMessage): boolean => method === 'tools/call';

/** What the hub refused with: a JSON-RPC error, or the problem document of its HTTP surface. */
function refusalOf({ status, refusal }: Visit): ShimError {
  const plain = { code: -32603, message: `The hub answered ${status}: ${refusal.slice(0, 200)}` };
  let body: unknown;
  try {
    body = JSON.parse(refusal);
  } catch {
    return plain;
  }
  if (!isMembers(body)) return plain;
  const { error, detail, fix } = body;
  if (isError(error)) return error;
  if (typeof detail !== 'string') return plain;
  return { code: -32603, message: typeof fix === 'string' ? `${detail} ${fix}` : detail, data: body };
}

const isError = (value: unknown): value is ShimError =>
  isMembers(value) && typeof value['code'] === 'number' && typeof value['message'] === 'string';
