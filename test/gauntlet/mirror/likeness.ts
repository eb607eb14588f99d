import type { Json } from '@counterpart/schemas';

/** Values of a created thing tried as what names it. */
const MAX_NAMES = 16;

/** A value in a body; places in lists are no part of its path. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: string | number | boolean;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((member) => leavesOf(member, path));
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...path, key]));
}

/** What may stand in a body as its one thing: the whole, or what its members wrap, alone or first in a list. */
function thingsIn(body: unknown, depth = 0): unknown[] {
  if (typeof body !== 'object' || body === null || depth > 2) return [];
  const inner: unknown[] = Array.isArray(body) ? body.slice(0, 1) : Object.values(body);
  return [...(Array.isArray(body) ? [] : [body]), ...inner.flatMap((member) => thingsIn(member, depth + 1))];
}

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const IDENTIFIER = /^(?:id|uuid|guid|sid|key|name|slug|code|number)$/;

/** How likely a value names its thing, the likeliest first. */
function rankOf({ path }: Leaf, parameter: string): number {
  const key = plain(path.at(-1) ?? '');
  if (key === plain(parameter)) return path.length;
  if (IDENTIFIER.test(key)) return 10 + path.length;
  return (key.endsWith('id') ? 20 : 40) + path.length;
}

/** Values that may name a thing: what is called like the parameter first, then whatever is called an identifier. */
function namesIn(body: unknown, parameter: string): Json[] {
  return leavesOf(body)
    .filter(({ value }) => typeof value !== 'boolean')
    .toSorted((a, b) => rankOf(a, parameter) - rankOf(b, parameter))
    .slice(0, MAX_NAMES)
    .map(({ value }) => value);
}

/** What a client may take for the name of what it made, each with what it knows of the thing then. */
export function knownOf(
  made: unknown,
  sent: unknown,
  parameter: string,
): { readonly name: Json; readonly thing: unknown }[] {
  const told = leavesOf(made).length > 0 ? made : sent;
  const isNamed = leavesOf(made).some((leaf) => leaf.path.length === 1 && rankOf(leaf, parameter) < 20);
  // An answer that has no name of its own wraps the thing, or several of which one is followed.
  const wrapped = isNamed ? [] : thingsIn(made).slice(1);
  const pairs = [[made, told], ...wrapped.map((one) => [one, one]), [made, sent], [sent, told], [sent, sent]];
  return pairs.flatMap(([holder, thing]) => namesIn(holder, parameter).map((name) => ({ name, thing })));
}

/**
 * Values that an answer and the thing both speak of and agree in; 0 when they agree in less than four fifths, for then
 * the answer speaks of another thing.
 */
export function agreement(answer: unknown, thing: unknown): number {
  const known = leavesOf(thing);
  return Math.max(0, ...thingsIn(answer).map((shown) => agreementOf(known, shown)));
}

function agreementOf(known: readonly Leaf[], shown: unknown): number {
  const seen = new Map<string, Set<Leaf['value']>>();
  for (const { path, value } of leavesOf(shown)) {
    const at = seen.get(path.join('/')) ?? new Set();
    seen.set(path.join('/'), at.add(value));
  }
  const common = known.filter(({ path }) => seen.has(path.join('/')));
  const equal = common.filter(({ path, value }) => seen.get(path.join('/'))?.has(value));
  return equal.length >= common.length * 0.8 ? equal.length : 0;
}
