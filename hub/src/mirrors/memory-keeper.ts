import { toCounterpartError } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';

/** Writes a mirror's memory a moment after it changed, so that a thousand changes are one write. */
export interface MemoryKeeper {
  /** Something changed: it is written soon. */
  touch(): void;
  /** Writes what is not written yet, now. Rejects by throwing DATA_UNWRITABLE. */
  flush(): void;
  /** Why the last write failed; undefined when it did not. */
  readonly problem: string | undefined;
  /** Writes for the last time. */
  close(): void;
}

/** Between a change and its write. */
const SOON_MS = 200;
/** A memory of many megabytes takes long to write: it is written so much less often. */
const PATIENCE = 20;
const LATEST_MS = 30_000;

/** Keeps what `write` writes down. */
export function createMemoryKeeper(options: {
  readonly clock: Clock;
  readonly write: () => void;
  readonly failed: (problem: string) => void;
}): MemoryKeeper {
  const { clock, write, failed } = options;
  let cancel: (() => void) | undefined;
  let delayMs = SOON_MS;
  let problem: string | undefined;
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const start = performance.now();
    try {
      write();
      problem = undefined;
    } catch (cause) {
      problem = toCounterpartError(cause).message;
      throw cause;
    } finally {
      delayMs = Math.min(LATEST_MS, Math.max(SOON_MS, (performance.now() - start) * PATIENCE));
    }
  };
  const later = (): void => {
    try {
      flush();
    } catch {
      failed(problem ?? '');
    }
  };
  return {
    get problem() {
      return problem;
    },
    touch() {
      cancel ??= clock.after(delayMs, later);
    },
    flush,
    close() {
      if (cancel) later();
    },
  };
}
