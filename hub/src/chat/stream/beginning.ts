import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CounterpartError } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { RunEvent } from '../../kernel/ports.ts';
import { answerError } from '../errors.ts';
import { whenGone } from '../request/gone.ts';
import { followOver } from './follow.ts';
import type { Journal } from './journal.ts';

/** How long a client waits for its status at most: less than what clients and proxies wait for the first byte. */
const LONGEST_MS = 5_000;

/** Whether an answer begins with something that is said or with why there is none: that is an error, and no stream. */
export class Beginning {
  #isKnown = false;
  #problem: CounterpartError | undefined;
  #take: ((problem: CounterpartError | undefined) => void) | undefined;

  /** To be told of every event, once what it says is written. Which model is asked says nothing yet. */
  tell(event: RunEvent): void {
    if (!this.#isKnown && event.type !== 'routed')
      this.settle(event.type === 'end' ? event.problem : undefined);
  }

  /** The first word counts. */
  settle(problem?: CounterpartError): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    this.#problem = problem;
    this.#take?.(problem);
  }

  /** Calls `take` once, at once where it is known already. */
  whenKnown(take: (problem: CounterpartError | undefined) => void): void {
    this.#take = take;
    if (this.#isKnown) take(this.#problem);
  }
}

export interface BegunStream {
  readonly journal: Journal;
  readonly beginning: Beginning;
  readonly clock: Clock;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Follows a journal from its first frame as soon as its answer has begun; one that fails before is answered with its error. */
export function followBegun(
  req: IncomingMessage,
  res: ServerResponse,
  { journal, beginning, clock, headers }: BegunStream,
): void {
  const cancel = clock.after(LONGEST_MS, () => beginning.settle());
  const stay = whenGone(res, () => {
    // It was a follower all the same, which has left.
    journal.follow(journal.next, { write: () => true, end: () => undefined }).leave();
  });
  beginning.whenKnown((problem) => {
    cancel();
    stay();
    if (res.destroyed) return;
    if (problem === undefined) followOver(req, res, journal, { from: 0, headers });
    else answerError(res, problem);
  });
}
