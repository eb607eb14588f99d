import { retryDelay } from '../../kernel/async/retry-delay.ts';

/** Statuses by which a server, or a proxy before it, says that it may be asked again. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

export const isTemporary = (status: number): boolean => TEMPORARY.has(status);

/** A server that wishes no pause is given one all the same. */
const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;
const MOST_VAIN_ATTEMPTS = 5;

/** How far a stream of a legacy server was read, for when it has to be taken up again (2025-11-25, transports, resumability). */
export class StreamPlace {
  #id: string | undefined;
  #pauseMs: number | undefined;
  /** Attempts in a row that brought nothing. */
  #vain = 0;

  /** The event after which the rest is asked for; undefined where the server named none. */
  get id(): string | undefined {
    return this.#id;
  }

  get isHopeless(): boolean {
    return this.#vain >= MOST_VAIN_ATTEMPTS;
  }

  /** Milliseconds to wait before the stream is asked for again. */
  get pauseMs(): number {
    const wished = this.#pauseMs ?? retryDelay(this.#vain);
    return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, wished));
  }

  /** An empty id takes the earlier one back (HTML, server-sent events). */
  marked(id: string): void {
    this.#id = id === '' ? undefined : id;
    this.heard();
  }

  retry(ms: number): void {
    this.#pauseMs = ms;
  }

  failed(): void {
    this.#vain += 1;
  }

  /** The attempt was not in vain. */
  heard(): void {
    this.#vain = 0;
  }
}
