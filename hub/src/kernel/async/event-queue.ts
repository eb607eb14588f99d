/** Tells events until it resolves; `stop` is aborted with the asker's signal, or when nobody listens any more. */
export type Telling<T> = (tell: (event: T) => void, stop: AbortSignal) => Promise<void>;

/**
 * What is told, to be read in the reader's own time. It begins with the first read; a reader that stops ends it, and waits
 * until it has ended. One object serves all events: a chunk of an answer costs one promise here and no generator.
 */
export const listenTo = <T>(telling: Telling<T>, asker?: AbortSignal): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => new EventQueue(telling, asker),
});

/** Who waits for the next event. */
interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (cause: unknown) => void;
}

class EventQueue<T> implements AsyncIterator<T, undefined> {
  readonly #telling: Telling<T>;
  readonly #asker: AbortSignal | undefined;
  readonly #stop = new AbortController();
  #hasLeft = false;
  #told: IteratorYieldResult<T>[] = [];
  /** Of `#told`, what was read: shifting one by one would move the rest each time. */
  #read = 0;
  #work: Promise<void> | undefined;
  #waiting: Waiting<T> | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #hasEnded = false;

  constructor(telling: Telling<T>, asker: AbortSignal | undefined) {
    this.#telling = telling;
    this.#asker = asker;
  }

  /** As loops ask: not again before the last one is answered. No async function, which would cost two promises more an event. */
  next(): Promise<IteratorResult<T, undefined>> {
    this.#work ??= this.#begin();
    const result = this.#told[this.#read];
    if (result !== undefined) {
      this.#read += 1;
      if (this.#read === this.#told.length) [this.#told, this.#read] = [[], 0];
      return Promise.resolve(result);
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#hasEnded) this.#end();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#hasLeft = true;
    this.#stop.abort();
    [this.#told, this.#read, this.#failure] = [[], 0, undefined];
    await this.#work;
    this.#hasEnded = true;
    return { value: undefined, done: true };
  }

  /** What was told before is still read, then the reader's loop rejects with this. */
  #end(): void {
    const [waiting, failure] = [this.#waiting, this.#failure];
    if (waiting === undefined) return;
    [this.#waiting, this.#failure] = [undefined, undefined];
    if (failure === undefined) waiting.resolve({ value: undefined, done: true });
    else waiting.reject(failure.cause);
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
    this.#end();
  }

  #take(event: T): void {
    if (this.#hasLeft) return;
    const waiting = this.#waiting;
    if (waiting === undefined) return void this.#told.push({ value: event, done: false });
    this.#waiting = undefined;
    waiting.resolve({ value: event, done: false });
  }
}
