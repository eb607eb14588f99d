import { dayFits, indexOf, periodOf, type Span } from './period-days.ts';
import type { Rule } from './rule.ts';

/** A time of an event's own clock, in seconds since 1970-01-01 of that clock. */
export type LocalTime = number;

const DAY = 86_400;
const SECONDS = { SECONDLY: 1, MINUTELY: 60, HOURLY: 3_600 } as const;
/** Periods and times that are looked at for one event; a rule may go on for ever, or never fit. */
const MOST_LOOKED_AT = 200_000;

export interface Asked {
  readonly rule: Rule;
  readonly start: LocalTime;
  /** Last time by the rule's own `UNTIL`. */
  readonly until: LocalTime | undefined;
  /** Times from here on, up to but not including the other. */
  readonly from: LocalTime;
  readonly to: LocalTime;
}

/** Times of day that a rule names, in seconds. */
function timesOfDay({ byHour, byMinute, bySecond }: Rule, start: number): number[] {
  const hours = byHour.length > 0 ? byHour : [Math.floor(start / 3_600)];
  const minutes = byMinute.length > 0 ? byMinute : [Math.floor((start % 3_600) / 60)];
  const seconds = bySecond.length > 0 ? bySecond : [start % 60];
  const all = hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => hour * 3_600 + minute * 60 + second)),
  );
  return [...new Set(all)].toSorted((a, b) => a - b);
}

const atPositions = (times: readonly LocalTime[], positions: readonly number[]): readonly LocalTime[] =>
  positions.length === 0
    ? times
    : times.filter((_, index) => positions.includes(index + 1) || positions.includes(index - times.length));

function timesOfPeriod(rule: Rule, start: LocalTime, { from, to }: Span): readonly LocalTime[] {
  const [startDay, clock] = [Math.floor(start / DAY), start % DAY];
  const times = timesOfDay(rule, clock);
  const days = Array.from({ length: to - from }, (_, index) => from + index);
  const all = days
    .filter((day) => dayFits(rule, day, startDay))
    .flatMap((day) => times.map((time) => day * DAY + time));
  return atPositions(all, rule.bySetPos);
}

/** Candidates of a rule by days, from its start on, in order; `undefined` marks that a period was looked at. */
function* byPeriods({ rule, start, from, to }: Asked): Generator<LocalTime | undefined> {
  const startDay = Math.floor(start / DAY);
  // Without a count nothing before the window matters.
  const near = rule.count === undefined ? indexOf(rule, startDay, Math.floor(from / DAY)) - 1 : 0;
  for (let index = Math.max(0, Math.floor(near / rule.interval) * rule.interval); ; index += rule.interval) {
    const period = periodOf(rule, startDay, index);
    if (period.from * DAY >= to) return;
    yield undefined;
    for (const time of timesOfPeriod(rule, start, period)) if (time >= start) yield time;
  }
}

const allows = (list: readonly number[], value: number): boolean => list.length === 0 || list.includes(value);

/** Candidates of a rule by hours, minutes or seconds. */
function* bySteps({ rule, start, from, to }: Asked, size: number): Generator<LocalTime | undefined> {
  const step = size * rule.interval;
  const skipped = rule.count === undefined || isPlain(rule) ? Math.floor((from - start) / step) : 0;
  for (let time = start + Math.max(0, skipped) * step; time < to; time += step) {
    yield undefined;
    const clock = ((time % DAY) + DAY) % DAY;
    if (!allows(rule.byHour, Math.floor(clock / 3_600))) continue;
    if (!allows(rule.byMinute, Math.floor((clock % 3_600) / 60)) || !allows(rule.bySecond, clock % 60))
      continue;
    const day = Math.floor(time / DAY);
    if (dayFits({ ...rule, freq: 'DAILY' }, day, day)) yield time;
  }
}

/** True for a rule whose times are all the same distance from one another. */
const isPlain = (rule: Rule): boolean =>
  [
    rule.byHour,
    rule.byMinute,
    rule.bySecond,
    rule.byDay,
    rule.byMonth,
    rule.byMonthDay,
    rule.byYearDay,
    rule.byWeek,
  ].every((list) => list.length === 0);

function stepOf({ freq }: Rule): number | undefined {
  return freq === 'SECONDLY' || freq === 'MINUTELY' || freq === 'HOURLY' ? SECONDS[freq] : undefined;
}

/** How many of a rule's times were passed over unseen. */
function passedOver({ rule, start, from }: Asked, step: number | undefined): number {
  if (step === undefined || rule.count === undefined || !isPlain(rule)) return 0;
  return Math.max(0, Math.floor((from - start) / (step * rule.interval)));
}

/**
 * The times of a rule within a window, in order. Ends for every rule: one that goes on for ever is read within the window
 * only, one that never fits is given up after a bounded look; `wasGivenUp` tells of the latter.
 */
export function* timesWithin(asked: Asked, wasGivenUp: () => void): Generator<LocalTime> {
  const { rule, until = Number.POSITIVE_INFINITY, from, to } = asked;
  const step = stepOf(rule);
  let left = (rule.count ?? Number.POSITIVE_INFINITY) - passedOver(asked, step);
  let looked = 0;
  for (const time of step === undefined ? byPeriods(asked) : bySteps(asked, step)) {
    looked += 1;
    if (looked > MOST_LOOKED_AT) {
      wasGivenUp();
      return;
    }
    if (time === undefined) continue;
    if (time > until || time >= to || left <= 0) return;
    left -= 1;
    if (time >= from) yield time;
  }
}
