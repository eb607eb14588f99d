import { createHash } from 'node:crypto';
import type { Json } from '@counterpart/schemas';
import { isArray, isObject } from './json-tree.ts';

/** What every client profile accepts as a property's key: OpenAI's and Gemini's characters, Anthropic's length. */
export const LEGAL_KEY = /^[a-zA-Z0-9_-]{1,64}$/;

/** True for a key that every client accepts. */
export const isLegalKey = (key: string): boolean => LEGAL_KEY.test(key);

/** The first `length` hex digits of a text's SHA-256. */
export const shortHash = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/\[\]/g, ''],
  [/>=/g, '_gte_'],
  [/<=/g, '_lte_'],
  [/!=/g, '_ne_'],
  [/>/g, '_gt_'],
  [/</g, '_lt_'],
];

/** A legal key close to a name: `created[gte]` → `created_gte`, `StartTime>` → `StartTime_gt`, `$filter` → `filter`. */
export function plainKey(name: string): string {
  const signed = SIGNS.reduce((text, [sign, word]) => text.replaceAll(sign, word), name);
  const key = signed
    .replaceAll(/[^a-zA-Z0-9_-]+/g, '_')
    .replaceAll(/__+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (key === '') return `key_${shortHash(name, 6)}`;
  return key.length <= 64 ? key : `${key.slice(0, 57)}_${shortHash(name, 6)}`;
}

/**
 * Gives legal keys for the property names of a document. A key stands for one name wherever it appears and is never
 * a name of its own, so renamed keys can be turned back without knowing where they stand. Which key a name gets depends on
 * the document only, not on the order of asking.
 */
export function createLegalKeys(root: Json): (name: string) => string {
  let taken: Map<string, number> | undefined;
  return (name) => {
    taken ??= claims(root);
    const key = plainKey(name);
    return (taken.get(key) ?? 0) > 1 ? `${key.slice(0, 57)}_${shortHash(name, 6)}` : key;
  };
}

/** How many names of the document want each key; a legal name that is wanted by an illegal one counts twice. */
function claims(root: Json): Map<string, number> {
  const names = new Set<string>();
  const stack: Json[] = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isObject(at)) for (const key of Object.keys(at)) names.add(key);
    for (const child of isArray(at) ? at : isObject(at) ? Object.values(at) : []) {
      if (isArray(child) || isObject(child)) stack.push(child);
    }
  }
  const wanted = new Map<string, number>();
  for (const name of names) {
    const key = isLegalKey(name) ? name : plainKey(name);
    wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  return wanted;
}
