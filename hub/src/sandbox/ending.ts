import type { SandboxEnd } from '../kernel/ports.ts';

/** What the process itself says of its end. */
export interface RawEnd {
  /** Its exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly outOfMemory: boolean;
}

/** Why the hub ended it, when it did: the first reason counts. */
export class Ending {
  #wanted: 'stopped' | 'timed-out' | 'out-of-memory' | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #kill: () => void;

  /** `kill` ends everything inside at once; it may be called more than once. `timeMs` 0: no end. */
  constructor(kill: () => void, timeMs: number) {
    this.#kill = kill;
    if (timeMs > 0) this.#timer = setTimeout(() => this.end('timed-out'), timeMs);
  }

  end(reason: 'stopped' | 'timed-out' | 'out-of-memory'): void {
    this.#wanted ??= reason;
    this.#kill();
  }

  /** To be called once, when it is gone. */
  settle({ code, outOfMemory }: RawEnd): SandboxEnd {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (outOfMemory) return { outcome: 'out-of-memory' };
    if (this.#wanted !== undefined) return { outcome: this.#wanted };
    return code === undefined ? { outcome: 'killed' } : { outcome: 'exited', code };
  }
}
