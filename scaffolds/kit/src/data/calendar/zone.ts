import { dateText, dayOf } from './days.ts';

/** A time as a calendar writes it: on a clock of its own, which may be that of a zone, of UTC, or of wherever one is. */
export interface CalendarTime {
  /** Seconds since 1970-01-01 of its own clock. */
  readonly local: number;
  readonly isDate: boolean;
  /** `UTC`, an IANA name, or undefined where the time floats or its zone is not known. */
  readonly zone: string | undefined;
}

const DAY = 86_400;
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) {
    // What a file names is no bound for memory.
    if (formats.size > 1_000) formats.clear();
    try {
      formats.set(zone, new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }));
    } catch {
      formats.set(zone, undefined);
    }
  }
  return formats.get(zone);
}

/** The IANA name that an identifier of a zone is or ends in; undefined for one that nobody else knows. */
export function zoneOf(given: string): string | undefined {
  const parts = given.split('/').filter((part) => part !== '');
  const names = [parts.join('/'), parts.slice(-2).join('/'), parts.slice(-3).join('/')];
  return names.find((name) => /^[A-Za-z]/.test(name) && formatOf(name) !== undefined);
}

/** Seconds that a zone is ahead of UTC at a time of UTC. */
function offsetAt(zone: string, seconds: number): number {
  if (zone === 'UTC') return 0;
  const text = formatOf(zone)?.format(seconds * 1_000) ?? '';
  const [, sign = '+', hours = '0', minutes = '0', rest = '0'] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(rest));
}

/** Seconds ahead of UTC at a time of the zone's own clock; of a time that a clock skips, what holds before. */
function offsetOf({ local, zone = 'UTC' }: CalendarTime): number {
  const guess = offsetAt(zone, local);
  const better = offsetAt(zone, local - guess);
  return better === guess ? guess : offsetAt(zone, local - better) === better ? better : guess;
}

/** Milliseconds since 1970 of UTC; what floats is taken as UTC. */
export const toMs = (time: CalendarTime): number => (time.local - offsetOf(time)) * 1_000;

const two = (value: number): string => String(value).padStart(2, '0');

/** ISO 8601: a date, a time with its offset, or a time without one where it floats. */
export function toIso(time: CalendarTime): string {
  const day = Math.floor(time.local / DAY);
  if (time.isDate) return dateText(day);
  const clock = time.local - day * DAY;
  const text = `${dateText(day)}T${two(Math.floor(clock / 3_600))}:${two(Math.floor((clock % 3_600) / 60))}:${two(clock % 60)}`;
  if (time.zone === undefined) return text;
  if (time.zone === 'UTC') return `${text}Z`;
  const offset = offsetOf(time);
  const size = Math.abs(offset);
  return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 3_600))}:${two(Math.floor((size % 3_600) / 60))}`;
}

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;

/** Reads `20240131`, `20240131T101500` and `20240131T101500Z`; undefined for anything else. */
export function timeOf(text: string, zone: string | undefined): CalendarTime | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?$/i.exec(text.trim());
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  if (!isWithin(month, 1, 12) || !isWithin(day, 1, 31) || !isWithin(hour, 0, 24)) return undefined;
  if (minute > 59 || second > 60) return undefined;
  const isDate = found[4] === undefined;
  const local = dayOf(year, month, day) * DAY + hour * 3_600 + minute * 60 + second;
  return { local, isDate, zone: isDate ? undefined : found[7] === undefined ? zone : 'UTC' };
}

/** Longer durations are slips of a program, and would lead out of the calendar: a thousand years. */
const MAX_DURATION = 365_250 * DAY;

/** Seconds of a duration such as `P1DT2H` (RFC 5545 section 3.3.6); undefined for anything else. */
export function durationOf(text: string): number | undefined {
  const found = /^([+-])?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text.trim());
  if (found === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(2)
    .map((part: string | undefined) => Number(part ?? 0));
  const size = weeks * 604_800 + days * DAY + hours * 3_600 + minutes * 60 + seconds;
  if (size > MAX_DURATION) return undefined;
  return found[1] === '-' ? -size : size;
}
