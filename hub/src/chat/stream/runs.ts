import { hubError, type CounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { Journal } from './journal.ts';

/** How long a run goes on that can be resumed and that nobody follows. */
const GRACE_MS = 30_000;
/** How long what was said is kept after the end, for those who come back. */
const KEPT_MS = 5 * 60_000;
/** Of one run, in characters: some hundred pages. */
const KEPT_OF_ONE = 4 * 1024 * 1024;
/** Of all runs that are over. */
const KEPT_OF_ALL = 32 * 1024 * 1024;

export interface RunOptions {
  readonly id: string;
  /** `never`: it ends with its connection; `grace`: it waits for a while for another one; `background`: it needs none. */
  readonly survival: 'never' | 'grace' | 'background';
}

export interface LiveRun {
  readonly id: string;
  readonly journal: Journal;
  /** What happens, once: it writes into the journal, which is ended for it, and never rejects. */
  begin(work: (signal: AbortSignal) => Promise<void>): void;
  /** It is told why, and has ended when this resolves. */
  cancel(reason: CounterpartError | undefined): Promise<void>;
  readonly done: Promise<void>;
}

/** Runs whose answers are streamed or made in the background, by the id of the answer. */
export class Runs {
  readonly #clock: Clock;
  readonly #live = new Map<string, LiveRun>();
  /** Ended, the oldest first. */
  readonly #over = new Map<string, { readonly run: LiveRun; readonly forget: () => void }>();
  #overSize = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  open({ id, survival }: RunOptions): LiveRun {
    const controller = new AbortController();
    let unwait: () => void = () => undefined;
    const abandon = (): void => controller.abort(undefined);
    const journal = new Journal({
      keptBytes: survival === 'never' ? 0 : KEPT_OF_ONE,
      deserted: () => {
        if (survival === 'never') abandon();
        if (survival !== 'grace') return;
        unwait();
        unwait = this.#clock.after(GRACE_MS, () => {
          if (!journal.isFollowed) abandon();
        });
      },
    });
    const { promise: done, resolve } = Promise.withResolvers<void>();
    const over = (): void => {
      unwait();
      journal.end();
      this.#live.delete(id);
      if (survival !== 'never') this.#keep(run);
      resolve();
    };
    const run: LiveRun = {
      id,
      journal,
      done,
      begin: (work) => void work(controller.signal).finally(over),
      async cancel(reason) {
        controller.abort(reason);
        await done;
      },
    };
    this.#live.set(id, run);
    return run;
  }

  /** Those of one principal: others' are not found. */
  of(principal: string): Pick<Runs, 'open' | 'find'> {
    const nameOf = (id: string): string => `${principal} ${id}`;
    return {
      open: (options) => this.open({ ...options, id: nameOf(options.id) }),
      find: (id) => this.find(nameOf(id)),
    };
  }

  /** Under way, or over and still kept. */
  find(id: string): LiveRun | undefined {
    return this.#live.get(id) ?? this.#over.get(id)?.run;
  }

  /** Ends all that is under way. */
  async close(): Promise<void> {
    const stopping = hubError('HUB_STOPPING', {});
    await Promise.all([...this.#live.values()].map((run) => run.cancel(stopping)));
    for (const { forget } of this.#over.values()) forget();
  }

  #keep(run: LiveRun): void {
    const forget = this.#clock.after(KEPT_MS, () => this.#forget(run.id));
    this.#over.set(run.id, { run, forget });
    this.#overSize += run.journal.size;
    for (const id of this.#over.keys()) {
      if (this.#overSize <= KEPT_OF_ALL) return;
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    const kept = this.#over.get(id);
    if (kept === undefined) return;
    kept.forget();
    this.#over.delete(id);
    this.#overSize -= kept.run.journal.size;
  }
}
