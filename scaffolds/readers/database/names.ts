import { createHash } from 'node:crypto';
import { latinLetters } from '../latin-letters.ts';
import { nounsOf, type Nouns } from '../sample/names.ts';

const LONGEST_KEY = 60;
/** Inputs of the tools themselves. */
const TAKEN = new Set([
  'with',
  'body',
  'fields',
  'limit',
  'cursor',
  'filters',
  'sort_by',
  'descending',
  '__proto__',
  'constructor',
  'prototype',
]);

/** What stands for a name without one letter that an input may have; the same for the same name, whatever stands beside it. */
const markOf = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 6);

/** A name as an input may be called: the name itself where it can be, else its letters and digits. */
export function keyOf(name: string, kind: 'table' | 'column' | 'relation'): string {
  const plain = /^[A-Za-z_]\w*$/.test(name)
    ? name
    : latinLetters(name)
        .replaceAll(/\W+/g, '_')
        .replaceAll(/^_+|_+$/g, '');
  const key = (
    plain === '' ? `${kind}_${markOf(name)}` : /^\d/.test(plain) ? `${kind}_${plain}` : plain
  ).slice(0, LONGEST_KEY);
  return TAKEN.has(key) && kind === 'column' ? `${key}_column` : key;
}

/** The same keys, with a number behind each that was there before, whatever its case. */
export function distinctKeys(keys: readonly string[]): string[] {
  const taken = new Set<string>();
  return keys.map((key) => {
    let own = key;
    for (let count = 2; taken.has(own.toLowerCase()); count += 1) own = `${key}_${count}`;
    taken.add(own.toLowerCase());
    return own;
  });
}

/** For names that a database tells apart by their case alone, other ones; undefined for those that stay. */
export function mirrorNames(names: readonly string[]): (string | undefined)[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let count = 2; taken.has(asciiLower(own)); count += 1) own = `${name} (${count})`;
    taken.add(asciiLower(own));
    return own === name ? undefined : own;
  });
}

/** What SQLite takes for the same. */
const asciiLower = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** What the row behind a foreign key is called: `customer` for `customer_id`, else the table's own noun. */
export function relationName(columns: readonly string[], table: string): string {
  const [only = ''] = columns;
  const stem = columns.length === 1 ? only.replace(/_?(?:id|uuid|key|code|no|nr)$/i, '') : '';
  return stem !== '' && stem !== only ? stem : nounsOf(table).one;
}

/** Words that are their own plural. */
const UNCOUNTED =
  /(?:people|children|men|data|news|series|species|staff|equipment|information|media|inventory|stock|history|metadata)$/i;

/** Keys that end in a mark of `markOf`. */
const MARKED = /_[0-9a-f]{6}$/;

/** Words that the tools of a table are named with. */
export function tableNouns(key: string): Nouns {
  const nouns = nounsOf(key);
  return UNCOUNTED.test(key) || MARKED.test(key) ? { one: nouns.one, many: nouns.one } : nouns;
}
