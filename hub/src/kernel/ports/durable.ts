import type { Json } from '@counterpart/schemas';

// Between long work and what keeps it going over restarts.

/** How a piece of long work talks to what keeps it. */
export interface DurableSteps {
  /** Aborted when the run is cancelled or the hub ends. */
  readonly signal: AbortSignal;
  /**
   * Runs `work` once: its result is kept before the next step begins, and a run that is resumed gets it back. Work that was
   * cut off is done again, so it must leave nothing half done. Names are unique in a run. Work that only waits for somebody
   * elsewhere, such as a model, takes no place of those that work here.
   */
  readonly step: <T extends Json>(
    name: string,
    work: () => Promise<T>,
    kind?: 'work' | 'waiting',
  ) => Promise<T>;
  /** Waits, over restarts, until `isDone` says so; it is asked at once and after every `wake` of this run. */
  readonly wait: (name: string, isDone: () => Promise<boolean>) => Promise<void>;
}

/** Keeps long work going: a run that the hub's end cut off is resumed by the next hub. */
export interface DurableEngine {
  /** Begins a run of the work under an id of the caller's; a run that exists already is left as it is. */
  start(id: string): Promise<void>;
  /** Something happened that this run may wait for. */
  wake(id: string): Promise<void>;
  /** Ends a run; its work is aborted. */
  cancel(id: string): Promise<void>;
  /** Cuts runs off, to be resumed by the next hub. */
  close(): Promise<void>;
}
