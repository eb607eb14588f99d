/** Words that say nothing of what a tool does. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the this that these those of in on at to for from by with without into about as is are be been was were will ' +
    'would can could may might should must do does did done has have had it its i me my mine we us our you your he she ' +
    'they them their and or if then than so not no only also just very please want need like which what who whom whose ' +
    'when where how there here some any each every all using use via etc eg ie now let another one somebody someone everybody ' +
    'everyone something got more most much many few out up right whole own still again ever never already'
  ).split(' '),
);

const CAMEL_HUMP = /(\p{Ll}|\p{N})(\p{Lu})/gu;
const ACRONYM_END = /(\p{Lu})(\p{Lu}\p{Ll})/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const LONGEST_WORD = 40;

/** The words of a text or an identifier (`camelCase`, `snake_case`, `kebab-case`), stemmed; stop words left out. */
export function wordsOf(text: string): string[] {
  const spaced = text.replace(ACRONYM_END, '$1 $2').replace(CAMEL_HUMP, '$1 $2').toLowerCase();
  return (spaced.match(WORD) ?? [])
    .filter((word) => word.length <= LONGEST_WORD && !STOP_WORDS.has(word))
    .map(stem);
}

const VOWEL = /[aeiouy]/;

/** A word without its plural and verbal endings: light, so that only forms of one word meet. */
export function stem(word: string): string {
  const singular = withoutPlural(word);
  for (const ending of ['ing', 'ed']) {
    const root = singular.slice(0, -ending.length);
    if (singular.endsWith(ending) && root.length >= 3 && VOWEL.test(root)) return plainRoot(root);
  }
  return singular.length > 4 && singular.endsWith('e') ? singular.slice(0, -1) : singular;
}

function withoutPlural(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  if (word.length > 3 && word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** `stopp` and `stop`, `creat` and `create` become one. */
function plainRoot(root: string): string {
  const last = root.at(-1);
  if (last === root.at(-2) && last !== 'l' && last !== 's') return root.slice(0, -1);
  return root.length > 4 && root.endsWith('e') ? root.slice(0, -1) : root;
}

/** Endings by which one word is made of another, longest first. */
const DERIVED = [
  'ification',
  'ization',
  'isation',
  'ication',
  'ation',
  'ition',
  'ative',
  'ator',
  'ment',
  'able',
  'ible',
  'ance',
  'ence',
  'ness',
  'ity',
  'ify',
  'ive',
  'ion',
  'ize',
  'ise',
  'iz',
  'is',
  'at',
  'al',
  'er',
  'or',
  'ly',
  'y',
  'i',
];
const SHORTEST_ROOT = 4;

/** What a stemmed word shares with words derived from it, `valid` for `validat` and `validation`; not a word by itself. */
export function rootOf(word: string): string {
  let root = word;
  for (let times = 0; times < 2; times += 1) {
    const ending = DERIVED.find((one) => root.endsWith(one) && root.length - one.length >= SHORTEST_ROOT);
    if (ending === undefined) break;
    root = root.slice(0, -ending.length);
  }
  return root;
}
