import { hubError } from '@counterpart/schemas';
import type { CodeLimits } from '../../code/limits.ts';
import { runCode, type CodeOutcome, type CodeTask } from '../../code/run.ts';
import { isFull } from '../limits.ts';

/** Runs of models' code in this hub: so many at once, and none left when it closes. */
export class CodeRuns {
  readonly limits: CodeLimits;
  readonly #closing = new AbortController();
  /** Whose each run is. */
  readonly #running = new Map<symbol, string | undefined>();

  constructor(limits: CodeLimits) {
    this.limits = limits;
  }

  /** Rejects with CODE_BUSY when there are too many already, of all or of this person. */
  async run(task: CodeTask, person: string | undefined): Promise<CodeOutcome> {
    const taken = [...this.#running.values()];
    if (isFull(taken, person, this.limits.runs)) throw hubError('CODE_BUSY', { running: taken.length });
    const place = Symbol('run');
    this.#running.set(place, person);
    try {
      return await runCode({ ...task, signal: AbortSignal.any([task.signal, this.#closing.signal]) });
    } finally {
      this.#running.delete(place);
    }
  }

  /** Ends all runs. */
  close(): void {
    this.#closing.abort();
  }
}
