import type { Analysis, Outline } from './analysis.ts';
import { closeness, directionOf, type Corpus } from './closeness.ts';
import { Expansion, type Part } from './expansion.ts';
import type { WordVectors } from './meaning/word-vectors.ts';
import { readQuery, type Query } from './query.ts';
import { wordsOf } from './words.ts';

/** Okapi BM25: how soon more of one word stops counting, and how much a long definition is held against it. */
const SATURATION = 1.2;
const LENGTH_PENALTY = 0.6;

/** What a tool is worth that does something else to the thing than was asked for, and one that tells nothing. */
const OTHER_ACTION = 0.65;
const UNKNOWN_ACTION = 0.85;

/** Tools that are looked at closely, best by their words alone. */
const MOST_CANDIDATES = 200;

/** How much it counts that the tool's server is named. */
const MENTIONED = 0.4;

/** A tool with less of the best one's score cannot make up for it. */
const WORTH_A_LOOK = 0.15;

interface Posting {
  readonly tool: number;
  readonly weight: number;
}

interface Entry {
  readonly name: string;
  /** The server it is of. */
  readonly server: string;
  readonly outline: Outline;
}

/** By tool, and zero between two words of a query. */
interface Scratch {
  readonly weights: Float64Array;
  readonly shares: Float64Array;
}

interface Candidate {
  readonly entry: Entry;
  readonly score: number;
}

/** Tools by their words, in memory. Adding is cheap and can be spread over time; what was added is found at once. */
export class ToolIndex implements Corpus {
  readonly vectors: WordVectors | undefined;
  readonly #entries: Entry[] = [];
  readonly #postings = new Map<string, Posting[]>();
  /** Words of names and first lines. */
  readonly #leading = new Set<string>();
  /** Words of the names of servers. */
  readonly #servers = new Map<string, readonly string[]>();
  readonly #directions = new Map<Outline, Float32Array>();
  #expansion: Expansion | undefined;
  #totalLength = 0;

  /** With `vectors` words also meet that are merely used alike. */
  constructor(vectors?: WordVectors) {
    this.vectors = vectors;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(name: string, { weights, ...outline }: Analysis): void {
    const server = serverOf(name);
    if (!this.#servers.has(server)) this.#servers.set(server, wordsOf(server));
    const tool = this.#entries.push({ name, server, outline }) - 1;
    this.#totalLength += outline.length;
    this.#expansion = undefined;
    this.#directions.clear();
    for (const word of outline.own) this.#leading.add(word);
    for (const [word, weight] of weights) {
      const postings = this.#postings.get(word);
      if (postings) postings.push({ tool, weight });
      else this.#postings.set(word, [{ tool, weight }]);
    }
  }

  /** Names of the tools that fit best, best first; equal ones in order of name. */
  find(text: string, limit: number): string[] {
    this.#expansion ??= new Expansion({
      known: this.#postings,
      leading: this.#leading,
      vectors: this.vectors,
    });
    const query = readQuery(text, this.#expansion);
    const candidates = this.#candidates(query);
    const best = candidates[0]?.score ?? 1;
    const direction = directionOf(query.words, this);
    const mentioned = this.#mentionedIn(query);
    return candidates
      .map(({ entry: { name, server, outline }, score }) => ({
        name,
        score:
          score / best +
          closeness({ query, direction }, outline, this) +
          (mentioned.has(server) ? MENTIONED : 0),
      }))
      .toSorted((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
      .slice(0, limit)
      .map(({ name }) => name);
  }

  /** Servers whose name a query says: `my slack channels` are not those of another service. */
  #mentionedIn({ words }: Query): ReadonlySet<string> {
    const said = new Set(words);
    const servers = [...this.#servers].filter(
      ([, own]) => own.length > 0 && own.every((word) => said.has(word)),
    );
    return new Set(servers.map(([server]) => server));
  }

  rarityOf(word: string): number {
    return this.#rarity(this.#postings.get(word)?.length ?? 0);
  }

  directionOf(outline: Outline): Float32Array | undefined {
    const before = this.#directions.get(outline);
    if (before) return before;
    const direction = directionOf(outline.own, this);
    if (direction) this.#directions.set(outline, direction);
    return direction;
  }

  /** Those that share words with the query, by BM25 and by what they do. */
  #candidates(query: Query): Candidate[] {
    const scores = new Float64Array(this.size);
    const scratch = { weights: new Float64Array(this.size), shares: new Float64Array(this.size) };
    for (const parts of [...query.terms, query.verb]) this.#score(parts, scores, scratch);
    let best = 0;
    for (const [tool, { outline }] of this.#entries.entries()) {
      const score = (scores[tool] ?? 0) * fit(outline, query);
      scores[tool] = score;
      if (score > best) best = score;
    }
    const least = best * WORTH_A_LOOK;
    return this.#entries
      .flatMap((entry, tool): Candidate[] => {
        const score = scores[tool] ?? 0;
        return score > least ? [{ entry, score }] : [];
      })
      .toSorted((a, b) => b.score - a.score || (a.entry.name < b.entry.name ? -1 : 1))
      .slice(0, MOST_CANDIDATES);
  }

  #rarity(many: number): number {
    return Math.log(1 + Math.max(0, this.size - many + 0.5) / (many + 0.5));
  }

  /** All parts count as one word, so that a tool which has several of them is not preferred for that alone. */
  #score(parts: readonly Part[], scores: Float64Array, { weights, shares }: Scratch): void {
    const touched: number[] = [];
    let many = 0;
    for (const { word, weight } of parts) {
      for (const posting of this.#postings.get(word) ?? []) {
        const { tool } = posting;
        const share = shares[tool] ?? 0;
        if (share === 0) touched.push(tool);
        if (share < weight) {
          many += weight - share;
          shares[tool] = weight;
        }
        weights[tool] = Math.max(weights[tool] ?? 0, weight * posting.weight);
      }
    }
    const rarity = this.#rarity(many);
    const average = this.#totalLength / Math.max(1, this.size);
    for (const tool of touched) {
      const weight = weights[tool] ?? 0;
      const relative = (this.#entries[tool]?.outline.length ?? average) / average;
      const norm = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * relative);
      scores[tool] = (scores[tool] ?? 0) + (rarity * weight * (SATURATION + 1)) / (weight + norm);
      weights[tool] = 0;
      shares[tool] = 0;
    }
  }
}

/** The server's part of a tool's name in the hub. */
const serverOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('__')));

function fit({ action }: Outline, { wanted }: Query): number {
  if (wanted === undefined || action === wanted) return 1;
  return action === undefined ? UNKNOWN_ACTION : OTHER_ACTION;
}
