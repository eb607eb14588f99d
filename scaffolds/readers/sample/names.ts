import { latinLetters } from '../latin-letters.ts';

/** Words that tools of a source are named with: `list_orders`, `get_order`. */
export interface Nouns {
  readonly one: string;
  readonly many: string;
}

const LONGEST_NOUN = 28;

function singular(word: string): string {
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** Nouns from a file's or a member's name. */
export function nounsOf(name: string): Nouns {
  const word = latinLetters(name)
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase()
    .slice(0, LONGEST_NOUN)
    .replace(/_+$/, '');
  if (!/^[a-z]/.test(word)) return { one: 'row', many: 'rows' };
  const one = singular(word);
  return one === word ? { one, many: plural(word) } : { one, many: word };
}

/** Nouns for several kinds of rows, all different. */
export function distinctNouns(names: readonly string[]): Nouns[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const nouns = nounsOf(name);
    const isTaken = taken.has(nouns.many) || taken.has(nouns.one);
    const own = isTaken ? { one: `${nouns.one}_${index + 1}`, many: `${nouns.many}_${index + 1}` } : nouns;
    taken.add(own.many);
    taken.add(own.one);
    return own;
  });
}
