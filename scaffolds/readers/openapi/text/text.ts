import { withoutInstructions } from './instructions.ts';

const TAGS =
  /<\/?(?:a|abbr|b|blockquote|br|caption|center|code|dd|del|details|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var)(?:\s[^<>]*)?\/?>/gi;
const BLOCK_TAGS = /<\/?(?:br|p|div|tr|ul|ol|table|h[1-6]|blockquote|pre|hr)(?:\s[^<>]*)?\/?>/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  rsquo: '’',
  lsquo: '‘',
};

/** Text of a description for a model: HTML removed, blanks collapsed, light Markdown kept, what speaks to the model left out. */
export function plainText(text: string): string {
  return withoutInstructions(tidied(text));
}

function tidied(text: string): string {
  return text
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/<li(?:\s[^<>]*)?>/gi, '\n- ')
    .replaceAll(BLOCK_TAGS, '\n')
    .replaceAll(TAGS, '')
    .replaceAll(/&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/gi, decodeEntity)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/!\[[^\]\n]*\]\([^)\s]*\)/g, '')
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function decodeEntity(entity: string, name: string): string {
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? entity;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    ? String.fromCodePoint(code)
    : ' ';
}

/** Cuts a text to at most `budget` characters, at the end of a sentence or line where one is near, else at a word. */
export function cutText(text: string, budget: number): string {
  if (text.length <= budget) return text;
  const head = wholeCharacters(text, budget - 1);
  const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('.\n'), head.lastIndexOf('\n\n'));
  if (sentence > budget * 0.5) return head.slice(0, sentence + 1).trimEnd();
  const word = head.lastIndexOf(' ');
  return `${(word > budget * 0.5 ? head.slice(0, word) : head).trimEnd()}…`;
}

/** The first `length` code units, without half a character at the end. */
function wholeCharacters(text: string, length: number): string {
  const cut = text.slice(0, length);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** A description of a parameter or property in at most `budget` characters; undefined when nothing is left of it. */
export function shortDescription(text: string | undefined, budget: number): string | undefined {
  if (text === undefined) return undefined;
  // A cut before the clean-up bounds the work that a page-long text costs.
  const clean = cutText(plainText(text.slice(0, budget * 8)), budget);
  return clean === '' ? undefined : clean;
}

/** Summary and description as one text; a description that begins with the summary is not preceded by it. */
export function joinDescription(summary: string | undefined, description: string | undefined): string {
  const short = plainText(summary ?? '');
  const long = plainText((description ?? '').slice(0, 20_000));
  if (short === '' || comparable(long).startsWith(comparable(short))) return long;
  if (long === '' || comparable(short).startsWith(comparable(long))) return short;
  return `${/[.!?:…]$/.test(short) ? short : `${short}.`}\n\n${long}`;
}

const comparable = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
