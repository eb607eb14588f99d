/** Tells events until it resolves; `left` is aborted when nobody listens any more, and ends it soon after. */
export type Telling<T> = (tell: (event: T) => void, left: AbortSignal) => Promise<void>;

/**
 * What is told, to be read in the reader's own time. It begins with the first read; a reader that stops ends it, and waits
 * until it has ended. One object serves all events: a chunk of an answer costs one promise here and no generator.
 */
export const listenTo = <T>(telling: Telling<T>): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => new EventQueue(telling),
});

class EventQueue<T> implements AsyncIterator<T, undefined> {
  readonly #telling: Telling<T>;
  readonly #left = new AbortController();
  #waiting: IteratorYieldResult<T>[] = [];
  /** Of `#waiting`, what was read: shifting one by one would move the rest each time. */
  #read = 0;
  #work: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #hasEnded = false;

  constructor(telling: Telling<T>) {
    this.#telling = telling;
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
    this.#left.abort();
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

  async #begin(): Promise<void> {
    try {
      await this.#telling((event) => this.#take(event), this.#left.signal);
    } catch (cause) {
      if (!this.#left.signal.aborted) this.#failure = { cause };
    }
    this.#hasEnded = true;
    this.#wake?.();
  }

  #take(event: T): void {
    if (this.#left.signal.aborted) return;
    this.#waiting.push({ value: event, done: false });
    this.#wake?.();
  }
}
