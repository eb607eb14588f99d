/** Characters by which a value is found; shorter values are not kept. */
const STEM = 6;
const SLOTS = 1 << 16;
const MAX_VALUES = 50_000;

/** Secret values, looked for in texts in one walk however many there are. */
export class KnownValues {
  readonly #byStem = new Map<string, string[]>();
  readonly #all = new Set<string>();
  /** Which beginnings of three characters occur: nearly every place of a text is passed over by it. */
  readonly #begins = new Uint8Array(SLOTS);

  get size(): number {
    return this.#all.size;
  }

  has(value: string): boolean {
    return this.#all.has(value);
  }

  add(value: string): void {
    if (value.length < STEM || this.#all.has(value) || this.#all.size >= MAX_VALUES) return;
    this.#all.add(value);
    const stem = value.slice(0, STEM);
    const others = this.#byStem.get(stem) ?? [];
    // The longest is tried first, so that no tail of a secret is left standing.
    this.#byStem.set(
      stem,
      [...others, value].toSorted((a, b) => b.length - a.length),
    );
    this.#begins[slotOf(value, 0)] = 1;
  }

  /** The text with `mark` for each of the values in it. */
  replaceIn(text: string, mark: string): string {
    if (this.#all.size === 0 || text.length < STEM) return text;
    let made = '';
    let from = 0;
    for (let at = 0; at <= text.length - STEM; at += 1) {
      if (this.#begins[slotOf(text, at)] === 0) continue;
      const found = this.#byStem.get(text.slice(at, at + STEM))?.find((value) => text.startsWith(value, at));
      if (found === undefined) continue;
      made += text.slice(from, at) + mark;
      from = at + found.length;
      at = from - 1;
    }
    return from === 0 ? text : made + text.slice(from);
  }
}

const slotOf = (text: string, at: number): number =>
  (text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2)) % SLOTS;
