import { namedDays } from './dates.ts';

/** Something in a sentence that can be an argument. */
export interface FoundValue {
  readonly kind: 'url' | 'email' | 'uuid' | 'id' | 'quoted' | 'day' | 'time' | 'money' | 'count' | 'number';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** The word that stands before it, and after it. */
  readonly before: string;
  readonly after: string;
}

const PATTERNS: readonly (readonly [kind: FoundValue['kind'], expression: RegExp])[] = [
  ['url', /\bhttps?:\/\/[^\s"'<>)]*[^\s"'<>).,;:!?]/gi],
  ['email', /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g],
  ['uuid', /\b[\da-f]{8}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{4}-?[\da-f]{12}\b/gi],
  [
    'quoted',
    /"([^"]{1,500})"|“([^”]{1,500})”|„([^“”]{1,500})[“”]|«\s?([^»]{1,500})\s?»|`([^`]{1,500})`|(?<![\p{L}\p{N}])'([^']{1,500})'(?![\p{L}\p{N}])/gu,
  ],
  [
    'id',
    /#([\w-]+)|\b([a-z]{2,6}_[\da-z]*\d[\dA-Za-z]*)\b|\b([A-Z][A-Z\d]{1,9}-\d+)\b|\b([a-z][a-z\d]*(?:-[a-z\d]+)*-\d[\w-]*)\b|\b((?=[a-f]*\d)(?=\d*[a-f])[\da-f]{12,64})\b|\b((?!\d{4}-\d)(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z\d][\w-]{14,}[A-Za-z\d])\b/g,
  ],
  [
    'time',
    /\b((?:[01]?\d|2[0-3]):[0-5]\d)(?::[0-5]\d)?\s*(am|pm)?\b|\b(\d{1,2})\s*(am|pm)\b|\b(?:noon|midday|midnight)\b/gi,
  ],
  [
    'money',
    /(?:[$€£]\s?(\d+(?:[.,]\d{1,2})?))|(\d+(?:[.,]\d{1,2})?)\s?(?:[$€£]|(?:dollars?|euros?|eur|usd|gbp|pounds?)\b)/gi,
  ],
  [
    'count',
    /\b(?:first|top|last|latest|newest|most recent|next|up to|at most|only|max(?:imum)?|limit(?: of)?|die ersten|ersten?|letzten?|premi[eè]re?s?|derni[eè]re?s?|primer[oa]s|[uú]ltim[oa]s)\s+(\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|twenty)\b|\b(\d{1,6}|two|three|four|five|six|seven|eight|nine|ten|twenty)\s+(?:newest|latest|most recent|oldest|cheapest|biggest|largest)\b/gi,
  ],
  [
    'number',
    /(?<![\w.-])-?\d+(?:[.,]\d+)?(?![\w-]|[.,]\d)|(?<!\b(?:the|this|that|which|other|another|same|any|no|every|each|last|latest|newest|oldest|previous|current|next|first|second|third|fourth|fifth) )\bone\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty)\b/gi,
  ],
];

const NUMBER_WORDS: Readonly<Record<string, string>> = {
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  twenty: '20',
};

/** Values in a sentence that show by themselves what they are, in its order; none overlaps another. */
export function valuesIn(sentence: string, today: Date): readonly FoundValue[] {
  const found: FoundValue[] = [];
  const add = (kind: FoundValue['kind'], text: string, start: number, end: number): void => {
    if (found.some((other) => start < other.end && end > other.start)) return;
    const before =
      /([\p{L}\p{N}_]+)[\s:=]*$/u.exec(sentence.slice(Math.max(0, start - 60), start))?.[1] ?? '';
    const after = /^\s*([\p{L}\p{N}_]+)/u.exec(sentence.slice(end, end + 60))?.[1] ?? '';
    found.push({ kind, text, start, end, before: before.toLowerCase(), after: after.toLowerCase() });
  };
  for (const [kind, expression] of PATTERNS) {
    if (kind === 'time')
      for (const { day, start, end } of namedDays(sentence, today)) add('day', day, start, end);
    for (const match of sentence.matchAll(expression))
      add(kind, valueOf(kind, match), match.index, match.index + match[0].length);
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** A sentence without what stands at these places. */
export function blanked(
  sentence: string,
  places: readonly { readonly start: number; readonly end: number }[],
): string {
  let rest = sentence;
  for (const { start, end } of places)
    rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  return rest;
}

function valueOf(kind: FoundValue['kind'], match: RegExpExecArray): string {
  const [whole, ...groups] = match;
  const [first] = groups.filter((group) => group !== undefined);
  if (kind === 'time') return timeOf(whole);
  if (kind === 'number' || kind === 'count' || kind === 'money') return numberOf(first ?? whole);
  return first ?? whole;
}

const numberOf = (text: string): string => NUMBER_WORDS[text.toLowerCase()] ?? text.replace(',', '.');

/** `HH:MM`, of 24 hours. */
function timeOf(text: string): string {
  if (/^[nm]/i.test(text)) return text.toLowerCase() === 'midnight' ? '00:00' : '12:00';
  const [, hour = '0', minute = '00', half = ''] =
    /(\d{1,2})(?::(\d\d))?(?::\d\d)?\s*(am|pm)?/i.exec(text) ?? [];
  const isAfternoon = half.toLowerCase() === 'pm';
  const number = (Number(hour) % (half === '' ? 24 : 12)) + (isAfternoon ? 12 : 0);
  return `${String(number).padStart(2, '0')}:${minute}`;
}
