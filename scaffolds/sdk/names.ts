import { latinLetters } from '../readers/latin-letters.ts';

/** Words of a name: split at anything but letters and digits, and where a capital begins a new one. */
const wordsOf = (text: string): string[] =>
  latinLetters(text)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** `pet-store.Item` → `PetStoreItem`; never empty, never starts with a digit. */
export function pascalCase(text: string): string {
  const name = wordsOf(text).map(capital).join('');
  return /^[A-Za-z]/.test(name) ? name : `T${name}`;
}

/** `get_pet_by_id` → `getPetById`. */
export function camelCase(text: string): string {
  const name = pascalCase(text);
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

/** `getPetById`, `Pet-Store` → `get_pet_by_id`, `pet_store`. */
export function snakeCase(text: string): string {
  const name = wordsOf(text)
    .map((word) => word.toLowerCase())
    .join('_');
  return /^[a-z]/.test(name) ? name : `t_${name}`;
}

/** One name for each text, in order; what would stand twice, or is `reserved`, gets a number. */
export function uniqueNames(
  texts: readonly string[],
  toName: (text: string) => string,
  reserved: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const taken = new Set(reserved);
  const names = new Map<string, string>();
  for (const text of texts) {
    const stem = toName(text);
    let name = stem;
    for (let count = 2; taken.has(name); count += 1) name = `${stem}${count}`;
    taken.add(name);
    names.set(text, name);
  }
  return names;
}
