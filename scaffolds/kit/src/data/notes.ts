/** What was not as it should be in a source: each kind once, with its first line and how often it was met. */
export class Notes {
  readonly #met = new Map<string, { line: number; detail: string; count: number }>();

  /** `kind` is one sentence without a place; `detail` belongs to its first line. */
  add(kind: string, line: number, detail = ''): void {
    const known = this.#met.get(kind);
    if (known === undefined) this.#met.set(kind, { line, detail, count: 1 });
    else known.count += 1;
  }

  /** One sentence a kind. */
  list(): string[] {
    return [...this.#met].map(([kind, { line, detail, count }]) => {
      const times = count === 1 ? '' : `, ${count} such lines`;
      return `${kind} (line ${line}${detail === '' ? '' : `: ${detail}`}${times}).`;
    });
  }
}
