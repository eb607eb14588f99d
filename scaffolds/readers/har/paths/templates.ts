import type { Knowledge } from './calls.ts';
import { chooseSlots } from './fork.ts';
import type { Hit } from './hit.ts';
import { segmentOf, type SegmentKind } from './segment.ts';
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

/** Finds the templates behind the paths of one host. */
export function induceTemplates(hits: readonly Hit[], knows: Knowledge): PathGroup[] {
  return grow(hits, [], knows).map(({ slots, hits: members }) => toGroup(slots, members));
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
