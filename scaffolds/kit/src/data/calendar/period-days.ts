import { dayOf, monthEnd, partsOf, weekdayOf, type DateParts } from './days.ts';
import type { Rule } from './rule.ts';

/** A stretch of days: the first one and the one after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The day, week, month or year that is `index` periods after the one of the start. */
export function periodOf({ freq, weekStart }: Rule, start: number, index: number): Span {
  const { year, month } = partsOf(start);
  if (freq === 'YEARLY') return { from: dayOf(year + index, 1, 1), to: dayOf(year + index + 1, 1, 1) };
  if (freq === 'MONTHLY')
    return { from: dayOf(year, month + index, 1), to: dayOf(year, month + index + 1, 1) };
  if (freq === 'DAILY') return { from: start + index, to: start + index + 1 };
  const week = start - ((weekdayOf(start) - weekStart + 7) % 7) + index * 7;
  return { from: week, to: week + 7 };
}

/** Which period a day is in, counted from the one of the start. */
export function indexOf({ freq, weekStart }: Rule, start: number, day: number): number {
  const [from, to] = [partsOf(start), partsOf(day)];
  if (freq === 'YEARLY') return to.year - from.year;
  if (freq === 'MONTHLY') return (to.year - from.year) * 12 + to.month - from.month;
  if (freq === 'DAILY') return day - start;
  const week = start - ((weekdayOf(start) - weekStart + 7) % 7);
  return Math.floor((day - week) / 7);
}

/** True where a number is one of these, counted from the end where they are below zero. */
const isOneOf = (wanted: readonly number[], place: number, length: number): boolean =>
  wanted.includes(place) || wanted.includes(place - length - 1);

function weekFits({ byWeek, weekStart }: Rule, day: number): boolean {
  // A week belongs to the year that has four of its days.
  const first = day - ((weekdayOf(day) - weekStart + 7) % 7);
  const { year } = partsOf(first + 3);
  const numberOf = (of: number): number => {
    const fourth = dayOf(of, 1, 4);
    const weekOne = fourth - ((weekdayOf(fourth) - weekStart + 7) % 7);
    return (first - weekOne) / 7 + 1;
  };
  const number = numberOf(year);
  const weeks = number - numberOf(year + 1);
  return isOneOf(byWeek, number, weeks);
}

/** Where ordinals of weekdays count: within the month, or within the year where no month is named. */
function ordinalSpan({ freq, byMonth }: Rule, { year, month }: DateParts): Span {
  const ofYear = freq === 'YEARLY' && byMonth.length === 0;
  return ofYear
    ? { from: dayOf(year, 1, 1), to: dayOf(year + 1, 1, 1) }
    : { from: dayOf(year, month, 1), to: monthEnd(year, month) };
}

function weekdayFits(rule: Rule, day: number, parts: DateParts): boolean {
  const weekday = weekdayOf(day);
  const { from, to } = ordinalSpan(rule, parts);
  return rule.byDay.some(({ weekday: wanted, nth }) => {
    if (wanted !== weekday) return false;
    if (nth === 0 || rule.freq === 'DAILY' || rule.freq === 'WEEKLY') return true;
    const place = nth > 0 ? Math.floor((day - from) / 7) + 1 : -(Math.floor((to - 1 - day) / 7) + 1);
    return place === nth;
  });
}

/** What a rule that names no days takes from its start. */
function startFits(rule: Rule, day: number, parts: DateParts, start: number): boolean {
  if (rule.byDay.length + rule.byMonthDay.length + rule.byYearDay.length > 0) return true;
  const own = partsOf(start);
  if (rule.freq === 'WEEKLY' || rule.byWeek.length > 0) return weekdayOf(day) === weekdayOf(start);
  if (rule.freq === 'MONTHLY') return parts.day === own.day;
  if (rule.freq === 'YEARLY')
    return parts.day === own.day && (rule.byMonth.length > 0 || parts.month === own.month);
  return true;
}

/** Whether a rule that begins on `start` takes a day of one of its periods. */
export function dayFits(rule: Rule, day: number, start: number): boolean {
  const parts = partsOf(day);
  const { byMonth, byMonthDay, byYearDay, byWeek, byDay } = rule;
  if (byMonth.length > 0 && !byMonth.includes(parts.month)) return false;
  const monthStart = dayOf(parts.year, parts.month, 1);
  if (
    byMonthDay.length > 0 &&
    !isOneOf(byMonthDay, parts.day, monthEnd(parts.year, parts.month) - monthStart)
  )
    return false;
  const yearStart = dayOf(parts.year, 1, 1);
  const yearLength = dayOf(parts.year + 1, 1, 1) - yearStart;
  if (byYearDay.length > 0 && !isOneOf(byYearDay, day - yearStart + 1, yearLength)) return false;
  if (byWeek.length > 0 && !weekFits(rule, day)) return false;
  return byDay.length > 0 ? weekdayFits(rule, day, parts) : startFits(rule, day, parts, start);
}
