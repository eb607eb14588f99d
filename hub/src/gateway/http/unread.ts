import type { ServerResponse } from 'node:http';

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
  readonly #waiting = new Set<ServerResponse>();

  constructor(limits: UnreadLimits) {
    this.#limits = limits;
  }

  /** To be called once an answer is written whole. */
  add(res: ServerResponse): void {
    if (res.writableLength === 0 || res.writableFinished) return;
    this.#waiting.add(res);
    const gone = (): void => void this.#waiting.delete(res);
    res.once('finish', gone);
    res.once('close', gone);
    res.setTimeout(this.#limits.unreadIdleMs, () => res.destroy());
    this.#bound();
  }

  #bound(): void {
    let bytes = 0;
    for (const res of this.#waiting) bytes += res.writableLength;
    for (const res of this.#waiting) {
      // The last one is as large as a server may make it, and may be read at full speed.
      if (bytes <= this.#limits.maxUnreadBytes || this.#waiting.size === 1) return;
      bytes -= res.writableLength;
      this.#waiting.delete(res);
      res.destroy();
    }
  }
}
