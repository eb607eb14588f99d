import type { Outline } from './analysis.ts';
import type { WordVectors } from './meaning/word-vectors.ts';
import type { Query } from './query.ts';

/** What the tools of an index have in common. */
export interface Corpus {
  readonly vectors: WordVectors | undefined;
  /** How much a word tells tools apart. */
  rarityOf(word: string): number;
  /** Where what a tool is about points to. */
  directionOf(outline: Outline): Float32Array | undefined;
}

/** How much each way of being close counts, beside at most 1 for the words a tool is found by. */
const COVERED = 0.4;
const MEANT = 0.2;
const PAIRED = 0.1;
const SAME_OBJECT = 0.075;
const OTHER_EXTENT = 0.05;
const DEPRECATED = 0.05;

interface Asked {
  readonly query: Query;
  readonly direction: Float32Array | undefined;
}

/**
 * How close a tool is to a query beyond sharing words with it: whether it is about nothing else, about the same in other
 * words, has the words side by side, acts on what the query names first, and means one or many as the query does.
 */
export function closeness({ query, direction }: Asked, outline: Outline, corpus: Corpus): number {
  const other = query.extent !== undefined && outline.extent !== undefined && query.extent !== outline.extent;
  const object = outline.object === undefined ? 0 : (query.near.get(outline.object) ?? 0);
  return (
    COVERED * coverage(query, outline, corpus) +
    MEANT * cosine(direction, corpus.directionOf(outline)) +
    PAIRED * paired(query, outline) +
    SAME_OBJECT * object -
    (other ? OTHER_EXTENT : 0) -
    (outline.isDeprecated ? DEPRECATED : 0)
  );
}

/** The share of what a tool is about that was asked for: one for something more special has less of it. */
function coverage({ near }: Query, { own }: Outline, corpus: Corpus): number {
  let all = 0;
  let met = 0;
  for (const word of own) {
    const rarity = corpus.rarityOf(word);
    all += rarity;
    met += rarity * (near.get(word) ?? 0);
  }
  return all === 0 ? 0 : met / all;
}

function paired({ pairs, terms }: Query, { lines }: Outline): number {
  if (terms.length < 2) return 0;
  const found = new Map<string, number>();
  for (const line of lines)
    for (let at = 1; at < line.length; at += 1) {
      const pair = `${line[at - 1]} ${line[at]}`;
      const weight = pairs.get(pair);
      if (weight !== undefined) found.set(pair, weight);
    }
  const sum = [...found.values()].reduce((total, weight) => total + weight, 0);
  return Math.min(1, sum / (terms.length - 1));
}

/** Of length 1: the mean of what words mean, rare ones first; undefined without vectors. */
export function directionOf(words: readonly string[], corpus: Corpus): Float32Array | undefined {
  const { vectors } = corpus;
  if (!vectors) return undefined;
  const sum = new Float32Array(vectors.dimensions);
  for (const word of words) vectors.add(sum, word, corpus.rarityOf(word));
  let square = 0;
  for (const one of sum) square += one * one;
  const length = Math.sqrt(square) || 1;
  return sum.map((one) => one / length);
}

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return 0;
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
