import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Redact } from '../kernel/redact.ts';
import type { SpareOptions } from './process/spares.ts';
import type { SpawnProcess } from './process/spawn.ts';

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Applied to what processes print and to every failure, before either is kept or told. */
  readonly redact: Redact;
  /** Folder for the record of running processes, read by the next hub after a crash. Created when missing. */
  readonly stateDir: string;
  /** Processes being started at once. */
  readonly spawnConcurrency: number;
  /** Processes that wait to become a server. Default: none. */
  readonly spares?: SpareOptions | undefined;
  /** How processes are made; default: `createSpawner`. */
  readonly spawn?: SpawnProcess | undefined;
  /** In [0, 1); spreads restarts. Default: Math.random. */
  readonly random?: (() => number) | undefined;
}
