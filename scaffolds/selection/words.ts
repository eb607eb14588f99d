/** Words that say nothing about what is wanted. */
const IDLE = new Set(
  'a an all and any anything are as be by can do everything for from get give i in is it its just me my need of on only or our please related stuff that the their these thing things this to tool tools use want we what which with work working operation operations endpoint endpoints api about'.split(
    ' ',
  ),
);

/** A word without its ending, so that plural and singular are one: `repositories` → `repository`, `boxes` → `box`. */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** What the forms of a verb share: `delete`, `deletes`, `deleted`, `deleting` → `delet`. */
export function rootOf(stemmed: string): string {
  const bare = stemmed.length > 5 ? stemmed.replace(/(?:ing|ed)$/, '') : stemmed;
  return bare.length > 4 ? bare.replace(/e$/, '') : bare;
}

/** The stems of a text's words, `camelCase` and `snake_case` taken apart, idle words left out. */
export function stemsOf(text: string): string[] {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !IDLE.has(word));
  return words.map(stem);
}

/** What a person asked for in words. */
export interface Request {
  /** Each is what one part of the sentence asks for. */
  readonly wanted: readonly (readonly string[])[];
  readonly unwanted: readonly (readonly string[])[];
  /** Nothing that changes the service. */
  readonly readsOnly: boolean;
}

const READING =
  /\bread[- ]?only\b|\bonly\s+read(?:ing|s)?\b|\bwithout\s+writ(?:ing|es?)\b|\bno\s+writ(?:ing|es?)\b/gi;
const EXCEPT = /\b(?:except(?:\s+for)?|excluding|without|but\s+(?:not|no)|not|no)\b/i;
const PARTS = /,|;|\band\b|\bor\b|\bplus\b|&|\+/i;

const phrases = (text: string): string[][] =>
  text
    .split(PARTS)
    .map(stemsOf)
    .filter((stems) => stems.length > 0);

/** Takes a sentence apart: "only issues and pull requests, without comments". */
export function parseRequest(sentence: string): Request {
  const readsOnly = new RegExp(READING).test(sentence);
  const [wanted = '', ...unwanted] = sentence.replace(READING, ' ').split(EXCEPT);
  return { wanted: phrases(wanted), unwanted: unwanted.flatMap(phrases), readsOnly };
}
