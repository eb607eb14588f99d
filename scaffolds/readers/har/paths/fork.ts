import { isPrefix, lastFixed, parentsOf, repeatsOf, type Child, type Fork } from './calls.ts';
import { leftOver, likeEachOther, likeTheIds } from './alike.ts';
import type { Hit } from './hit.ts';
import { decoded, isIdShaped, type Segment } from './segment.ts';
import type { Slot } from './slot.ts';
import { fixedness, namesMany } from './words.ts';

/** Decides for each exchange what its piece at this fork is. */
export function chooseSlots(fork: Fork): (hit: Hit) => Slot {
  const position = fork.slots.length;
  const children = [...Map.groupBy(fork.hits, (hit) => hit.segments[position]?.raw ?? '')].flatMap(
    ([, hits]): Child[] => {
      const segment = hits[0]?.segments[position];
      return segment === undefined ? [] : [{ segment, hits }];
    },
  );
  const place = placeOf(children, fork);
  const values = new Set(children.filter((child) => isIdHere(child, place)));
  const steady = new Set(
    children.filter((child) => isSteady(child, fork) || isAlwaysThere(child, children, fork)),
  );
  for (const child of steady) values.delete(child);
  const words = children.filter((child) => !values.has(child) && !steady.has(child));
  for (const child of likeTheIds(words, [...values], fork)) values.add(child);
  for (const child of likeEachOther(words, values, fork)) values.add(child);
  for (const child of leftOver(words, values, fork)) values.add(child);
  const affixes = commonAffixes([...values]);
  const parameters = new Map(
    [...values].map(({ segment }) => [segment.raw, parameterOf(segment, affixes, fork)]),
  );
  return (hit) => {
    const raw = hit.segments[position]?.raw ?? '';
    return parameters.get(raw) ?? { kind: 'fixed', text: raw };
  };
}

type Affixes = (segment: Segment) => Pick<Segment, 'before' | 'after'>;

function parameterOf(segment: Segment, affixes: Affixes, { knows }: Fork): Slot {
  // Where a secret goes beyond what varies, there is no fixed text that could be shown.
  const goesBeyond = knows.hidden(decoded(segment.raw)) && !knows.hidden(segment.stem);
  return { kind: 'parameter', ...(goesBeyond ? { before: '', after: '' } : affixes(segment)) };
}

/** A fixed ending such as `.json` is part of the template; one that differs from value to value is part of the value. */
function commonAffixes(values: readonly Child[]): Affixes {
  const endings = new Map<string, number>();
  for (const { segment } of values) endings.set(segment.after, (endings.get(segment.after) ?? 0) + 1);
  const isFixed = (after: string): boolean =>
    after.startsWith(':') || /^\.(?:json|xml|csv|html|yaml|txt|atom|rss)$/.test(after) || endings.size === 1;
  return ({ before, after }) => ({ before, after: isFixed(after) ? after : '' });
}

/** What the pieces at a fork are together. */
interface Place {
  readonly fork: Fork;
  /** How many of them are ids by their shape, and how many of those are words with a number. */
  readonly ids: number;
  readonly slugs: number;
  /** And how many are numbers of releases, such as `1.4.2`. */
  readonly releases: number;
  readonly isPrefix: boolean;
}

function placeOf(children: readonly Child[], fork: Fork): Place {
  const ids = children.filter(({ segment }) => isIdShaped(segment));
  const slugs = ids.filter(({ segment }) => segment.kind === 'slug');
  const releases = children.filter(({ segment }) => /^\d+\.\d+(?:\.\d+)?$/.test(segment.stem));
  return {
    fork,
    ids: ids.length,
    slugs: slugs.length,
    releases: releases.length,
    isPrefix: isPrefix(fork.slots),
  };
}

/** Whether a piece is a value by its own shape, at this place and beside these. */
function isIdHere(child: Child, place: Place): boolean {
  const { segment } = child;
  const { slots, knows } = place.fork;
  if (knows.secret(decoded(segment.raw))) return true;
  if (isFileName(segment)) return place.ids > 0;
  if (segment.kind === 'version') return place.releases > 1 && !place.isPrefix;
  if (!isIdShaped(segment)) return false;
  const isAlone = place.ids === 1;
  if (isAlone && place.isPrefix && isVersionLike(child, slots.length)) return false;
  if (segment.kind !== 'slug' || segment.before !== '') return true;
  // A word with a number is a value where it is one of several, or follows the name of many.
  return !place.isPrefix && (place.slugs > 1 || !isAlone || namesMany(lastFixed(slots) ?? ''));
}

/** Different things before a piece for it to be one of the interface, whatever it looks like. */
export const ENOUGH_PARENTS = 3;
/** Several words with a number among them, or a long one before something random. */
const STEADY =
  /^(?:[a-z]+[-_])*[a-z]+[-_](?:[a-z]+|\d{1,2})(?:[-_](?:[a-z]+|\d{1,2}))*$|^[a-z]+[A-Z][A-Za-z]{6,}[-_]\w+$|^0$/;

/**
 * `/orgs/{org}/reports/users-28-day`: the same after ever other things, and no value in any answer. Ids belong to one thing
 * before them, and are told in an answer.
 */
function isSteady({ segment, hits }: Child, { slots, knows }: Fork): boolean {
  const looksLikeValue = isIdShaped(segment) || knows.secret(decoded(segment.raw));
  if (!looksLikeValue || !STEADY.test(segment.raw)) return false;
  if (!slots.some(({ kind }) => kind === 'parameter') || knows.hidden(segment.stem)) return false;
  if (segment.raw !== '0' && knows.mentioned(segment.stem)) return false;
  return parentsOf(hits, slots.length) >= ENOUGH_PARENTS;
}

/** Different calls on a piece for it to be one of the interface because none was made once. */
export const ENOUGH_CALLS = 3;

/** `/files/{file}/metadata/global/skillCards` beside `…/global/{template}`: every call on it was made again, after other things. */
function isAlwaysThere(child: Child, children: readonly Child[], { slots, knows }: Fork): boolean {
  const { segment, hits } = child;
  if (children.length < 2 || (!STEADY.test(segment.raw) && fixedness(segment.stem) < 0.5)) return false;
  if (knows.hidden(segment.stem) || parentsOf(hits, slots.length) < ENOUGH_PARENTS) return false;
  const isRepeated = (one: Child): boolean => {
    const calls = repeatsOf(one, slots.length, knows);
    return calls.length >= ENOUGH_CALLS && calls.every((times) => times > 1);
  };
  return isRepeated(child) && children.filter(isRepeated).length * 3 <= children.length;
}

/** `/2010-04-01/…` and `/rest/api/3/…` name a version: one value before everything else. */
function isVersionLike({ segment, hits }: Child, position: number): boolean {
  const goesOn = hits.some(({ segments }) => segments.length > position + 1);
  return goesOn && (segment.kind === 'date' || (segment.kind === 'integer' && segment.stem.length <= 2));
}

/** `photo.jpg` is somebody's; `export.json` may be the service's. */
const isFileName = ({ after }: Segment): boolean => /^\.(?:pdf|png|jpe?g|svg|zip|txt)$/.test(after);
