/** Tells events until it resolves; `stop` is aborted with the asker's signal, or when nobody listens any more. */
export type Telling<T> = (tell: (event: T) => void, stop: AbortSignal) => Promise<void>;

/** What is done with an event; while what it gives is not resolved, nothing more is taken. */
export type Take<T> = (event: T) => Promise<void> | undefined;

/**
 * What is told, to be read in the reader's own time. It begins with the first read; a reader that stops ends it, and waits
 * until it has ended. A loop costs one promise an event and no generator, `hear` not even that.
 */
export const listenTo = <T>(telling: Telling<T>, asker?: AbortSignal): AsyncIterable<T> =>
  new Told(telling, asker);

/**
 * Takes all that a source says, as a loop over it would, and ends as that would. What `listenTo` made is taken in the very turn
 * in which it is told, so that a piece of an answer goes from its provider to its reader without waiting for promises.
 */
export async function hear<T>(source: AsyncIterable<T>, take: Take<T>): Promise<void> {
  if (source instanceof Told) return await new Hearing<T>(take).listen(source as Told<T>); // As it is declared.
  for await (const event of source) await take(event);
}

class Told<T> implements AsyncIterable<T> {
  readonly #telling: Telling<T>;
  readonly #asker: AbortSignal | undefined;

  constructor(telling: Telling<T>, asker: AbortSignal | undefined) {
    this.#telling = telling;
    this.#asker = asker;
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return new EventQueue(this);
  }

  /** The asker is followed by hand: a signal of `AbortSignal.any` costs until a collection finds it. */
  async begin(tell: (event: T) => void, stop: AbortController): Promise<void> {
    const asker = this.#asker;
    const follow = (): void => stop.abort(asker?.reason);
    if (asker?.aborted === true) follow();
    else asker?.addEventListener('abort', follow, { once: true });
    try {
      await this.#telling(tell, stop.signal);
    } finally {
      asker?.removeEventListener('abort', follow);
    }
  }
}

/** One that takes events as they are told, and lets them wait while it cannot take more. */
class Hearing<T> {
  readonly #take: Take<T>;
  readonly #stop = new AbortController();
  #held: T[] = [];
  #resting: Promise<void> | undefined;
  #failure: { readonly cause: unknown } | undefined;

  constructor(take: Take<T>) {
    this.#take = take;
  }

  async listen(told: Told<T>): Promise<void> {
    try {
      await told.begin((event) => this.#hear(event), this.#stop);
    } catch (cause) {
      await this.#resting;
      this.#failure ??= { cause };
    }
    await this.#resting;
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  #hear(event: T): void {
    if (this.#failure !== undefined) return;
    if (this.#resting !== undefined) return void this.#held.push(event);
    try {
      const rest = this.#take(event);
      if (rest !== undefined) this.#resting = this.#rest(rest);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  async #rest(rest: Promise<void>): Promise<void> {
    try {
      await rest;
      // Grows while it is gone through.
      for (const event of this.#held) await this.#take(event);
    } catch (cause) {
      this.#fail(cause);
    }
    [this.#held, this.#resting] = [[], undefined];
  }

  /** Who takes has failed: what else the telling comes to is nobody's concern. */
  #fail(cause: unknown): void {
    this.#failure = { cause };
    this.#stop.abort();
  }
}

/** Who waits for the next event. */
interface Waiting<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (cause: unknown) => void;
}

class EventQueue<T> implements AsyncIterator<T, undefined> {
  readonly #source: Told<T>;
  readonly #stop = new AbortController();
  #hasLeft = false;
  #told: IteratorYieldResult<T>[] = [];
  /** Of `#told`, what was read: shifting one by one would move the rest each time. */
  #read = 0;
  #work: Promise<void> | undefined;
  #waiting: Waiting<T> | undefined;
  #failure: { readonly cause: unknown } | undefined;
  #hasEnded = false;

  constructor(source: Told<T>) {
    this.#source = source;
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

  async #begin(): Promise<void> {
    try {
      await this.#source.begin((event) => this.#take(event), this.#stop);
    } catch (cause) {
      if (!this.#hasLeft) this.#failure = { cause };
    }
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
