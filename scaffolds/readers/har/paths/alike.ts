import {
  callsOf,
  openCallsOf,
  repeatsOf,
  sharedCallsOf,
  sharedPieces,
  traitsOf,
  type Child,
  type Fork,
} from './calls.ts';
import { evidenceFor } from './evidence.ts';
import { likeness, type Hit } from './hit.ts';
import type { Segment } from './segment.ts';
import { fixedness, isReserved } from './words.ts';

const MIN_LIKENESS = 0.55;
/** Where one more piece is left open, calls must be more alike to be the same. */
const MIN_OPEN_LIKENESS = 0.7;
/** Calls less alike than this are different ones, whatever else speaks for it. */
const CONFLICT = 0.3;
/** Evidence needed to take words for values. */
const ENOUGH = 2;

const EMPTY: Segment = { raw: '', stem: '', before: '', after: '', kind: 'word' };

/** Words beside ids that answer as an id does: `/users/alice` beside `/users/42`. */
export function likeTheIds(words: readonly Child[], ids: readonly Child[], { slots, knows }: Fork): Child[] {
  if (ids.length === 0) return [];
  const position = slots.length;
  const calls = callsOf(
    { segment: ids[0]?.segment ?? EMPTY, hits: ids.flatMap(({ hits }) => hits) },
    position,
  );
  return words.filter((word) => {
    const { stem, kind } = word.segment;
    if (isReserved(stem) || kind === 'version' || fixedness(stem) > 0.6) return false;
    // What is called again and again and stands in no answer is more likely a part of the interface.
    if (Math.max(...repeatsOf(word, position, knows)) > 1 && !knows.mentioned(stem)) return false;
    const own = [...callsOf(word, position)];
    const alike = own.map(([call, hits]) => {
      const others = calls.get(call);
      return others === undefined ? -1 : likeness(traitsOf(hits), traitsOf(others));
    });
    return (
      alike.every((one) => one !== -1 && (one === undefined || one >= 0.7)) &&
      alike.some((one) => (one ?? 0) >= 0.7)
    );
  });
}

/** Words that are values of one parameter, by what the calls on them share. */
export function likeEachOther(words: readonly Child[], ids: ReadonlySet<Child>, fork: Fork): Child[] {
  const position = fork.slots.length;
  const open = words.filter(({ segment }) => segment.kind !== 'version' && !isReserved(segment.stem));
  const calls = open.map((word) => callsOf(word, position));
  const group = unite(open.length);
  joinSharing(calls, group, { least: MIN_LIKENESS, unsaid: MIN_LIKENESS });
  joinSharing(
    open.map((word) => openCallsOf(word, position)),
    group,
    { least: MIN_OPEN_LIKENESS, unsaid: 0 },
  );
  joinPlain(open, group, position);
  const clusters = [...Map.groupBy(open.keys(), (index) => group.rootOf(index)).values()]
    .filter((members) => members.length > 1)
    .map((members) => ({
      words: members.flatMap((index) => open[index] ?? []),
      calls: members.flatMap((index) => calls[index] ?? []),
    }));
  const found = clusters.filter(
    ({ words: own, calls: theirs }) => evidenceFor(own, theirs, ids.size, fork) >= ENOUGH,
  );
  // Where some words turn out to be values, the place takes values.
  const others = clusters.filter((cluster) => !found.includes(cluster));
  const later =
    found.length === 0 ? [] : others.filter((one) => evidenceFor(one.words, one.calls, 1, fork) >= ENOUGH);
  return [...found, ...later].flatMap(({ words: own }) => own);
}

