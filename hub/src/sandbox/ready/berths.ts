import { statSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/log.ts';
import type { BoxedProcess, PreparedBox, Sandbox, SandboxJob } from '../../kernel/ports.ts';
import { placeOf } from './place.ts';
import { planReady } from './plan.ts';

/** After the last start or end: a machine that is starting servers has no time to spare. */
const QUIET_MS = 1_500;
/** Least memory that must be free, in bytes; walls with a waiting Node cost about a tenth of it. */
const FREE_BYTES = 512 * 1024 * 1024;
/** Walls of one server that may fail or end unused before none are made for it any more. */
const MOST_FAILURES = 3;

export interface BerthOptions {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'debug'>;
  /** Walls that stand ready at most, of all servers; 0: none. */
  readonly count: number;
  /** Free memory in bytes. Default: what the system says. */
  readonly available?: (() => number) | undefined;
}

/** A server that may begin. */
export interface Tenant {
  /** Its next job, but for what is told at its start; may throw while it could not begin. */
  readonly next: () => SandboxJob;
  /** Where its walls are put up; rejects while there is no place. Asked for when they are. */
  readonly sandbox: () => Promise<Sandbox>;
}

/** Where the processes of one server begin. */
export interface Berth {
  /** Begins in the walls kept ready when they are the job's, in new ones otherwise. Rejects as the sandbox does. */
  open(job: SandboxJob): Promise<BoxedProcess>;
  /** To be called when the server begins no more. */
  release(): Promise<void>;
}

interface Ready {
  readonly key: string;
  readonly box: PreparedBox;
}

interface Kept extends Tenant {
  usedAt: number;
  running: number;
  ready: Ready | undefined;
  failures: number;
}

/** Keeps walls ready for servers whose sandbox takes long to put them up; each serves the server it was made for, once. */
export class Berths {
  readonly #options: BerthOptions;
  readonly #kept = new Set<Kept>();
  #disarm: (() => void) | undefined;
  #work: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: BerthOptions) {
    this.#options = options;
  }

  /** Processes that wait. */
  get pids(): readonly number[] {
    return [...this.#kept].flatMap(({ ready }) => ready?.box.pid ?? []);
  }

  add(tenant: Tenant): Berth {
    const usedAt = this.#options.clock.now();
    const kept: Kept = { ...tenant, usedAt, running: 0, ready: undefined, failures: 0 };
    this.#kept.add(kept);
    this.#later();
    return {
      open: (job) => this.#open(kept, job),
      release: async () => {
        this.#kept.delete(kept);
        await discard(kept);
        this.#later();
      },
    };
  }

  /** Takes down all that waits, and makes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#disarm?.();
    await this.#work;
    await Promise.all([...this.#kept].map(discard));
  }

  async #open(kept: Kept, job: SandboxJob): Promise<BoxedProcess> {
    kept.running += 1;
    this.#used(kept);
    try {
      const box = take(kept, job) ?? (await (await kept.sandbox()).open(job));
      const ended = () => {
        kept.running -= 1;
        this.#used(kept);
      };
      box.ended.then(ended, ended);
      return box;
    } catch (error) {
      kept.running -= 1;
      throw error;
    }
  }

  #used(kept: Kept): void {
    kept.usedAt = this.#options.clock.now();
    this.#later();
  }

  #later(): void {
    const { count, clock } = this.#options;
    if (this.#closed || count === 0) return;
    this.#disarm?.();
    this.#disarm = clock.after(QUIET_MS, () => {
      // One after the other: the engine is slow enough with one.
      this.#work = this.#work.then(() => this.#refill());
    });
  }

  async #refill(): Promise<void> {
    const { count, log, available = () => process.availableMemory() } = this.#options;
    const { make, discard: needless } = planReady([...this.#kept], count, canWait);
    await Promise.all(needless.map(discard));
    for (const kept of make) {
      // The next start or end looks again.
      if (this.#closed || available() < FREE_BYTES) return;
      try {
        await this.#make(kept);
      } catch (cause) {
        kept.failures += 1;
        log.debug({ cause }, 'walls could not be kept ready');
      }
    }
  }

  async #make(kept: Kept): Promise<void> {
    const sandbox = await kept.sandbox().catch(() => undefined);
    if (sandbox?.prepare === undefined) return;
    const next = nextOf(kept);
    if (next === undefined) return;
    const box = await sandbox.prepare(next.job);
    // Meanwhile it was started, given up, or everything was.
    if (this.#closed || kept.running > 0 || !this.#kept.has(kept)) return await box.discard();
    const ready: Ready = { key: next.key, box };
    kept.ready = ready;
    void box.gone.then(() => {
      if (kept.ready !== ready) return;
      kept.ready = undefined;
      kept.failures += 1;
    });
  }
}

const canWait = (kept: Kept): boolean => kept.failures < MOST_FAILURES && nextOf(kept) !== undefined;

/** A server's next job, and the walls it asks for; undefined when it can only begin by itself, or not at all, which is told at its start. */
function nextOf({ next }: Kept): { readonly job: SandboxJob; readonly key: string } | undefined {
  try {
    const job = next();
    const key = keyOf(job);
    return key === undefined ? undefined : { job, key };
  } catch {
    return undefined;
  }
}

/** What is mounted is seen as it was then: a file or folder that was put in the place of another asks for new walls. */
function keyOf(job: SandboxJob): string | undefined {
  const place = placeOf(job);
  if (place === undefined) return undefined;
  const mounted = job.folders.map(({ from }) => {
    const { dev, ino } = statSync(from, { throwIfNoEntry: false }) ?? {};
    return [dev, ino];
  });
  return JSON.stringify([place.key, mounted]);
}

/** What is there is for this job or for none: whatever made it another, such as a new file, holds for the next too. */
function take(kept: Kept, job: SandboxJob): BoxedProcess | undefined {
  const { ready } = kept;
  kept.ready = undefined;
  if (ready === undefined) return undefined;
  if (ready.key === keyOf(job)) return ready.box.begin(job);
  void ready.box.discard();
  return undefined;
}

async function discard(kept: Kept): Promise<void> {
  const { ready } = kept;
  kept.ready = undefined;
  await ready?.box.discard();
}
