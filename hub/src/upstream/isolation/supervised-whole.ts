import type { ProcessSnapshot, Supervised } from '../../kernel/ports.ts';
import type { Instances } from './instances.ts';

/** The shared process as the one to look at; stopping or starting it anew ends the processes beside it, too. */
export class SupervisedWhole implements Supervised {
  readonly #shared: Supervised;
  readonly #others: Pick<Instances, 'close' | 'stderr'>;

  constructor(shared: Supervised, others: Pick<Instances, 'close' | 'stderr'>) {
    this.#shared = shared;
    this.#others = others;
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
    await Promise.all([this.#others.close(), this.#shared.stop()]);
  }

  async restart(): Promise<void> {
    await this.#others.close();
    await this.#shared.restart();
  }

  reset(): void {
    this.#shared.reset();
  }

  stderr(): readonly string[] {
    return [...this.#shared.stderr(), ...this.#others.stderr()];
  }

  async remove(): Promise<void> {
    await Promise.all([this.#others.close(), this.#shared.remove()]);
  }
}
