import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';

export interface ResultStoreOptions {
  readonly clock: Clock;
  /** Characters of all results together; the oldest go first. */
  readonly maxKeptChars: number;
  /** How long one is kept after it was last read. */
  readonly keptResultMs: number;
}

interface Kept {
  readonly client: string;
  readonly text: string;
  usedAt: number;
}

/** One client may fill so much of the store, so that it does not push out the results of all others. */
const SHARE_OF_ONE = 0.5;

/** What did not fit into answers, in memory, for the client that asked for it. */
export class ResultStore {
  readonly #options: ResultStoreOptions;
  /** In order of last use. */
  readonly #kept = new Map<string, Kept>();
  #stopTimer: (() => void) | undefined;

  constructor(options: ResultStoreOptions) {
    this.#options = options;
  }

  /** Keeps a text; its handle cannot be guessed. Undefined when it is too large to be kept at all. */
  keep(client: string, text: string): string | undefined {
    const { clock, maxKeptChars } = this.#options;
    const share = maxKeptChars * SHARE_OF_ONE;
    if (text.length > share) return undefined;
    this.#makeRoom(share - text.length, (kept) => kept.client === client);
    this.#makeRoom(maxKeptChars - text.length, () => true);
    const id = `r-${newId()}`;
    this.#kept.set(id, { client, text, usedAt: clock.now() });
    this.#schedule();
    return id;
  }

  /** The text behind a handle; undefined when it is gone, or another client's. */
  read(client: string, id: string): string | undefined {
    this.#expire();
    const kept = this.#kept.get(id);
    if (kept?.client !== client) return undefined;
    kept.usedAt = this.#options.clock.now();
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    return kept.text;
  }

  close(): void {
    this.#stopTimer?.();
    this.#kept.clear();
  }

  #makeRoom(most: number, counts: (kept: Kept) => boolean): void {
    const counted = [...this.#kept].filter(([, kept]) => counts(kept));
    let size = counted.reduce((sum, [, { text }]) => sum + text.length, 0);
    for (const [id, { text }] of counted) {
      if (size <= most) return;
      this.#kept.delete(id);
      size -= text.length;
    }
  }

  #expire(): void {
    const { clock, keptResultMs } = this.#options;
    const oldest = clock.now() - keptResultMs;
    for (const [id, { usedAt }] of this.#kept) if (usedAt <= oldest) this.#kept.delete(id);
  }

  /** One timer for all: memory is given back although nobody asks any more. */
  #schedule(): void {
    this.#stopTimer ??= this.#options.clock.after(this.#options.keptResultMs, () => {
      this.#stopTimer = undefined;
      this.#expire();
      if (this.#kept.size > 0) this.#schedule();
    });
  }
}
