import { createHash } from 'node:crypto';
import type { Json } from '@counterpart/schemas';
import { latinLetters } from '../../latin-letters.ts';
import { isArray, isObject, objectMember, textMember } from '../source/json-tree.ts';

/** What every client profile accepts as a property's key: OpenAI's and Gemini's characters, Anthropic's length. */
const LEGAL_KEY = /^[a-zA-Z0-9_-]{1,64}$/;

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
  const key = latinLetters(signed)
    .replaceAll(/[^a-zA-Z0-9_-]+/g, '_')
    .replaceAll(/__+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (key === '') return `key_${shortHash(name, 6)}`;
  return key.length <= 64 ? key : `${key.slice(0, 57)}_${shortHash(name, 6)}`;
}

/**
 * Gives legal keys for the property names of a document: `$type` → `type_`. A key stands for one name wherever it appears
 * and is never a name of its own, so renamed keys can be turned back without knowing where they stand; the `_` at its end
 * keeps it apart from the keys of free maps too. It depends on the document only, not on the order of asking.
 */
export function createLegalKeys(root: Json): (name: string) => string {
  let known: Claims | undefined;
  return (name) => {
    known ??= claimsOf(root);
    const plain = plainKey(name);
    const key = `${plain.slice(0, 63)}_`;
    const isFree = (known.wanted.get(plain) ?? 0) <= 1 && !known.names.has(key);
    return isFree ? key : `${plain.slice(0, 56)}_${shortHash(name, 6)}_`;
  };
}

interface Claims {
  /** Every property name of the document. */
  readonly names: ReadonlySet<string>;
  /** How many illegal names would like to have each key. */
  readonly wanted: ReadonlyMap<string, number>;
}

function claimsOf(root: Json): Claims {
  const names = new Set<string>();
  const stack: Json[] = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const name of Object.keys(objectMember(at, 'properties'))) names.add(name);
    const field = textMember(at, 'in') === 'formData' ? textMember(at, 'name') : undefined;
    if (field !== undefined) names.add(field);
    for (const child of isArray(at) ? at : isObject(at) ? Object.values(at) : []) {
      if (isArray(child) || isObject(child)) stack.push(child);
    }
  }
  const wanted = new Map<string, number>();
  for (const name of names) {
    if (!isLegalKey(name)) wanted.set(plainKey(name), (wanted.get(plainKey(name)) ?? 0) + 1);
  }
  return { names, wanted };
}
