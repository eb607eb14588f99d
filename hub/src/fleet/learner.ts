import { toCounterpartError } from '@counterpart/schemas';
import { retryDelay } from '../kernel/async/retry-delay.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Member } from './member.ts';

const LONGEST_RETRY_MS = 60_000;
/** What may be otherwise later without anybody doing anything here. */
const PASSING: ReadonlySet<string> = new Set(['UPSTREAM_UNREACHABLE', 'UPSTREAM_LOST']);

interface LearnerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether a server is to be offered and nothing of it is. */
  readonly isUnlisted: (member: Member) => boolean;
}

/**
 * Asks servers what they offer. A program that does not start is started again by its supervisor; an address that does not
 * answer is asked again here, ever later, since nobody can call what is not listed.
 */
export class Learner {
  readonly #options: LearnerOptions;
  readonly #waiting = new Map<Member['upstream'], () => void>();

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  learn(member: Member, failures = 0): void {
    const { desired, upstream } = member;
    this.#waiting.get(upstream)?.();
    this.#waiting.delete(upstream);
    upstream.refresh().catch((cause: unknown) => {
      const { code, message: problem } = toCounterpartError(cause);
      this.#options.log.warn({ server: desired.id, problem }, 'server could not be listed');
      if (PASSING.has(code)) this.again(member, failures);
    });
  }

  /** Asks a remote server after a while, unless it is listed by then. */
  again(member: Member, failures = 0): void {
    const { upstream, desired } = member;
    if (desired.origin.kind !== 'remote') return;
    const { clock, isUnlisted } = this.#options;
    this.#waiting.get(upstream)?.();
    const ask = (): void => {
      this.#waiting.delete(upstream);
      if (isUnlisted(member)) this.learn(member, failures + 1);
    };
    this.#waiting.set(upstream, clock.after(retryDelay(failures, LONGEST_RETRY_MS), ask));
  }

  close(): void {
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
