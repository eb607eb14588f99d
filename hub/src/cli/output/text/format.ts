import type { ServerState, ToolDefinition } from '@counterpart/schemas';
import type { Paint } from './paint.ts';

const THOUSANDS = /\B(?=(?:\d{3})+$)/g;

/** `1 tool`, `3,000 tools`. By hand: the first number that is written by locale loads the tables of all locales. */
export const count = (number: number, noun: string): string =>
  `${String(number).replace(THOUSANDS, ',')} ${noun}${number === 1 ? '' : 's'}`;

/** How many of these changes break callers, as the end of a sentence that says how many there are. */
export const broken = (breaking: number, all: number): string =>
  all === 1 ? 'and it breaks callers' : `${breaking} of them ${breaking === 1 ? 'breaks' : 'break'} callers`;

/** Bytes as a person reads them. */
export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  const units = ['kB', 'MB', 'GB'];
  const power = Math.min(units.length, Math.floor(Math.log(size) / Math.log(1024)));
  return `${(size / 1024 ** power).toFixed(power === 1 ? 0 : 1)} ${units[power - 1]}`;
}

/** Milliseconds as a person reads them; none are below zero, though a clock may be set back meanwhile. */
export function duration(time: number): string {
  const ms = Math.max(0, time);
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** The state's name in the colour of what it means. */
export function paintState(state: ServerState, enabled: boolean, paint: Paint): string {
  if (!enabled) return paint.faint('disabled');
  switch (state) {
    case 'ready':
      return paint.good(state);
    case 'starting':
    case 'degraded':
    case 'backoff':
    case 'stopping':
      return paint.warn(state);
    case 'quarantined':
      return paint.bad(state);
    case 'stopped':
      // Nothing is wrong with a server that sleeps until its first call.
      return paint.faint('asleep');
  }
}

const SHELL_SAFE = /^[\w@%+=:,./-]+$/;

/** A word as a shell takes it. */
export const shellWord = (word: string): string =>
  SHELL_SAFE.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What a tool does to the world, in a word or two; what stands out is what may do harm. */
export function effectOf({ annotations }: Pick<ToolDefinition, 'annotations'>): string {
  if (annotations?.readOnlyHint === true) return 'reads';
  return annotations?.destructiveHint === false ? 'writes' : 'may destroy';
}
