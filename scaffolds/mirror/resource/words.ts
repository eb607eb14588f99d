/** What a thing is called: by its collection, and by what paths call its identifier. */
export interface Called {
  readonly noun: string;
  readonly parameter?: string | undefined;
}

/** A name without case and punctuation: `pet_id`, `petId` and `PetID` are one. */
export const plain = (name: string): string => name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();

/** A name as lower-case words. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['children', 'child'],
  ['people', 'person'],
  ['indices', 'index'],
  ['media', 'medium'],
]);
const NOT_PLURAL = /(?:ss|us|is|news|series|species)$/;

/** The singular of a plain English name; what is no plural stays. */
export function singular(name: string): string {
  const irregular = IRREGULAR.get(name.toLowerCase());
  if (irregular !== undefined) return irregular;
  if (NOT_PLURAL.test(name) || name.length < 3) return name;
  if (/(?:ies)$/.test(name)) return name.length > 4 ? `${name.slice(0, -3)}y` : name.slice(0, -1);
  if (/(?:ss|sh|ch|x|z)es$/.test(name) || /(?:addr|proc)esses$/.test(name)) return name.slice(0, -2);
  return name.endsWith('s') ? name.slice(0, -1) : name;
}

/** True for a name that speaks of several things. */
export const isPlural = (name: string): boolean => singular(plain(name)) !== plain(name);

/** What a word in a path or a method name does to what stands before or after it. */
export type Deed = 'create' | 'read' | 'list' | 'update' | 'replace' | 'remove';

const DEEDS: ReadonlyMap<string, Deed> = new Map<string, Deed>([
  ...['create', 'add', 'new', 'insert', 'register', 'post'].map((word) => [word, 'create'] as const),
  ...['info', 'get', 'read', 'retrieve', 'show', 'inspect', 'describe', 'fetch', 'details', 'detail'].map(
    (word) => [word, 'read'] as const,
  ),
  ...['list', 'search', 'query', 'range', 'all', 'index', 'find'].map((word) => [word, 'list'] as const),
  ...['update', 'edit', 'modify', 'patch', 'change'].map((word) => [word, 'update'] as const),
  ...['put', 'set', 'upsert', 'replace', 'save'].map((word) => [word, 'replace'] as const),
  ...['delete', 'remove', 'destroy', 'deleterange'].map((word) => [word, 'remove'] as const),
]);

/** The deed a whole word names; `json` is Docker's word for showing what is there. */
export function deedOf(word: string): Deed | undefined {
  return DEEDS.get(plain(word));
}

/** A name of several words that begins or ends with a deed, such as `createUser` or `user_list`: deed and what is left. */
export function splitDeed(name: string): { readonly deed: Deed; readonly noun: string } | undefined {
  const words = wordsOf(name);
  if (words.length < 2) return undefined;
  const [first = '', ...rest] = words;
  const leading = DEEDS.get(first);
  if (leading) return { deed: leading, noun: rest.join('_') };
  const trailing = DEEDS.get(words.at(-1) ?? '');
  return trailing && { deed: trailing, noun: words.slice(0, -1).join('_') };
}
