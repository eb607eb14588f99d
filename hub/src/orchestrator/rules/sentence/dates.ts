import { plainText } from '../../understanding/plain-text.ts';

/** A day that a text names. */
export interface NamedDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** Of the text that names it, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const DAY_MS = 86_400_000;

const WEEKDAYS: readonly RegExp[] = [
  /^(?:sunday|sun|sonntag|dimanche|domingo|domenica|zondag)$/,
  /^(?:monday|mon|montag|lundi|lunes|lunedi|maandag)$/,
  /^(?:tuesday|tue|tues|dienstag|mardi|martes|martedi|dinsdag)$/,
  /^(?:wednesday|wed|mittwoch|mercredi|miercoles|mercoledi|woensdag)$/,
  /^(?:thursday|thu|thurs|donnerstag|jeudi|jueves|giovedi|donderdag)$/,
  /^(?:friday|fri|freitag|vendredi|viernes|venerdi|vrijdag)$/,
  /^(?:saturday|sat|samstag|samedi|sabado|sabato|zaterdag)$/,
];

const MONTHS =
  'jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|mar(?:ch)?|marz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?';
const MONTH_STARTS = ['jan', 'feb', 'mar', 'apr', 'ma', 'jun', 'jul', 'aug', 'sep', 'o', 'nov', 'de'];

const RELATIVE: Readonly<Record<string, number>> = {
  today: 0,
  tonight: 0,
  heute: 0,
  hoy: 0,
  oggi: 0,
  vandaag: 0,
  tomorrow: 1,
  morgen: 1,
  demain: 1,
  manana: 1,
  domani: 1,
  yesterday: -1,
  gestern: -1,
  hier: -1,
  ayer: -1,
  ieri: -1,
  gisteren: -1,
};

type Reading = (match: RegExpExecArray, today: Date) => string | undefined;

const READINGS: readonly (readonly [expression: RegExp, read: Reading])[] = [
  [/\b(\d{4})-(\d\d)-(\d\d)(?!\d)/g, ([, y, m, d]) => dayOf(Number(y), Number(m), Number(d))],
  [/\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g, ([, d, m, y]) => dayOf(Number(y), Number(m), Number(d))],
  [/\b(\d{1,2})\/(\d{1,2})\/(\d{4})\b/g, ([, m, d, y]) => dayOf(Number(y), Number(m), Number(d))],
  [
    new RegExp(`\\b(${MONTHS})\\.? (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?\\b(?!:)`, 'g'),
    ([, month = '', d, y], today) => named(month, Number(d), y, today),
  ],
  [
    new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th|\\.)? (?:of )?(${MONTHS})\\b(?:,? (\\d{4}))?`, 'g'),
    ([, d, month = '', y], today) => named(month, Number(d), y, today),
  ],
  [
    /\b(?:the )?day after tomorrow\b|\bubermorgen\b|\bpasado manana\b|\bapres-demain\b/g,
    (_, today) => shifted(today, 2),
  ],
  [
    /\bin (\d{1,3}) (day|week|tag|woche)/g,
    ([, count, unit = ''], today) => shifted(today, Number(count) * (unit.startsWith('w') ? 7 : 1)),
  ],
  [
    /\b(\d{1,3}) (day|week)s? ago\b/g,
    ([, count, unit], today) => shifted(today, -Number(count) * (unit === 'week' ? 7 : 1)),
  ],
  [/\bnext week\b|\bnachste woche\b/g, (_, today) => shifted(today, 7)],
  [/\blast week\b|\bletzte woche\b/g, (_, today) => shifted(today, -7)],
  [
    /\b(next |last |nachsten |letzten )?([a-z]{3,10})\b/g,
    ([, which = '', word = ''], today) => {
      const offset = Object.hasOwn(RELATIVE, word) ? RELATIVE[word] : undefined;
      if (offset !== undefined) return shifted(today, offset);
      return weekday(word, which, today);
    },
  ],
];

/** Days that a text names, in its order; `today` is what `tomorrow` and `Friday` are counted from. */
export function namedDays(text: string, today: Date): readonly NamedDay[] {
  // Each letter stays where it is: only accents of Latin letters are taken off.
  const plain = Array.from(text, plainLetter).join('');
  const found: NamedDay[] = [];
  for (const [expression, read] of READINGS) {
    for (const match of plain.matchAll(expression)) {
      const day = read(match, today);
      const [start, end] = [match.index, match.index + match[0].length];
      if (day !== undefined && found.every((other) => end <= other.start || start >= other.end))
        found.push({ day, start, end });
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

function plainLetter(letter: string): string {
  const plain = plainText(letter);
  return plain.length === letter.length ? plain : letter.replace(/\s/, ' ');
}

function dayOf(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : undefined;
}

/** Without a year, the next such day. */
function named(month: string, day: number, year: string | undefined, today: Date): string | undefined {
  const number =
    MONTH_STARTS.findIndex((start, at) => month.startsWith(start) && (at !== 4 || !month.startsWith('mar'))) +
    1;
  if (year !== undefined) return dayOf(Number(year), number, day);
  const here = dayOf(today.getUTCFullYear(), number, day);
  return here !== undefined && here < isoDay(today) ? dayOf(today.getUTCFullYear() + 1, number, day) : here;
}

function weekday(word: string, which: string, today: Date): string | undefined {
  const wanted = WEEKDAYS.findIndex((names) => names.test(word));
  if (wanted < 0 || (word.length < 5 && which === '' && word !== 'fri')) return undefined;
  const ahead = (wanted - today.getUTCDay() + 7) % 7;
  if (which.startsWith('l')) return shifted(today, ahead === 0 ? -7 : ahead - 7);
  return shifted(today, ahead === 0 && which !== '' ? 7 : ahead);
}

const isoDay = (date: Date): string => date.toISOString().slice(0, 10);
const shifted = (today: Date, days: number): string => isoDay(new Date(today.getTime() + days * DAY_MS));
