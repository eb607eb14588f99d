import { isPrefix, lastFixed, type Child, type Fork } from './calls.ts';
import { leftOver, likeEachOther, likeTheIds } from './alike.ts';
import type { Hit } from './hit.ts';
import { decoded, isIdShaped, type Segment } from './segment.ts';
import type { Slot } from './slot.ts';
import { namesMany } from './words.ts';

/** Decides for each exchange what its piece at this fork is. */
export function chooseSlots(fork: Fork): (hit: Hit) => Slot {
  const position = fork.slots.length;
  const children = [...Map.groupBy(fork.hits, (hit) => hit.segments[position]?.raw ?? '')].flatMap(
    ([, hits]): Child[] => {
      const segment = hits[0]?.segments[position];
      return segment === undefined ? [] : [{ segment, hits }];
    },
  );
  const values = new Set(children.filter((child) => isIdHere(child, children, fork)));
  const words = children.filter((child) => !values.has(child));
  for (const child of likeTheIds(words, [...values], fork)) values.add(child);
  for (const child of likeEachOther(words, values, fork)) values.add(child);
  for (const child of leftOver(words, values, position)) values.add(child);
  const raws = new Set([...values].map(({ segment }) => segment.raw));
  const affixes = commonAffixes([...values]);
  return (hit) => {
    const segment = hit.segments[position];
    if (segment === undefined || !raws.has(segment.raw)) return { kind: 'fixed', text: segment?.raw ?? '' };
    // Where a secret goes beyond what varies, there is no fixed text that could be shown.
    const { knows } = fork;
    const goesBeyond = knows.hidden(decoded(segment.raw)) && !knows.hidden(segment.stem);
    return { kind: 'parameter', ...(goesBeyond ? { before: '', after: '' } : affixes(segment)) };
  };
}

/** A fixed ending such as `.json` is part of the template; one that differs from value to value is part of the value. */
function commonAffixes(values: readonly Child[]): (segment: Segment) => Pick<Segment, 'before' | 'after'> {
  const endings = new Map<string, number>();
  for (const { segment } of values) endings.set(segment.after, (endings.get(segment.after) ?? 0) + 1);
  const isFixed = (after: string): boolean =>
    after.startsWith(':') || /^\.(?:json|xml|csv|html|yaml|txt|atom|rss)$/.test(after) || endings.size === 1;
  return ({ before, after }) => ({ before, after: isFixed(after) ? after : '' });
}

/** Whether a piece is a value by its own shape, at this place and beside these. */
function isIdHere(child: Child, children: readonly Child[], { slots, knows }: Fork): boolean {
  const { segment } = child;
  if (knows.secret(decoded(segment.raw))) return true;
  if (isFileName(segment)) return children.some((other) => isIdShaped(other.segment));
  if (!isIdShaped(segment)) return false;
  const isAlone = children.filter((other) => isIdShaped(other.segment)).length === 1;
  if (isAlone && isPrefix(slots) && isVersionLike(child, slots.length)) return false;
  if (segment.kind !== 'slug' || segment.before !== '') return true;
  // A word with a number is a value where it is one of several, or follows the name of many.
  const slugs = children.filter((other) => other.segment.kind === 'slug').length;
  return !isPrefix(slots) && (slugs > 1 || !isAlone || namesMany(lastFixed(slots) ?? ''));
}

/** `/2010-04-01/…` and `/rest/api/3/…` name a version: one value before everything else. */
function isVersionLike({ segment, hits }: Child, position: number): boolean {
  const goesOn = hits.some(({ segments }) => segments.length > position + 1);
  return goesOn && (segment.kind === 'date' || (segment.kind === 'integer' && segment.stem.length <= 2));
}

/** `photo.jpg` is somebody's; `export.json` may be the service's. */
const isFileName = ({ after }: Segment): boolean => /^\.(?:pdf|png|jpe?g|svg|zip|txt)$/.test(after);
