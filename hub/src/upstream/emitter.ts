import type { UpstreamEvents } from '../kernel/ports.ts';

type Listener<K extends keyof UpstreamEvents> = (...args: UpstreamEvents[K]) => void;
type Listeners = { readonly [K in keyof UpstreamEvents]: Set<Listener<K>> };

/** Listeners of one upstream, by event. */
export class UpstreamEmitter {
  readonly #listeners: Listeners = {
    'lists-changed': new Set(),
    'resource-updated': new Set(),
    'log-message': new Set(),
    notification: new Set(),
    'availability-changed': new Set(),
  };

  on<K extends keyof UpstreamEvents>(event: K, listener: Listener<K>): () => void {
    this.#listeners[event].add(listener);
    return () => void this.#listeners[event].delete(listener);
  }

  emit<K extends keyof UpstreamEvents>(event: K, ...args: UpstreamEvents[K]): void {
    for (const listener of this.#listeners[event]) listener(...args);
  }
}