/** Single words at a place that takes values, each met once, on which nothing else is called than on the values. */
export function leftOver(
  words: readonly Child[],
  values: ReadonlySet<Child>,
  { slots, knows }: Fork,
): Child[] {
  const position = slots.length;
  if (values.size === 0) return [];
  const open = words.filter(
    (word) =>
      !values.has(word) &&
      word.segment.kind !== 'version' &&
      fixedness(word.segment.stem) <= 0.3 &&
      Math.max(...repeatsOf(word, position, knows)) === 1,
  );
  const taken: Child = { segment: EMPTY, hits: [...values].flatMap(({ hits }) => hits) };
  const calls = new Map([...callsOf(taken, position), ...openCallsOf(taken, position)]);
  const shared = new Map<string, number>();
  for (const word of open)
    for (const call of openCallsOf(word, position).keys()) shared.set(call, (shared.get(call) ?? 0) + 1);
  return open.filter((word) =>
    [...callsOf(word, position)].every(([call, hits]) => {
      const opened = [...openCallsOf({ ...word, hits }, position).keys()];
      const known = [call, ...opened].find((one) => calls.has(one));
      // A call that the values lack is made on several words at least, with something fixed behind them.
      if (known === undefined)
        return opened.some((one) => (shared.get(one) ?? 0) > 1 && /\w/.test(one.split(' ')[1] ?? ''));
      return (likeness(traitsOf(hits), traitsOf(calls.get(known) ?? [])) ?? 1) >= CONFLICT;
    }),
  );
}

/** Plain words needed that go on alike before they are taken for values although no body tells anything. */
const ENOUGH_PLAIN = 3;

/** Words that look like nothing an interface would fix, each followed by words of its own: pairs of values. */
function joinPlain(open: readonly Child[], group: Union, position: number): void {
  const isShared = sharedPieces(open, position);
  const plain = [...open.entries()].filter(([, { segment }]) => fixedness(segment.stem) <= 0.3);
  if (plain.length < ENOUGH_PLAIN) return;
  const calls = open.map((word) =>
    fixedness(word.segment.stem) <= 0.3 ? sharedCallsOf(word, position, isShared) : new Map<string, Hit[]>(),
  );
  joinSharing(calls, group, { least: MIN_OPEN_LIKENESS, unsaid: MIN_OPEN_LIKENESS });
}

interface Asked {
  /** How alike the bodies of two calls must be. */
  readonly least: number;
  /** What it counts for that neither has any. */
  readonly unsaid: number;
}

function joinSharing(
  calls: readonly ReadonlyMap<string, readonly Hit[]>[],
  group: Union,
  { least, unsaid }: Asked,
): void {
  const sharing = new Map<string, number[]>();
  for (const [index, one] of calls.entries()) {
    for (const call of one.keys()) {
      const known = sharing.get(call);
      if (known === undefined) sharing.set(call, [index]);
      else known.push(index);
    }
  }
  for (const [call, indexes] of sharing)
    joinAlike(indexes, (index) => traitsOf(calls[index]?.get(call) ?? []), { group, least, unsaid });
}

interface Union {
  rootOf(index: number): number;
  join(a: number, b: number): void;
}

function unite(count: number): Union {
  const parents = Array.from({ length: count }, (_, index) => index);
  const rootOf = (index: number): number => {
    let at = index;
    for (let parent = parents[at]; parent !== undefined && parent !== at; parent = parents[at]) at = parent;
    return at;
  };
  return {
    rootOf,
    join: (a, b) => {
      parents[rootOf(a)] = rootOf(b);
    },
  };
}

/** Most words compared with each other at one fork; beyond, the first ones stand for the rest. */
const MAX_COMPARED = 60;

function joinAlike(
  sharing: readonly number[],
  traits: (index: number) => ReadonlySet<string>,
  { group, least, unsaid }: Asked & { readonly group: Union },
): void {
  const known = sharing.map((index) => [index, traits(index)] as const);
  for (const [at, [index, own]] of known.entries()) {
    for (const [other, others] of known.slice(Math.max(0, at - MAX_COMPARED), at)) {
      if (group.rootOf(index) === group.rootOf(other)) continue;
      const alike = likeness(own, others) ?? (own.size === others.size ? unsaid : 0);
      if (alike >= least) group.join(index, other);
    }
  }
}
