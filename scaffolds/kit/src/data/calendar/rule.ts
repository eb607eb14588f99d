/** A rule of recurrence (RFC 5545 section 3.3.10), read and with defaults. */
export interface Rule {
  readonly freq: 'SECONDLY' | 'MINUTELY' | 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly count: number | undefined;
  /** As it is written. */
  readonly until: string | undefined;
  readonly bySecond: readonly number[];
  readonly byMinute: readonly number[];
  readonly byHour: readonly number[];
  /** Weekdays, Monday being 0, with their ordinal within month or year; 0: every one. */
  readonly byDay: readonly { readonly weekday: number; readonly nth: number }[];
  readonly byMonthDay: readonly number[];
  readonly byYearDay: readonly number[];
  readonly byWeek: readonly number[];
  readonly byMonth: readonly number[];
  readonly bySetPos: readonly number[];
  readonly weekStart: number;
}

const FREQUENCIES = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** Larger numbers mean nothing in a calendar. */
const LARGEST = 1_000_000;

const numbers = (text: string | undefined): number[] => {
  const given = (text ?? '').split(',').map((part) => Number.parseInt(part, 10));
  return [...new Set(given.filter((value) => Math.abs(value) <= LARGEST))];
};

function days(text: string | undefined): Rule['byDay'] {
  return (text ?? '').split(',').flatMap((part) => {
    const [, nth = '', name = ''] = /^([+-]?\d{0,2})([A-Z]{2})$/.exec(part.trim()) ?? [];
    const weekday = WEEKDAYS.indexOf(name);
    return weekday === -1 ? [] : [{ weekday, nth: nth === '' ? 0 : Number(nth) }];
  });
}

/** Reads a rule; undefined for one whose frequency is none. */
export function ruleOf(text: string): Rule | undefined {
  const parts = new Map(
    text
      .toUpperCase()
      .split(';')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=', 2);
        return [name.trim(), value.trim()];
      }),
  );
  const freq = FREQUENCIES.find((one) => one === parts.get('FREQ'));
  if (freq === undefined) return undefined;
  const [count] = numbers(parts.get('COUNT'));
  const [interval = 1] = numbers(parts.get('INTERVAL'));
  return {
    freq,
    interval: Math.max(1, interval),
    count,
    until: parts.get('UNTIL'),
    bySecond: numbers(parts.get('BYSECOND')),
    byMinute: numbers(parts.get('BYMINUTE')),
    byHour: numbers(parts.get('BYHOUR')),
    byDay: days(parts.get('BYDAY')),
    byMonthDay: numbers(parts.get('BYMONTHDAY')),
    byYearDay: numbers(parts.get('BYYEARDAY')),
    byWeek: numbers(parts.get('BYWEEKNO')),
    byMonth: numbers(parts.get('BYMONTH')),
    bySetPos: numbers(parts.get('BYSETPOS')),
    weekStart: Math.max(0, WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO')),
  };
}
