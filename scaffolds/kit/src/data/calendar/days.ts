const DAY_MS = 86_400_000;

/** A day as its number since 1970-01-01, in parts. */
export interface DateParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Number of a day since 1970-01-01; months and days beyond their range count on. */
export function dayOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.floor(date.getTime() / DAY_MS);
}

export function partsOf(day: number): DateParts {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Day of the week, Monday being 0. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** First day after a month. */
export const monthEnd = (year: number, month: number): number => dayOf(year, month + 1, 1);

/** `2024-01-31` of a day. */
export const dateText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
