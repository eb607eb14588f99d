import type { Json } from '@counterpart/schemas';
import { isList, type Members } from '../../json-value.ts';
import type { Notes } from '../notes.ts';
import { listOf, unescaped, type Property } from './lines.ts';
import { durationOf, timeOf, toIso, zoneOf, type CalendarTime } from './zone.ts';

/** A component with what is needed to tell when it is. */
export interface Component {
  readonly line: number;
  readonly value: Members;
  readonly uid: string;
  readonly start: CalendarTime | undefined;
  /** Seconds; undefined where neither an end nor a duration is said. */
  readonly length: number | undefined;
  readonly rule: string | undefined;
  /** Further times, and times that are left out. */
  readonly added: readonly CalendarTime[];
  readonly removed: readonly CalendarTime[];
  /** Which time of a recurring one this replaces. */
  readonly replaces: CalendarTime | undefined;
}

const RENAMED: Readonly<Record<string, string>> = { DTSTART: 'start', DTEND: 'end', DTSTAMP: 'stamped' };
const TIMES = new Set([
  'DTSTART',
  'DTEND',
  'DUE',
  'COMPLETED',
  'CREATED',
  'LAST-MODIFIED',
  'DTSTAMP',
  'RECURRENCE-ID',
]);
const TIME_LISTS = new Set(['EXDATE', 'RDATE']);
const LISTS = new Set(['CATEGORIES', 'RESOURCES']);
const PEOPLE = new Set(['ATTENDEE', 'ORGANIZER']);
const PLAIN = new Set(['RRULE', 'EXRULE', 'DURATION', 'GEO', 'URL', 'TRIGGER']);
const DAY = 86_400;
const LONGEST_TEXT = 100_000;

/** Members that every row of its kind has, so that their columns are there whatever a file uses. */
export const USUAL: Readonly<Record<string, readonly string[]>> = {
  VEVENT: [
    'uid',
    'summary',
    'start',
    'end',
    'all_day',
    'timezone',
    'location',
    'description',
    'status',
    'categories',
    'rrule',
  ],
  VTODO: [
    'uid',
    'summary',
    'start',
    'due',
    'completed',
    'timezone',
    'status',
    'priority',
    'percent_complete',
    'description',
    'categories',
    'rrule',
  ],
  VJOURNAL: [
    'uid',
    'summary',
    'start',
    'all_day',
    'timezone',
    'status',
    'description',
    'categories',
    'rrule',
  ],
};

const keyOf = (name: string): string => RENAMED[name] ?? name.toLowerCase().replaceAll('-', '_');

/** Reads times of a component; a zone that is not known is noted once. */
class Times {
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  of({ parameters, value, line, name }: Property): CalendarTime[] {
    const given = parameters.get('TZID');
    const zone = given === undefined ? undefined : zoneOf(given);
    if (given !== undefined && zone === undefined)
      this.#notes.add(
        'A time zone that is not known; its times are given without an offset',
        line,
        given.slice(0, 80),
      );
    // A period is a start and an end or a duration.
    const times = value.split(',').map((part) => timeOf(part.split('/', 1)[0] ?? '', zone));
    if (times.includes(undefined))
      this.#notes.add('A time that is none', line, `${name} ${value.slice(0, 40)}`);
    return times.filter((time) => time !== undefined);
  }
}

function textValue({ name, value, parameters }: Property): Json {
  if (parameters.get('ENCODING')?.toUpperCase() === 'BASE64') return `[binary, ${value.length} characters]`;
  if (PEOPLE.has(name)) {
    const address = value.replace(/^mailto:/i, '');
    const person = parameters.get('CN');
    return person === undefined || person === address ? address : `${person} <${address}>`;
  }
  if (LISTS.has(name)) return listOf(value);
  return (PLAIN.has(name) ? value : unescaped(value)).slice(0, LONGEST_TEXT);
}

/** A property that comes again makes a list. */
function add(members: Map<string, Json>, key: string, value: Json): void {
  const known = members.get(key);
  const more = isList(value) ? value : [value];
  members.set(key, known === undefined ? value : [...(isList(known) ? known : [known]), ...more]);
}

function rowOf(kind: string, members: ReadonlyMap<string, Json>): Members {
  const keys = new Set([...(USUAL[kind] ?? []), ...members.keys()]);
  return Object.fromEntries(Array.from(keys, (key) => [key, members.get(key) ?? null]));
}

function lengthOf(
  start: CalendarTime | undefined,
  properties: readonly Property[],
  end: CalendarTime | undefined,
): number | undefined {
  if (start === undefined) return undefined;
  if (end !== undefined) return Math.max(0, end.local - start.local);
  const duration = properties.find(({ name }) => name === 'DURATION');
  const said = duration === undefined ? undefined : durationOf(duration.value);
  return said ?? (start.isDate ? DAY : undefined);
}

/** What the properties of a component say, and the times among them by the property's name. */
interface Said {
  readonly members: Map<string, Json>;
  readonly times: ReadonlyMap<string, readonly CalendarTime[]>;
}

function saidBy(properties: readonly Property[], notes: Notes): Said {
  const reader = new Times(notes);
  const members = new Map<string, Json>();
  const found = new Map<string, readonly CalendarTime[]>();
  for (const property of properties) {
    const { name } = property;
    if (!TIMES.has(name) && !TIME_LISTS.has(name)) {
      add(members, keyOf(name), textValue(property));
      continue;
    }
    const times = reader.of(property);
    found.set(name, [...(found.get(name) ?? []), ...times]);
    const [first] = times;
    if (first !== undefined) add(members, keyOf(name), TIMES.has(name) ? toIso(first) : times.map(toIso));
  }
  return { members, times: found };
}

/** Adds what follows from when a component begins and how long it is. */
function addDerived(kind: string, { members, times }: Said, length: number | undefined): void {
  const [start] = times.get('DTSTART') ?? [];
  if (start === undefined) return;
  members.set('all_day', start.isDate);
  if (start.zone !== undefined) members.set('timezone', start.zone);
  if (kind === 'VEVENT' && !times.has('DTEND') && length !== undefined)
    members.set('end', toIso({ ...start, local: start.local + length }));
}

/** A component as a row: times in ISO 8601, lists as lists, everything else as text. */
export function componentOf(
  kind: string,
  properties: readonly Property[],
  line: number,
  notes: Notes,
): Component {
  const said = saidBy(properties, notes);
  const timesOf = (name: string): readonly CalendarTime[] => said.times.get(name) ?? [];
  const [start] = timesOf('DTSTART');
  const length = lengthOf(start, properties, timesOf('DTEND')[0] ?? timesOf('DUE')[0]);
  addDerived(kind, said, length);
  const textAt = (wanted: string): string | undefined =>
    properties.find(({ name }) => name === wanted)?.value;
  return {
    line,
    value: rowOf(kind, said.members),
    uid: textAt('UID') ?? '',
    start,
    length,
    rule: textAt('RRULE'),
    added: timesOf('RDATE'),
    removed: timesOf('EXDATE'),
    replaces: timesOf('RECURRENCE-ID')[0],
  };
}
