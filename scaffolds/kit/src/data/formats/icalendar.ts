import { componentOf, type Component } from '../calendar/component.ts';
import { propertyOf, unfold, type Property } from '../calendar/lines.ts';
import { Recurring } from '../calendar/recurring.ts';
import { toMs } from '../calendar/zone.ts';
import { readLines } from '../reading/lines.ts';
import type { Notes } from '../notes.ts';
import type { DataRecord, RecordReader, Window } from './record.ts';

/** Properties of one component; further ones are left out. */
const MOST_PROPERTIES = 10_000;

/** Cuts components of one kind out of lines; what stands within them, such as alarms, is left out. */
class Components {
  readonly #kind: string;
  readonly #notes: Notes;
  #properties: Property[] | undefined;
  #line = 0;
  /** Names of the components that are open within. */
  #within: string[] = [];

  constructor(kind: string, notes: Notes) {
    this.#kind = kind;
    this.#notes = notes;
  }

  push(text: string, line: number): Component | undefined {
    const [, step, name] = /^(BEGIN|END):\s*([\w-]+)\s*$/i.exec(text) ?? [];
    if (step === undefined) {
      this.#take(text, line);
      return undefined;
    }
    const kind = name?.toUpperCase() ?? '';
    return step.toUpperCase() === 'BEGIN' ? this.#begin(kind, line) : this.#end(kind);
  }

  /** The end of the file: a component that was not ended is given as far as it came. */
  last(): Component | undefined {
    if (this.#properties === undefined) return undefined;
    this.#notes.add('The file ends within a component; what stands before was read', this.#line);
    return this.#finish();
  }

  #take(text: string, line: number): void {
    if (this.#properties === undefined || this.#within.length > 0) return;
    const property = propertyOf(text, line);
    if (property === undefined) this.#notes.add('A line that is no property; it is left out', line);
    else if (this.#properties.length < MOST_PROPERTIES) this.#properties.push(property);
  }

  #begin(kind: string, line: number): Component | undefined {
    // Components of this kind do not nest: the one before was never ended.
    const isUnended = this.#properties !== undefined && kind === this.#kind;
    if (isUnended)
      this.#notes.add('A component that is not ended; what stands before the next was read', this.#line);
    const unended = isUnended ? this.#finish() : undefined;
    if (kind === this.#kind) {
      this.#properties = [];
      this.#within = [];
      this.#line = line;
    } else if (this.#properties !== undefined && this.#within.length < 100) this.#within.push(kind);
    return unended;
  }

  #end(kind: string): Component | undefined {
    if (this.#properties === undefined) return undefined;
    if (kind === this.#kind || kind === 'VCALENDAR') return this.#finish();
    this.#within = this.#within.slice(0, Math.max(0, this.#within.lastIndexOf(kind)));
    return undefined;
  }

  #finish(): Component {
    const made = componentOf(this.#kind, this.#properties ?? [], this.#line, this.#notes);
    this.#properties = undefined;
    this.#within = [];
    return made;
  }
}

/** Whether something that happens once falls into a window. */
function isWithin({ start, length = 0 }: Component, { from, to }: Window): boolean {
  if (start === undefined) return false;
  const begin = toMs(start);
  return begin < to && (begin + length * 1_000 > from || begin >= from);
}

/**
 * Components of a calendar of the kind that `dialect.part` names, such as `VEVENT`, each once with its rule of recurrence; with
 * a window, what falls into it, recurring ones once for every time they do, those last.
 */
export const calendarRecords: RecordReader = async function* (bytes, { dialect, notes, window }) {
  const components = new Components(dialect.part ?? 'VEVENT', notes);
  const recurring = window === undefined ? undefined : new Recurring(window, notes);
  const rowsOf = (component: Component): DataRecord[] => {
    const { value, line, replaces } = component;
    if (window === undefined || recurring === undefined) return [{ value, line }];
    if (replaces !== undefined) recurring.replace(component);
    if (recurring.keep(component)) return [];
    return isWithin(component, window) ? [{ value, line }] : [];
  };
  for await (const lines of unfold(readLines(bytes, dialect.encoding, notes))) {
    const rows: DataRecord[] = [];
    for (const { text, line } of lines) {
      const component = components.push(text, line);
      if (component !== undefined) rows.push(...rowsOf(component));
    }
    yield rows;
  }
  const last = components.last();
  if (last !== undefined) yield rowsOf(last);
  if (recurring !== undefined) yield* recurring.rows();
};
