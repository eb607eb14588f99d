import { hubError } from '@counterpart/schemas';
import type { CodeLimits } from '../../code/limits.ts';
import { runCode, type CodeOutcome, type CodeTask } from '../../code/run.ts';

/** Runs of models' code in this hub: so many at once, and none left when it closes. */
export class CodeRuns {
  readonly limits: CodeLimits;
  readonly #closing = new AbortController();
  #running = 0;

  constructor(limits: CodeLimits) {
    this.limits = limits;
  }

  /** Rejects with CODE_BUSY when there are too many already. */
  async run(task: CodeTask): Promise<CodeOutcome> {
    const { runs } = this.limits;
    if (this.#running >= runs) throw hubError('CODE_BUSY', { limit: runs });
    this.#running += 1;
    try {
      return await runCode({ ...task, signal: AbortSignal.any([task.signal, this.#closing.signal]) });
    } finally {
      this.#running -= 1;
    }
  }

  /** Ends all runs. */
  close(): void {
    this.#closing.abort();
  }
}
