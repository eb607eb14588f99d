import type { Clock } from './clock.ts';
import { collectAll } from './process/collect.ts';

/** Between two looks at how busy the process is. */
export const LOOK_MS = 1_000;
/** With less processor time than this since the last look the process is idle. */
export const IDLE_US = 50_000;
/** Work after which there is something to give back. */
export const WORTH_US = 300_000;

export interface IdleMemoryOptions {
  readonly clock: Clock;
  /** Processor time of this process so far, in microseconds. */
  readonly cpuUs?: (() => number) | undefined;
  readonly collect?: (() => void) | undefined;
}

/**
 * Gives memory back to the system whenever the process falls idle after work. V8 collects only while it allocates, so that a
 * hub at rest would keep what its start or its last burst of calls left behind: about a third of its memory. Never while
 * calls are coming, because everything waits for a collection (30 ms). Returns what ends it.
 */
export function tidyWhenIdle({
  clock,
  cpuUs = ownCpuUs,
  collect = collectAll,
}: IdleMemoryOptions): () => void {
  let last = cpuUs();
  let worked = last;
  let stop: () => void = () => undefined;
  const look = (): void => {
    const now = cpuUs();
    const used = now - last;
    worked += used;
    last = now;
    if (used < IDLE_US && worked >= WORTH_US) {
      collect();
      worked = 0;
      last = cpuUs();
    }
    stop = clock.after(LOOK_MS, look);
  };
  stop = clock.after(LOOK_MS, look);
  return () => stop();
}

export function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
