import { ToolFailure } from '../../failure.ts';
import type { DataRecord, Window } from '../formats/record.ts';
import type { Notes } from '../notes.ts';
import type { Component } from './component.ts';
import { timesWithin } from './expand.ts';
import { ruleOf } from './rule.ts';
import { timeOf, toIso, toMs, type CalendarTime } from './zone.ts';

/** Recurring ones are held until the last line was read: any of their times may be replaced further down. */
const MOST_KEPT = 50_000;
/** Times of one recurring event in a window. */
const MOST_TIMES = 10_000;
/** No clock is further from UTC, in seconds. */
const WIDEST_OFFSET = 86_400;

const replacedKey = (uid: string, time: CalendarTime): string => `${uid} ${toMs(time)}`;

/** Tells the times of recurring events within a window, once everything that may replace one of them is known. */
export class Recurring {
  readonly #window: Window;
  readonly #notes: Notes;
  readonly #kept: Component[] = [];
  readonly #replaced = new Set<string>();

  constructor(window: Window, notes: Notes) {
    this.#window = window;
    this.#notes = notes;
  }

  /** Takes note of a component that stands in place of one time of another. */
  replace({ uid, replaces }: Component): void {
    if (replaces !== undefined) this.#replaced.add(replacedKey(uid, replaces));
  }

  /** Keeps a component that recurs; false for one that does not. Throws ToolFailure for too many. */
  keep(component: Component): boolean {
    const recurs = component.rule !== undefined || component.added.length > 0;
    if (!recurs || component.start === undefined || component.replaces !== undefined) return false;
    if (this.#kept.length === MOST_KEPT)
      throw new ToolFailure(`More than ${MOST_KEPT} recurring events; ask without from and to.`);
    this.#kept.push(component);
    return true;
  }

  /** Rows of every time within the window, event by event. */
  async *rows(): AsyncGenerator<DataRecord[]> {
    for (const component of this.#kept) {
      const rows: DataRecord[] = [];
      for (const time of this.#timesOf(component)) {
        rows.push(rowAt(component, time));
        if (rows.length < MOST_TIMES) continue;
        this.#notes.add(
          `An event that recurs more than ${MOST_TIMES} times in this window; the rest is left out`,
          component.line,
        );
        break;
      }
      yield rows;
    }
  }

  *#timesOf({ start, rule, length = 0, uid, added, removed, line }: Component): Generator<CalendarTime> {
    if (start === undefined) return;
    const { from, to } = this.#window;
    const gone = new Set(removed.map(toMs));
    const seen = new Set<number>();
    const byRule = this.#byRule(start, rule, length, line);
    for (const time of both(byRule, added)) {
      const begin = toMs(time);
      const isWithin = begin < to && (begin >= from || begin + length * 1_000 > from);
      const isGone = gone.has(begin) || seen.has(begin) || this.#replaced.has(replacedKey(uid, time));
      seen.add(begin);
      if (isWithin && !isGone) yield time;
    }
  }

  /** Times by the rule, on the event's own clock; the start is one of them, whatever the rule says. */
  *#byRule(
    start: CalendarTime,
    text: string | undefined,
    length: number,
    line: number,
  ): Generator<CalendarTime> {
    const rule = text === undefined ? undefined : ruleOf(text);
    if (text !== undefined && rule === undefined)
      this.#notes.add('A rule of recurrence that is none; only its start is given', line, text.slice(0, 80));
    yield start;
    if (rule === undefined) return;
    const end = rule.until === undefined ? undefined : timeOf(rule.until, start.zone);
    const until = end === undefined ? undefined : localUntil(end, start);
    const asked = {
      rule,
      start: start.local,
      until,
      from: Math.floor(this.#window.from / 1_000) - length - WIDEST_OFFSET,
      to: Math.ceil(this.#window.to / 1_000) + WIDEST_OFFSET,
    };
    const givenUp = (): void =>
      this.#notes.add(
        'A rule of recurrence with too many times to look at; some are left out',
        line,
        rule.freq,
      );
    for (const local of timesWithin(asked, givenUp)) if (local !== start.local) yield { ...start, local };
  }
}

function* both(first: Iterable<CalendarTime>, second: Iterable<CalendarTime>): Generator<CalendarTime> {
  yield* first;
  yield* second;
}

/** The end of a rule on the clock of its event: UTC where the event has a zone (RFC 5545 section 3.3.10). */
function localUntil(end: CalendarTime, start: CalendarTime): number {
  if (end.isDate) return end.local + 86_399;
  if (start.zone === undefined || end.zone !== 'UTC') return end.local;
  const ahead = end.local - toMs({ ...start, local: end.local }) / 1_000;
  return end.local + ahead;
}

function rowAt({ value, line, start, length }: Component, time: CalendarTime): DataRecord {
  const end =
    length === undefined || value['end'] === undefined
      ? {}
      : { end: toIso({ ...time, local: time.local + length }) };
  const due =
    'due' in value && length !== undefined && value['due'] !== null
      ? { due: toIso({ ...time, local: time.local + length }) }
      : {};
  return {
    value: { ...value, start: toIso({ ...time, isDate: start?.isDate ?? time.isDate }), ...end, ...due },
    line,
  };
}
