/** Tells events until it resolves; `stop` is aborted with the asker's signal, or when nobody listens any more. */
export type Telling<T> = (tell: (event: T) => void, stop: AbortSignal) => Promise<void>;

/**
 * What is told, to be read in the reader's own time. It begins with the first read; a reader that stops ends it, and waits
 * until it has ended. One object serves all events: a chunk of an answer costs one promise here and no generator.
 */
export const listenTo = <T>(telling: Telling<T>, asker?: AbortSignal): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => new EventQueue(telling, asker),
});

class EventQueue<T> implements AsyncIterator<T, undefined> {
  readonly #telling: Telling<T>;
  readonly #asker: AbortSignal | undefined;
  readonly #stop = new AbortController();
  #hasLeft = false;
  #waiting: IteratorYieldResult<T>[] = [];
  /** Of `#waiting`, what was read: shifting one by one would move the rest each time. */
  #read = 0;
  #work: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #hasEnded = false;

  constructor(telling: Telling<T>, asker: AbortSignal | undefined) {
    this.#telling = telling;
    this.#asker = asker;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    this.#work ??= this.#begin();
    for (;;) {
      const result = this.#waiting[this.#read];
      if (result !== undefined) {
        this.#read += 1;
        if (this.#read === this.#waiting.length) [this.#waiting, this.#read] = [[], 0];
        return result;
      }
      if (this.#hasEnded) return this.#end();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#hasLeft = true;
    this.#stop.abort();
    [this.#waiting, this.#read, this.#failure] = [[], 0, undefined];
    await this.#work;
    this.#hasEnded = true;
    return { value: undefined, done: true };
  }

  /** What was told before is still read, then the reader's loop rejects with this. */
  #end(): IteratorResult<T, undefined> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.cause;
    return { value: undefined, done: true };
  }

  /** The asker is followed by hand: a signal of `AbortSignal.any` costs until a collection finds it. */
  async #begin(): Promise<void> {
    const follow = (): void => this.#stop.abort(this.#asker?.reason);
    if (this.#asker?.aborted === true) follow();
    else this.#asker?.addEventListener('abort', follow, { once: true });
    try {
      await this.#telling((event) => this.#take(event), this.#stop.signal);
    } catch (cause) {
      if (!this.#hasLeft) this.#failure = { cause };
    }
    this.#asker?.removeEventListener('abort', follow);
    this.#hasEnded = true;
    this.#wake?.();
  }

  #take(event: T): void {
    if (this.#hasLeft) return;
    this.#waiting.push({ value: event, done: false });
    this.#wake?.();
  }
}
