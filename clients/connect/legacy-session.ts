import { setTimeout as pause } from 'node:timers/promises';
import type { HubLink, Visit } from './hub-link.ts';
import { SessionEffects } from './session-effects.ts';
import type { ShimMessage } from './shim-message.ts';

const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
/** Before a broken or refused stream is opened again. */
const REOPEN_MS = 500;

/**
 * The client's session at the hub (2025-11-25 and before). When the hub restarted and knows it no more, the client's own
 * `initialize` is sent again with what it had set since, so that the client notices nothing.
 */
export class LegacySession {
  readonly #link: HubLink;
  readonly #onMessage: (text: string) => void;
  readonly #closing = new AbortController();
  readonly #effects = new SessionEffects();
  #hello: string | undefined;
  #id: string | undefined;
  #version: string | undefined;
  #renewal: Promise<void> | undefined;
  #listening = false;

  constructor(link: HubLink, onMessage: (text: string) => void) {
    this.#link = link;
    this.#onMessage = onMessage;
  }

  /** Whether the client ever said `initialize`. */
  get begun(): boolean {
    return this.#hello !== undefined;
  }

  get headers(): Record<string, string> {
    const version = this.#version === undefined ? {} : { 'mcp-protocol-version': this.#version };
    return this.#id === undefined ? {} : { 'mcp-session-id': this.#id, ...version };
  }

  /** The hub accepted the client's `initialize`. */
  began(hello: string, answer: string, visit: Visit): void {
    this.#hello = hello;
    this.#id = visit.session;
    this.#version = /"protocolVersion"\s*:\s*"([^"]+)"/.exec(answer)?.[1];
  }

  /** Notes what a request that succeeded changed in the session. */
  noted(message: ShimMessage): void {
    this.#effects.noted(message);
  }

  /** Begins a new session in place of one the hub forgot; callers at the same time share it. */
  renew(): Promise<void> {
    this.#renewal ??= this.#beginAgain().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** Keeps the stream open on which the hub speaks unasked, until `close`. */
  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    void this.#keepListening();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#id === undefined) return;
    const farewell = this.#link.send({
      method: 'DELETE',
      headers: this.headers,
      onMessage: () => {},
      signal: AbortSignal.timeout(1_000),
    });
    await farewell.catch(() => undefined); // the hub may be gone already
  }

  async #beginAgain(): Promise<void> {
    if (this.#hello === undefined) return;
    this.#id = undefined;
    let answer = '';
    const visit = await this.#post(this.#hello, (text) => (answer = text));
    this.began(this.#hello, answer, visit);
    await this.#post(INITIALIZED, () => {});
    for (const effect of this.#effects.values()) await this.#post(effect, () => {});
  }

  #post(body: string, onMessage: (text: string) => void): Promise<Visit> {
    return this.#link.send({
      method: 'POST',
      headers: this.headers,
      body,
      onMessage,
      signal: this.#closing.signal,
    });
  }

  async #keepListening(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const visit = await this.#link.send({
          method: 'GET',
          headers: this.headers,
          onMessage: this.#onMessage,
          signal,
        });
        if (visit.status === 405) return; // an endpoint without such a stream
        if (visit.status === 404) await this.renew();
      } catch {
        // Broken off: opened again below; what the hub is doing shows with the next request.
      }
      await pause(REOPEN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
