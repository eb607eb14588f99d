type Closer = () => void | Promise<unknown>;

/** What was opened, closed in reverse order; every step runs even when another fails. */
export class Scope {
  readonly #closers: Closer[] = [];
  #closing: Promise<void> | undefined;

  /** Registers how to close something, at the moment it is opened. */
  add(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** Closes all, once; rejects with the first failure after everything was tried. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const closer of this.#closers.toReversed()) {
      try {
        await closer();
      } catch (cause) {
        failures.push(cause);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  }
}
