import type { Tier } from '../../../kernel/ports.ts';

/** Conversations whose models are remembered; the one asked longest ago is forgotten first. */
const MOST = 10_000;

interface Pins {
  readonly byTier: Map<Tier, string>;
  last: { readonly tier: Tier; readonly model: string };
  at: number;
}

/** Which model a conversation has in each tier. Keys hold the principal: nobody else's conversation is ever met. */
export class ConversationPins {
  readonly #pins = new Map<string, Pins>();

  /** What is known of a conversation; undefined: nothing, or nothing younger than `ttlMs`. */
  of(key: string, now: number, ttlMs: number): Readonly<Omit<Pins, 'at'>> | undefined {
    const pins = this.#pins.get(key);
    if (!pins) return undefined;
    if (now - pins.at <= ttlMs) return pins;
    this.#pins.delete(key);
    return undefined;
  }

  /** The conversation is answered by this model now. */
  keep(key: string, chosen: { readonly tier: Tier; readonly model: string }, now: number): void {
    const pins = this.#pins.get(key) ?? { byTier: new Map<Tier, string>(), last: chosen, at: now };
    pins.byTier.set(chosen.tier, chosen.model);
    pins.last = chosen;
    pins.at = now;
    this.#pins.delete(key);
    this.#pins.set(key, pins);
    const [oldest] = this.#pins.keys();
    if (this.#pins.size > MOST && oldest !== undefined) this.#pins.delete(oldest);
  }
}
