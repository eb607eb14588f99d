import { z } from 'zod';

/** Versions and ranges of Semantic Versioning 2.0.0, ranges as npm writes them: `^1.2`, `~1.2.3`, `1.x`, `>=1 <3 || 4.0.0`. */
interface Parsed {
  readonly numbers: readonly [number, number, number];
  readonly pre: readonly string[];
}

interface Comparator {
  readonly sign: '<' | '<=' | '>' | '>=' | '=';
  readonly version: Parsed;
}

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const PARTIAL =
  /^(\^|~>?|[<>]=?|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

function parseVersion(text: string): Parsed | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch, pre] = match;
  return { numbers: [Number(major), Number(minor), Number(patch)], pre: pre?.split('.') ?? [] };
}

/** Negative, zero or positive, by precedence (SemVer 2.0.0, 11). Versions that are none come first. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [parseVersion(a), parseVersion(b)];
  if (!one || !other) return Number(one !== undefined) - Number(other !== undefined);
  return compare(one, other);
}

function compare(a: Parsed, b: Parsed): number {
  for (const index of [0, 1, 2] as const) {
    const difference = a.numbers[index] - b.numbers[index];
    if (difference !== 0) return difference;
  }
  // A version comes after its own pre-releases.
  if (a.pre.length === 0 || b.pre.length === 0)
    return Number(a.pre.length === 0) - Number(b.pre.length === 0);
  for (let index = 0; index < Math.max(a.pre.length, b.pre.length); index += 1) {
    const difference = comparePart(a.pre[index], b.pre[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const [one, other] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one && other) return Number(a) - Number(b);
  if (one !== other) return one ? -1 : 1;
  return a < b ? -1 : 1;
}

/** Sets of comparators, of which one must hold wholly; undefined: it is no range. */
function parseRange(range: string): Comparator[][] | undefined {
  const sets = range.split('||').map((part) => parseSet(part.trim()));
  return sets.every((set) => set !== undefined) ? sets : undefined;
}

function parseSet(text: string): Comparator[] | undefined {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  if (hyphen) return parseSet(`>=${hyphen[1]} <=${hyphen[2]}`);
  const words = text
    .replace(/(\^|~>?|[<>]=?|=)\s+/g, '$1')
    .split(/\s+/)
    .filter((word) => word !== '');
  const parts = words.map(parseComparator);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

const at = (numbers: Parsed['numbers'], pre: readonly string[] = []): Parsed => ({ numbers, pre });

function parseComparator(word: string): Comparator[] | undefined {
  const match = PARTIAL.exec(word);
  if (!match) return undefined;
  const given = match
    .slice(2, 5)
    .map((part) => (part === undefined || /[xX*]/.test(part) ? undefined : Number(part)));
  const open = given.indexOf(undefined);
  const known = open < 0 ? 3 : open;
  const [major = 0, minor = 0, patch = 0] = given.slice(0, known);
  const pre = known === 3 ? (match[5]?.split('.') ?? []) : [];
  const sign = match[1] ?? '=';
  if (known > 0) return between(sign, { numbers: [major, minor, patch], pre, known });
  // Nothing is below or above all versions.
  return sign === '<' || sign === '>' ? [{ sign: '<', version: at([0, 0, 0], ['0']) }] : [];
}

/** A version of which the first `known` numbers are given. */
interface PartialVersion extends Parsed {
  readonly known: number;
}

function between(sign: string, partial: PartialVersion): Comparator[] {
  const { numbers, pre, known } = partial;
  const low = at(numbers, pre);
  if (sign === '^') {
    const firstSet = numbers.findIndex((number) => number > 0);
    return span(low, beyond(partial, firstSet < 0 ? known : firstSet + 1));
  }
  if (sign === '~' || sign === '~>') return span(low, beyond(partial, 2));
  if (known === 3 && (sign === '=' || sign === '>' || sign === '<=')) return [{ sign, version: low }];
  if (sign === '=') return span(low, beyond(partial, known));
  if (sign === '>') return [{ sign: '>=', version: at(beyond(partial, known).numbers) }];
  if (sign === '<=') return [{ sign: '<', version: beyond(partial, known) }];
  return [{ sign: sign === '<' ? '<' : '>=', version: low }];
}

/** The first version after all that begin with so many of the numbers that are given. */
const beyond = ({ numbers, known }: PartialVersion, kept: number): Parsed =>
  at(bumped(numbers, Math.min(kept, known)), ['0']);

const span = (low: Parsed, end: Parsed): Comparator[] => [
  { sign: '>=', version: low },
  { sign: '<', version: end },
];

/** The numbers raised at the place that `kept` of them end with. */
function bumped([major, minor, patch]: Parsed['numbers'], kept: number): Parsed['numbers'] {
  if (kept === 1) return [major + 1, 0, 0];
  return kept === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

/** Whether a version is in a range. A pre-release is only where the range names one of the same three numbers. */
export function satisfies(version: string, range: string): boolean {
  const parsed = parseVersion(version);
  const sets = parseRange(range);
  if (!parsed || !sets) return false;
  return sets.some((set) => {
    if (!set.every((comparator) => holds(parsed, comparator))) return false;
    const named = set.some(
      ({ version: each }) =>
        each.pre.length > 0 && each.pre[0] !== '0' && String(each.numbers) === String(parsed.numbers),
    );
    return parsed.pre.length === 0 || named;
  });
}

function holds(version: Parsed, { sign, version: limit }: Comparator): boolean {
  const order = compare(version, limit);
  switch (sign) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '=':
      return order === 0;
  }
}

/** A range of versions. */
export const SemVerRange = z
  .string()
  .max(200)
  .refine(
    (text) => parseRange(text) !== undefined,
    'a range of versions, such as "^1.2.0", "1.x" or ">=1.0.0 <3.0.0"',
  );
