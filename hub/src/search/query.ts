import { bareVerb } from './analysis.ts';
import { extentOf, isPlainVerb, wantedAction, withoutManners, type Action, type Extent } from './action.ts';
import type { Expansion, Part } from './expansion.ts';
import { wordsMeant } from './meaning/phrases.ts';
import { wordsOf } from './words.ts';

/** What somebody looks for. */
export interface Query {
  /** What it is about: its words without a plain verb that leads them, and what it means without saying so. */
  readonly words: readonly string[];
  /** For each word all that stand for it. */
  readonly terms: readonly (readonly Part[])[];
  /** What stands for the plain verb that leads it: what tools are found by whose name ends with it. */
  readonly verb: readonly Part[];
  /** Every word of the terms with the best of its weights. */
  readonly near: ReadonlyMap<string, number>;
  /** Two words that follow each other, as `pull request`, also in other words. */
  readonly pairs: ReadonlyMap<string, number>;
  readonly wanted: Action | undefined;
  readonly extent: Extent | undefined;
}

/** How well the verb of a name stands for what is asked: less than anything that names the thing. */
const ENDING_VERB = 0.2;

/** Words of a query that are looked at. */
const MOST_WORDS = 32;
/** Of a text, in characters; a question is shorter. */
const MOST_TEXT = 1_000;

/** Reads a query against the words of an index. */
export function readQuery(asked: string, expansion: Expansion): Query {
  const text = withoutManners(asked.slice(0, MOST_TEXT).trim()) || asked.slice(0, MOST_TEXT);
  const words = contentWords(text);
  const terms = words.map((word) => expansion.partsOf(word));
  return {
    words,
    terms,
    verb: verbOf(text, words),
    near: nearOf(terms),
    pairs: pairsOf(terms),
    wanted: wantedAction(text),
    extent: extentOf(text),
  };
}

function contentWords(text: string): string[] {
  const said = wordsOf(text);
  const [first] = said;
  const rest = first !== undefined && isPlainVerb(first) && said.length > 1 ? said.slice(1) : said;
  return [...new Set([...rest, ...wordsOf(wordsMeant(text))])].slice(0, MOST_WORDS);
}

function verbOf(text: string, words: readonly string[]): Part[] {
  const [verb] = wordsOf(text);
  if (verb === undefined || words.includes(verb)) return [];
  return [{ word: bareVerb(verb), weight: ENDING_VERB }];
}

function nearOf(terms: readonly (readonly Part[])[]): Map<string, number> {
  const near = new Map<string, number>();
  for (const { word, weight } of terms.flat()) near.set(word, Math.max(near.get(word) ?? 0, weight));
  return near;
}

function pairsOf(terms: readonly (readonly Part[])[]): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const [at, seconds] of terms.entries())
    for (const first of terms[at - 1] ?? [])
      for (const second of seconds) {
        const pair = `${first.word} ${second.word}`;
        pairs.set(pair, Math.max(pairs.get(pair) ?? 0, first.weight * second.weight));
      }
  return pairs;
}
