import { wantedAction, type Action } from './action.ts';
import type { Analysis } from './analysis.ts';
import { synonymsOf, wordsOf } from './words.ts';

/** Okapi BM25: how soon more of one word stops counting, and how much a long definition is held against it. */
const SATURATION = 1.2;
const LENGTH_PENALTY = 0.6;

/** What a tool is worth that does something else to the thing than was asked for, and one that tells nothing. */
const OTHER_ACTION = 0.65;
const UNKNOWN_ACTION = 0.85;

const SYNONYM_WEIGHT = 0.5;
const PREFIX_WEIGHT = 0.5;
const SHORTEST_PREFIX = 4;
const MOST_PREFIX_MATCHES = 20;
/** Words of a query that are looked at. */
const MOST_QUERY_WORDS = 32;

interface Posting {
  readonly tool: number;
  readonly weight: number;
}

interface Part {
  readonly word: string;
  readonly weight: number;
}

/** Tools by their words, in memory. Adding is cheap and can be spread over time; what was added is found at once. */
export class ToolIndex {
  readonly #names: string[] = [];
  readonly #lengths: number[] = [];
  readonly #actions: (Action | undefined)[] = [];
  readonly #postings = new Map<string, Posting[]>();
  #totalLength = 0;

  get size(): number {
    return this.#names.length;
  }

  add(name: string, { weights, length, action }: Analysis): void {
    const tool = this.#names.push(name) - 1;
    this.#lengths.push(length);
    this.#actions.push(action);
    this.#totalLength += length;
    for (const [word, weight] of weights) {
      const postings = this.#postings.get(word);
      if (postings) postings.push({ tool, weight });
      else this.#postings.set(word, [{ tool, weight }]);
    }
  }

  /** Names of the tools that fit best, best first; equal ones in order of name. */
  find(query: string, limit: number): string[] {
    const scores = new Map<number, number>();
    const words = [...new Set(wordsOf(query))].slice(0, MOST_QUERY_WORDS);
    for (const word of words) this.#score(this.#partsOf(word), scores);
    const wanted = wantedAction(query);
    return [...scores]
      .map(([tool, score]) => ({ name: this.#names[tool] ?? '', score: score * this.#fit(tool, wanted) }))
      .toSorted((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
      .slice(0, limit)
      .map(({ name }) => name);
  }

  #fit(tool: number, wanted: Action | undefined): number {
    const action = this.#actions[tool];
    if (wanted === undefined || action === wanted) return 1;
    return action === undefined ? UNKNOWN_ACTION : OTHER_ACTION;
  }

  /** A query's word with what stands for it: its synonyms, and longer or shorter forms where it is itself unknown. */
  #partsOf(word: string): Part[] {
    const known = this.#postings.has(word);
    const synonyms = synonymsOf(word).map((other) => ({ word: other, weight: SYNONYM_WEIGHT }));
    const forms = known ? [] : this.#forms(word).map((other) => ({ word: other, weight: PREFIX_WEIGHT }));
    return [{ word, weight: 1 }, ...synonyms, ...forms];
  }

  #forms(word: string): string[] {
    if (word.length < SHORTEST_PREFIX) return [];
    const forms: string[] = [];
    for (const other of this.#postings.keys()) {
      const kin = other.length >= SHORTEST_PREFIX && (other.startsWith(word) || word.startsWith(other));
      if (kin && forms.push(other) >= MOST_PREFIX_MATCHES) break;
    }
    return forms;
  }

  /** All parts count as one word, so that a tool which has several of them is not preferred for that alone. */
  #score(parts: readonly Part[], scores: Map<number, number>): void {
    const weights = new Map<number, number>();
    for (const { word, weight } of parts) {
      for (const posting of this.#postings.get(word) ?? [])
        weights.set(posting.tool, Math.max(weights.get(posting.tool) ?? 0, weight * posting.weight));
    }
    const rarity = Math.log(1 + (this.size - weights.size + 0.5) / (weights.size + 0.5));
    const average = this.#totalLength / Math.max(1, this.size);
    for (const [tool, weight] of weights) {
      const relative = (this.#lengths[tool] ?? average) / average;
      const norm = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * relative);
      const score = (rarity * weight * (SATURATION + 1)) / (weight + norm);
      scores.set(tool, (scores.get(tool) ?? 0) + score);
    }
  }
}
