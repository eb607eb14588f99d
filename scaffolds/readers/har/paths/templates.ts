import { parentsOf, type Knowledge } from './calls.ts';
import { ENOUGH_CALLS, ENOUGH_PARENTS, chooseSlots } from './fork.ts';
import type { Hit } from './hit.ts';
import { isIdShaped, segmentOf, type SegmentKind } from './segment.ts';
import type { Slot } from './slot.ts';
import { singular } from './words.ts';

/** A parameter of a path, with everything that stood there. */
export interface PathParameter {
  readonly name: string;
  readonly values: readonly string[];
  readonly kinds: ReadonlySet<SegmentKind>;
}

/** All exchanges whose paths are one template. */
export interface PathGroup {
  /** Such as `/users/{user_id}/posts`. */
  readonly path: string;
  readonly parameters: readonly PathParameter[];
  readonly hits: readonly Hit[];
}

/** Looks at a recording before the last: what is a value at one place is one at others, and calls are told apart by the rest. */
const LOOKS_BEFORE = 2;

/** Finds the templates behind the paths of one host. */
export function induceTemplates(hits: readonly Hit[], knows: Knowledge): PathGroup[] {
  let known = knows;
  for (let look = 0; look < LOOKS_BEFORE; look += 1) {
    const values = valuesOf(grow(hits, [], known));
    known = { ...knows, met: (text) => values.has(text) };
  }
  return grow(hits, [], known).map((branch) => toGroup(withConstants(branch, known), branch.hits));
}

/** `/files/{file}/metadata/global/skillCards`: a word that was the same in each of several calls, each made again after other things. */
function withConstants({ slots, hits }: Branch, knows: Knowledge): Slot[] {
  const calls = [...Map.groupBy(hits, ({ exchange }) => exchange.method).values()];
  const isSettled = calls.length >= ENOUGH_CALLS && calls.every(({ length }) => length > 1);
  return slots.map((slot, position) => {
    const segment = hits[0]?.segments[position];
    if (!isSettled || slot.kind === 'fixed' || slots[position + 1]?.kind !== 'fixed') return slot;
    if (segment === undefined || isIdShaped(segment) || knows.secret(segment.raw)) return slot;
    const isOne = hits.every(({ segments }) => segments[position]?.raw === segment.raw);
    return isOne && parentsOf(hits, position) >= ENOUGH_PARENTS ? { kind: 'fixed', text: segment.raw } : slot;
  });
}

/** The pieces that stand as values in paths more often than as fixed parts. */
function valuesOf(branches: readonly Branch[]): Set<string> {
  const counts = new Map<string, number>();
  const count = (hits: readonly Hit[], position: number, by: number): void => {
    for (const { segments } of hits) {
      const raw = segments[position]?.raw ?? '';
      counts.set(raw, (counts.get(raw) ?? 0) + by);
    }
  };
  for (const { slots, hits } of branches)
    for (const [position, { kind }] of slots.entries()) count(hits, position, kind === 'fixed' ? -1 : 1);
  return new Set([...counts].flatMap(([raw, times]) => (times > 0 ? [raw] : [])));
}

interface Branch {
  readonly slots: readonly Slot[];
  readonly hits: readonly Hit[];
}

function grow(hits: readonly Hit[], slots: readonly Slot[], knows: Knowledge): Branch[] {
  const position = slots.length;
  const ended = hits.filter(({ segments }) => segments.length === position);
  const going = hits.filter(({ segments }) => segments.length > position);
  const here: Branch[] = ended.length === 0 ? [] : [{ slots, hits: ended }];
  if (going.length === 0) return here;
  const slotOf = chooseSlots({ hits: going, slots, knows });
  const byKey = Map.groupBy(going, (hit) => keyOf(slotOf(hit)));
  const branches = [...byKey.values()].flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : grow(members, [...slots, slotOf(first)], knows);
  });
  return [...here, ...branches];
}

const keyOf = (slot: Slot): string =>
  slot.kind === 'fixed' ? `=${slot.text}` : `{${slot.before}}{${slot.after}`;

function toGroup(slots: readonly Slot[], hits: readonly Hit[]): PathGroup {
  const names = parameterNames(slots);
  const parameters: PathParameter[] = [];
  const pieces = slots.map((slot, position) => {
    if (slot.kind === 'fixed') return slot.text;
    const segments = hits.flatMap((hit) => hit.segments.slice(position, position + 1));
    const name = names[position] ?? `p${position}`;
    const stems = segments.map(({ raw }) => stemOf(raw, slot));
    parameters.push({ name, values: stems, kinds: new Set(stems.map((stem) => segmentOf(stem).kind)) });
    return `${slot.before}{${name}}${slot.after}`;
  });
  const slashes = hits.filter(({ endsInSlash }) => endsInSlash).length;
  return {
    path: `/${pieces.join('/')}${slashes > hits.length / 2 && pieces.length > 0 ? '/' : ''}`,
    parameters,
    hits,
  };
}

const stemOf = (raw: string, { before, after }: { before: string; after: string }): string => {
  const text = segmentOf(raw);
  return text.before === before && text.after === after
    ? text.stem
    : `${text.before}${text.stem}${text.after}`;
};

/** `/users/{user_id}/posts/{post_id}`: after the fixed piece before it, once each. */
function parameterNames(slots: readonly Slot[]): string[] {
  const taken = new Set<string>();
  let last = '';
  let after = 0;
  return slots.map((slot) => {
    if (slot.kind === 'fixed') {
      last = slot.text;
      after = 0;
      return '';
    }
    after += 1;
    const fixed = slot.before.replace(/\W+$/, '');
    const wanted = nameFor(fixed === '' ? last : fixed, after);
    let name = wanted;
    for (let count = 2; taken.has(name); count += 1) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  });
}

function nameFor(before: string, after: number): string {
  const word = singular(before)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (word === '' || /^v?\d/.test(word) || word.length > 40) return after === 1 ? 'id' : `id_${after}`;
  return after === 1 ? `${word}_id` : `${word}_id_${after}`;
}
