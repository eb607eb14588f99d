import type { ShimMessage } from './shim-message.ts';

/** Requests of a client whose effect lives in its session at the hub, by what they set. */
export class SessionEffects {
  readonly #texts = new Map<string, string>();

  /** Notes what a request changes in the session, if anything. */
  noted({ method, text }: ShimMessage): void {
    if (method === 'logging/setLevel') this.#texts.set('level', text);
    if (method === 'resources/subscribe') this.#texts.set(resourceIn(text), text);
    if (method === 'resources/unsubscribe') this.#texts.delete(resourceIn(text));
  }

  /** Texts of the requests that make a new session like the old one. */
  values(): IterableIterator<string> {
    return this.#texts.values();
  }
}

/** What a subscription is kept by. */
const resourceIn = (text: string): string =>
  `resource ${/"uri"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''}`;
