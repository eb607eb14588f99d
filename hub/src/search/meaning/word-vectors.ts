import { readFile } from 'node:fs/promises';

/** What common words of English mean, as directions: those that are used alike point the same way. */
export class WordVectors {
  readonly dimensions: number;
  readonly #places: ReadonlyMap<string, number>;
  readonly #values: Int8Array;
  /** One divided by the length of each. */
  readonly #scales: Float32Array;

  /** Reads what `hub/gen/word-vectors.ts` wrote: number of words, dimensions, bytes of the words; words; values. */
  constructor(bytes: Buffer) {
    const count = bytes.readUInt32LE(0);
    const textBytes = bytes.readUInt32LE(8);
    const start = 12 + textBytes;
    this.dimensions = bytes.readUInt32LE(4);
    const words = bytes.toString('utf8', 12, start).split('\n');
    this.#places = new Map(words.map((word, place) => [word, place * this.dimensions]));
    this.#values = new Int8Array(bytes.buffer, bytes.byteOffset + start, count * this.dimensions);
    this.#scales = Float32Array.from(words, (_, place) => 1 / this.#length(place * this.dimensions));
  }

  has(word: string): boolean {
    return this.#places.has(word);
  }

  /** From -1 to 1; 0 for words that are unknown. */
  likeness(a: string, b: string): number {
    const [one, other] = [this.#places.get(a), this.#places.get(b)];
    if (one === undefined || other === undefined) return 0;
    let sum = 0;
    for (let at = 0; at < this.dimensions; at += 1)
      sum += (this.#values[one + at] ?? 0) * (this.#values[other + at] ?? 0);
    return sum * this.#scaleOf(one) * this.#scaleOf(other);
  }

  /** Adds a word's direction so many times; nothing for one that is unknown. */
  add(sum: Float32Array, word: string, times: number): void {
    const place = this.#places.get(word);
    if (place === undefined) return;
    const scale = times * this.#scaleOf(place);
    for (let at = 0; at < this.dimensions; at += 1)
      sum[at] = (sum[at] ?? 0) + scale * (this.#values[place + at] ?? 0);
  }

  #scaleOf(place: number): number {
    return this.#scales[place / this.dimensions] ?? 0;
  }

  #length(place: number): number {
    let square = 0;
    for (const value of this.#values.subarray(place, place + this.dimensions)) square += value * value;
    return Math.sqrt(square) || 1;
  }
}

let loading: Promise<WordVectors> | undefined;

/** Reads the table when the first search comes: a hub that nobody searches does not hold it. */
export function loadWordVectors(): Promise<WordVectors> {
  loading ??= readFile(new URL('word-vectors.bin', import.meta.url)).then((bytes) => new WordVectors(bytes));
  return loading;
}
