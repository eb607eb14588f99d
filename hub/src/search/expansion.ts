import type { WordVectors } from './meaning/word-vectors.ts';
import { synonymsOf } from './meaning/synonyms.ts';
import { rootOf } from './words.ts';

/** How well another word stands for one of a query. */
const SYNONYM = 0.4;
/** `validation` for `valid`. */
const DERIVED = 0.6;
/** `kubernetes` for `kube`. */
const LONGER = 0.5;
/** At most, for a word that is used alike; less the less alike it is. */
const ALIKE = 0.5;
const LEAST_ALIKE = 0.51;
const MOST_ALIKE = 8;

const SHORTEST_PREFIX = 4;
const MOST_PREFIX_MATCHES = 20;
/** For a word that is written like one that is known. */
const MISSPELT = 0.5;
/** Letters that a word has for its spelling to be told from another word's. */
const SHORTEST_MISSPELT = 5;
/** The share of pieces of three letters that two spellings have in common. */
const LEAST_COMMON = 0.45;
const MOST_SPELLINGS = 3;
/** `pin` for `unpin`. */
const UNDONE = 0.6;

/** Words whose like are kept. */
const MOST_KEPT = 2_000;

/** A word that stands for one of a query, and how well: 1 for itself. */
export interface Part {
  readonly word: string;
  readonly weight: number;
}

export interface Vocabulary {
  /** Every word of an index. */
  readonly known: ReadonlyMap<string, unknown>;
  /** Those of names and first lines: only these are worth guessing at. */
  readonly leading: ReadonlySet<string>;
  readonly vectors: WordVectors | undefined;
}

/** What else may be meant by the words of a query, among those of an index. */
export class Expansion {
  readonly #words: Vocabulary;
  readonly #alike = new Map<string, readonly Part[]>();
  #roots: ReadonlyMap<string, readonly string[]> | undefined;
  #candidates: readonly string[] | undefined;

  constructor(words: Vocabulary) {
    this.#words = words;
  }

  /** A query's word with what stands for it. */
  partsOf(word: string): Part[] {
    const parts = new Map<string, number>([[word, 1]]);
    const put = (other: string, weight: number): void => {
      if ((parts.get(other) ?? 0) < weight) parts.set(other, weight);
    };
    for (const other of synonymsOf(word)) put(other, SYNONYM);
    for (const other of this.#derived(word)) put(other, DERIVED);
    if (!this.#words.known.has(word)) for (const other of this.#forms(word)) put(other, LONGER);
    for (const other of this.#undone(word)) put(other, UNDONE);
    for (const other of this.#alikeTo(word)) put(other.word, other.weight);
    // Nothing at all stands for it: it may be misspelt.
    if (parts.size === 1 && !this.#words.known.has(word))
      for (const other of this.#spelt(word)) put(other, MISSPELT);
    return [...parts].map(([other, weight]) => ({ word: other, weight }));
  }

  #derived(word: string): readonly string[] {
    this.#roots ??= Map.groupBy(this.#words.known.keys(), rootOf);
    return this.#roots.get(rootOf(word)) ?? [];
  }

  /** What `unpin` and `unsubscribe` take back, where tools speak of that. */
  #undone(word: string): readonly string[] {
    const [, rest] = /^un(.{3,})$/.exec(word) ?? [];
    return rest !== undefined && this.#words.leading.has(rest) ? [rest] : [];
  }

  /** Words of names and first lines that are written nearly like this one. */
  #spelt(word: string): readonly string[] {
    if (word.length < SHORTEST_MISSPELT || /\d/.test(word)) return [];
    const own = piecesOf(word);
    return [...this.#words.leading]
      .filter((other) => Math.abs(other.length - word.length) <= 2 && other.length >= SHORTEST_MISSPELT - 1)
      .map((other) => ({ other, common: inCommon(own, piecesOf(other)) }))
      .filter(({ common }) => common >= LEAST_COMMON)
      .toSorted((a, b) => b.common - a.common)
      .slice(0, MOST_SPELLINGS)
      .map(({ other }) => other);
  }

  /** Longer and shorter forms of a word that is itself unknown. */
  #forms(word: string): string[] {
    if (word.length < SHORTEST_PREFIX) return [];
    const forms: string[] = [];
    for (const other of this.#words.known.keys()) {
      const kin = other.length >= SHORTEST_PREFIX && (other.startsWith(word) || word.startsWith(other));
      if (kin && forms.push(other) >= MOST_PREFIX_MATCHES) break;
    }
    return forms;
  }

  #alikeTo(word: string): readonly Part[] {
    const { vectors, leading } = this.#words;
    const before = this.#alike.get(word);
    if (before || !vectors?.has(word)) return before ?? [];
    this.#candidates ??= [...leading].filter((other) => vectors.has(other));
    const found = this.#candidates
      .map((other) => ({ word: other, weight: vectors.likeness(word, other) }))
      .filter((other) => other.weight > LEAST_ALIKE && other.word !== word)
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, MOST_ALIKE)
      .map((other) => ({ ...other, weight: (ALIKE * (other.weight - LEAST_ALIKE)) / (1 - LEAST_ALIKE) }));
    if (this.#alike.size >= MOST_KEPT) this.#alike.clear();
    this.#alike.set(word, found);
    return found;
  }
}

/** Pieces of three letters, its ends included. */
function piecesOf(word: string): ReadonlySet<string> {
  const padded = `^${word}$`;
  return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
}

/** Share of pieces that two words have in common (Dice). */
const inCommon = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  (2 * [...a].filter((piece) => b.has(piece)).length) / (a.size + b.size);
