import type { ProcessSnapshot, Supervised } from '../../kernel/ports.ts';

/** The shared process as the one to look at; stopping or starting it anew ends the processes beside it, too. */
export class SupervisedWhole implements Supervised {
  readonly #shared: Supervised;
  readonly #endOthers: () => Promise<void>;

  constructor(shared: Supervised, endOthers: () => Promise<void>) {
    this.#shared = shared;
    this.#endOthers = endOthers;
  }

  get snapshot(): ProcessSnapshot {
    return this.#shared.snapshot;
  }

  ready(): Promise<void> {
    return this.#shared.ready();
  }

  touch(): void {
    this.#shared.touch();
  }

  observe(ok: boolean): void {
    this.#shared.observe(ok);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#endOthers(), this.#shared.stop()]);
  }

  async restart(): Promise<void> {
    await this.#endOthers();
    await this.#shared.restart();
  }

  reset(): void {
    this.#shared.reset();
  }

  stderr(): readonly string[] {
    return this.#shared.stderr();
  }

  async remove(): Promise<void> {
    await Promise.all([this.#endOthers(), this.#shared.remove()]);
  }
}
