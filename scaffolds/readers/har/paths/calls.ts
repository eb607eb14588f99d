import type { Hit } from './hit.ts';
import { isIdShaped, type Segment } from './segment.ts';
import type { Slot } from './slot.ts';

/** Where paths with one beginning part: the question is which of their next pieces are values of one parameter. */
export interface Fork {
  readonly hits: readonly Hit[];
  /** What stands before. */
  readonly slots: readonly Slot[];
  readonly knows: Knowledge;
}

/** What the rest of the recording says about a piece of a path. */
export interface Knowledge {
  /** Whether a text stands as a value in some body. */
  mentioned(text: string): boolean;
  /** Whether it was found to be a value at other places of paths; undefined where nothing was looked at before. */
  readonly met?: (text: string) => boolean;
  /** Whether it is, or may be, a secret: that is never a fixed part. */
  secret(text: string): boolean;
  /** Whether it holds what is surely a secret. */
  hidden(text: string): boolean;
}

/** One piece and everything that goes on from it. */
export interface Child {
  readonly segment: Segment;
  readonly hits: readonly Hit[];
}

/** What goes on after a piece, with ids left open: the same call on another thing looks the same. */
export function callsOf({ hits }: Child, position: number): Map<string, Hit[]> {
  return Map.groupBy(hits, (hit) => `${hit.exchange.method} ${restOf(hit, position).join('/')}`);
}

const restOf = ({ segments }: Hit, position: number): string[] =>
  segments.slice(position + 1).map((segment) => (isIdShaped(segment) ? '{}' : segment.raw));

/** The same with one word of several left open as well: it may be a value itself. */
export function openCallsOf({ hits }: Child, position: number): Map<string, Hit[]> {
  const calls = new Map<string, Hit[]>();
  for (const hit of hits) {
    const rest = restOf(hit, position);
    for (const [at, piece] of rest.entries()) {
      if (piece === '{}') continue;
      const key = `${hit.exchange.method} ${rest.with(at, '*').join('/')}`;
      const known = calls.get(key);
      if (known === undefined) calls.set(key, [hit]);
      else known.push(hit);
    }
  }
  return calls;
}

/**
 * The same with all pieces open that follow one of these words alone, as `/anchor/hollow` and `/basil/ivory`: what is a part of the
 * interface follows several.
 */
export function sharedCallsOf(
  { hits }: Child,
  position: number,
  isShared: (at: number, piece: string) => boolean,
): Map<string, Hit[]> {
  const named = hits.map((hit): [string | undefined, Hit] => {
    const rest = restOf(hit, position);
    const open = rest.map((piece, at) => (piece === '{}' || isShared(at, piece) ? piece : '*'));
    return [open.includes('*') ? `${hit.exchange.method} ${open.join('/')}` : undefined, hit];
  });
  const calls = new Map<string, Hit[]>();
  for (const [call, hit] of named) {
    if (call === undefined) continue;
    const known = calls.get(call);
    if (known === undefined) calls.set(call, [hit]);
    else known.push(hit);
  }
  return calls;
}

/** Tells which pieces follow more than one of these words, by their distance from them. */
export function sharedPieces(
  words: readonly Child[],
  position: number,
): (at: number, piece: string) => boolean {
  const owners = new Map<string, Child | 'several'>();
  for (const word of words)
    for (const hit of word.hits)
      for (const [at, piece] of restOf(hit, position).entries()) {
        const key = `${at}/${piece}`;
        const owner = owners.get(key);
        owners.set(key, owner === undefined || owner === word ? word : 'several');
      }
  return (at, piece) => owners.get(`${at}/${piece}`) === 'several';
}

/** Everything that is known of the bodies of some exchanges. */
export const traitsOf = (hits: readonly Hit[]): ReadonlySet<string> => {
  const all = new Set<string>();
  for (const { traits } of hits.slice(0, 20)) for (const trait of traits) all.add(trait);
  return all;
};

/** How often each call was made on a piece, with everything left open that may be a value: all of it where nothing is known. */
export const repeatsOf = ({ hits }: Child, position: number, { met }: Knowledge): number[] =>
  [
    ...Map.groupBy(hits, (hit) => {
      const rest = restOf(hit, position).map((piece) => (met === undefined || met(piece) ? '{}' : piece));
      return `${hit.exchange.method} ${rest.join('/')}`;
    }).values(),
  ].map(({ length }) => length);

/** How many different beginnings stand before a position. */
export const parentsOf = (hits: readonly Hit[], position: number): number =>
  new Set(
    hits.map(({ segments }) =>
      segments
        .slice(0, position)
        .map(({ raw }) => raw)
        .join('/'),
    ),
  ).size;

/** The fixed piece directly before; undefined after a parameter. */
export const lastFixed = (slots: readonly Slot[]): string | undefined => {
  const last = slots.at(-1);
  return last?.kind === 'fixed' ? last.text : undefined;
};

/** The beginning of an interface: nothing, `api`, a version or words like them. */
export const isPrefix = (slots: readonly Slot[]): boolean =>
  slots.every(
    (slot) =>
      slot.kind === 'fixed' &&
      /^(?:api|apis|rest|public|gateway|web|v\d[\w.]*|\d{4}-\d\d(?:-\d\d)?|\d{1,2}(?:\.\d+)*)$/i.test(
        slot.text,
      ),
  );
