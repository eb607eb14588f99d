/** Texts seen lately; the oldest makes room for the newest. */
export class Remembered {
  readonly #most: number;
  /** Made with the first text: most sessions never need it. */
  #texts: Set<string> | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  add(text: string): void {
    this.#texts ??= new Set();
    this.#texts.delete(text);
    this.#texts.add(text);
    if (this.#texts.size <= this.#most) return;
    for (const oldest of this.#texts) {
      this.#texts.delete(oldest);
      return;
    }
  }

  has(text: string): boolean {
    return this.#texts?.has(text) === true;
  }
}
