/** Formats a text may have, the narrower first. */
const FORMATS: readonly (readonly [format: string, fits: (text: string) => boolean])[] = [
  [
    'date-time',
    (text) =>
      /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) && isDate(text),
  ],
  ['date', (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text)],
  ['uuid', (text) => /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(text)],
  ['email', (text) => /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(text)],
  ['uri', (text) => /^[a-z][a-z\d+.-]*:\/\/[^\s<>"{}|\\^`]+$/i.test(text) && URL.canParse(text)],
  ['ipv4', (text) => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}$/.test(text)],
];

/** A date of the calendar: 2024-02-30 is text. */
function isDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  const isTime = text.length <= 10 || !Number.isNaN(Date.parse(text));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && isTime;
}

/** More different texts than this are no set of choices. */
const MAX_CHOICES = 8;
const MIN_EVIDENCE = 12;
/** How often each choice must have been seen, on average and at least. */
const MIN_REPEATS = 4;
const CHOICE = /^(?:[a-z][a-z\d]*(?:[_-][a-z\d]+){0,3}|[A-Z][A-Z\d]*(?:[_-][A-Z\d]+){0,4}|[A-Z][a-z]+)$/;
/** Texts that name or describe are written by people, however few were met. */
const FREE_NAME =
  /(?:^|_)(?:name|title|label|description|text|message|comment|body|content|note|notes|slug|id|ids|key|value|username|login|email|url|path|query|q|search|city|address|street|city|country|version|tag|tags|locale|lang|language|currency|timezone|time_zone|by|from|to|author|owner|user|account|model|brand|color|colour|family|first|last)$/i;

/** Every text met in one place, in bounded memory. */
export class Texts {
  #count = 0;
  #formats: readonly string[] | undefined;
  readonly #values = new Map<string, number>();
  #overflown = false;

  add(text: string): void {
    this.#count += 1;
    const candidates = this.#formats ?? FORMATS.map(([format]) => format);
    if (candidates.length > 0 || this.#formats === undefined)
      this.#formats = FORMATS.flatMap(([format, fits]) =>
        candidates.includes(format) && fits(text) ? [format] : [],
      );
    if (this.#overflown) return;
    this.#values.set(text, (this.#values.get(text) ?? 0) + 1);
    if (this.#values.size <= MAX_CHOICES) return;
    this.#overflown = true;
    this.#values.clear();
  }

  /** The format that every text had. */
  get format(): string | undefined {
    return this.#formats?.[0];
  }

  /** The choices, where there is evidence that these are all: few, short, and each met again and again. */
  choices(name: string): readonly string[] | undefined {
    if (this.#overflown || this.format !== undefined || this.#count < MIN_EVIDENCE) return undefined;
    const values = [...this.#values];
    if (values.length < 2 || this.#count < values.length * MIN_REPEATS) return undefined;
    const isChoice = values.every(([text, count]) => CHOICE.test(text) && text.length <= 40 && count >= 2);
    const spelled = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2');
    return isChoice && !FREE_NAME.test(spelled) ? values.map(([text]) => text).toSorted() : undefined;
  }
}
