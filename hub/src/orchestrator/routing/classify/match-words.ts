/** Words that speak for something: exact ones, beginnings (`word*`), phrases, and pieces of scripts without blanks. */
export interface Lexicon {
  readonly words: ReadonlyMap<string, readonly Entry[]>;
  readonly stems: ReadonlyMap<string, readonly Entry[]>;
  /** First letters of all of `stems`: most words begin otherwise. */
  readonly heads: ReadonlySet<string>;
  readonly phrases: ReadonlyMap<string, readonly Phrase[]>;
  readonly pieces: readonly (readonly [text: string, entry: Entry])[];
}

interface Entry {
  readonly kind: string;
  readonly weight: number;
  readonly written: string;
}

interface Phrase {
  readonly words: readonly string[];
  readonly entry: Entry;
}

/** Length of the beginnings that are looked up. */
const STEM = { least: 3, most: 14 };
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]/;
const WORD = /[\p{L}\p{N}_+#]+(?:['’.-][\p{L}\p{N}_+#]+)*/gu;

/** The words of a text, in lower case. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};

/** Makes a lexicon of lists by kind: entries between commas; `!` at the end counts twice. */
export function compileLexicon(lists: Readonly<Record<string, string | readonly string[]>>): Lexicon {
  const words = new Map<string, Entry[]>();
  const stems = new Map<string, Entry[]>();
  const phrases = new Map<string, Phrase[]>();
  const pieces: [string, Entry][] = [];
  for (const [kind, list] of Object.entries(lists))
    for (const raw of typeof list === 'string' ? list.split(/[,\n]/) : list) {
      const weight = raw.trim().endsWith('!') ? 2 : 1;
      const written = raw.trim().replace(/!$/, '').toLowerCase();
      if (written === '') continue;
      const entry = { kind, weight, written };
      const parts = wordsOf(written);
      if (UNSPACED.test(written)) pieces.push([written, entry]);
      else if (parts.length > 1) push(phrases, parts[0] ?? '', { words: parts, entry });
      else if (written.endsWith('*')) push(stems, written.slice(0, -1), entry);
      else push(words, parts[0] ?? written, entry);
    }
  const heads = new Set([...stems.keys()].map((stem) => stem.slice(0, STEM.least)));
  return { words, stems, heads, phrases, pieces };
}

/** What was found of each kind: the weights of distinct entries, added up. */
export function matchLexicon(lexicon: Lexicon, words: readonly string[], text: string): Map<string, number> {
  const found = new Set<Entry>();
  const take = (entries: readonly Entry[] | undefined) => {
    for (const entry of entries ?? []) found.add(entry);
  };
  for (const [index, word] of words.entries()) {
    take(lexicon.words.get(word));
    if (lexicon.heads.has(word.slice(0, STEM.least)))
      for (let length = STEM.least; length <= Math.min(STEM.most, word.length); length += 1)
        take(lexicon.stems.get(word.slice(0, length)));
    for (const phrase of lexicon.phrases.get(word) ?? [])
      if (phrase.words.every((part, offset) => words[index + offset] === part)) found.add(phrase.entry);
  }
  const lower = lexicon.pieces.length === 0 || !UNSPACED.test(text) ? undefined : text.toLowerCase();
  if (lower !== undefined)
    for (const [piece, entry] of lexicon.pieces) if (lower.includes(piece)) found.add(entry);
  const sums = new Map<string, number>();
  for (const { kind, weight } of found) sums.set(kind, (sums.get(kind) ?? 0) + weight);
  return sums;
}
