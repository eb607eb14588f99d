import type { Clock } from '../../../kernel/clock.ts';

/**
 * Ends a wait that is too long, and follows the asker's own signal. One timer serves all pieces of an answer: what a piece
 * costs is an assignment.
 */
export class Deadline {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #follow: () => void;
  #dueAt: number | undefined;
  #reason: () => Error = () => new Error();
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(outer: AbortSignal, clock: Clock) {
    this.#clock = clock;
    this.#outer = outer;
    this.#follow = () => this.#controller.abort(outer.reason);
    if (outer.aborted) this.#follow();
    else outer.addEventListener('abort', this.#follow, { once: true });
  }

  /** Aborts with the asker's reason, or with that of the wait that was too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on something is waited for, until this moment (milliseconds since the epoch). */
  until(at: number, reason: () => Error): void {
    this.#dueAt = at;
    this.#reason = reason;
    if (this.#timer === undefined || this.#timer.at > at) this.#arm(at);
  }

  /** Nothing is waited for. */
  rest(): void {
    this.#dueAt = undefined;
  }

  close(): void {
    this.rest();
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#outer.removeEventListener('abort', this.#follow);
  }

  #arm(at: number): void {
    this.#timer?.cancel();
    const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#elapsed());
    this.#timer = { at, cancel };
  }

  #elapsed(): void {
    this.#timer = undefined;
    if (this.#dueAt === undefined) return;
    if (this.#clock.now() >= this.#dueAt) this.#controller.abort(this.#reason());
    else this.#arm(this.#dueAt);
  }
}

/** Resolves after the time, or rejects with the signal's reason before. */
export async function pause(delayMs: number, signal: AbortSignal, clock: Clock): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => {
      cancel();
      reject(signal.reason as Error); // As whoever aborted gave it.
    };
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', leave);
      resolve();
    });
    signal.addEventListener('abort', leave, { once: true });
  });
}
