import type { Clock } from '../clock.ts';
import { changeV8Flags } from './v8-flags.ts';
import { IDLE_US, LOOK_MS, ownCpuUs } from '../idle-memory.ts';

/** Between two looks whether somebody calls: what a first caller waits for optimised code at most. */
const CALLED_MS = 100;
/** A start that takes longer is over for whoever waits for answers. */
const LONGEST_START_MS = 60_000;

export interface StartedOptions {
  readonly clock: Clock;
  /** Whether somebody works with the hub already. */
  readonly isServing: () => boolean;
  /** Processor time of this process so far, in microseconds. */
  readonly cpuUs?: (() => number) | undefined;
  readonly optimise?: (() => void) | undefined;
}

/**
 * Lets V8 optimise code, which `bin/hub.js` has kept it from: once the process is idle, or somebody calls, or after a minute.
 * What is hot while a hub starts runs once; to optimise it takes more processor time than it saves, and brings 7 MB of V8's
 * compilers and 3 MB of what they make into memory. Returns what ends the wait.
 */
export function optimiseOnceStarted({
  clock,
  isServing,
  cpuUs = ownCpuUs,
  optimise = () => changeV8Flags('--maglev --turbofan'),
}: StartedOptions): () => void {
  let used = cpuUs();
  let waitedMs = 0;
  let stop: () => void = () => undefined;
  const isIdle = (): boolean => {
    const before = used;
    used = cpuUs();
    return used - before < IDLE_US;
  };
  const look = (): void => {
    waitedMs += CALLED_MS;
    const isOver = waitedMs >= LONGEST_START_MS || (waitedMs % LOOK_MS === 0 && isIdle());
    if (isOver || isServing()) optimise();
    else stop = clock.after(CALLED_MS, look);
  };
  stop = clock.after(CALLED_MS, look);
  return () => stop();
}
