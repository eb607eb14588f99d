import type { Unread } from '../../kernel/ports.ts';

export interface UnreadLimits {
  /** Bytes of answers that wait to be read, of all clients together; beyond it the one waiting for longest is cut off. */
  readonly maxUnreadBytes: number;
  /** A client that takes nothing of a waiting answer for so long is cut off. */
  readonly unreadIdleMs: number;
}

/** Answers that were given and are still being read: what bounds the memory that slow and stuck clients can take. */
export class UnreadAnswers {
  readonly #limits: UnreadLimits;
  /** In the order in which they were given. */
  readonly #waiting = new Set<Unread>();

  constructor(limits: UnreadLimits) {
    this.#limits = limits;
  }

  /** To be called once an answer is written whole. */
  add(answer: Unread): void {
    if (answer.unread === 0) return;
    this.#waiting.add(answer);
    answer.whenTaken(() => void this.#waiting.delete(answer));
    answer.limitIdle(this.#limits.unreadIdleMs);
    this.#bound();
  }

  #bound(): void {
    let bytes = 0;
    for (const { unread } of this.#waiting) bytes += unread;
    for (const answer of this.#waiting) {
      // The last one is as large as a server may make it, and may be read at full speed.
      if (bytes <= this.#limits.maxUnreadBytes || this.#waiting.size === 1) return;
      bytes -= answer.unread;
      this.#waiting.delete(answer);
      answer.cut();
    }
  }
}
