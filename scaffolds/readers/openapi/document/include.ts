import { hubError } from '@counterpart/schemas';
import type { Found } from './enumerate.ts';

/** An operation and the name its tool gets. */
export interface Candidate {
  readonly found: Found;
  readonly name: string;
}

/**
 * The candidates that selectors ask for, in their order; all of them without selectors. A selector is a tag, a path or its
 * first part, an operationId, a tool's name or `METHOD /path`. Throws INCLUDE_UNMATCHED for one that matches nothing.
 */
export function select(
  candidates: readonly Candidate[],
  selectors: readonly string[],
  source: string,
): Candidate[] {
  if (selectors.length === 0) return [...candidates];
  const chosen = new Set<Candidate>();
  for (const selector of selectors) {
    const matches = candidates.filter((candidate) => matchesSelector(candidate, selector.trim()));
    if (matches.length === 0) {
      const near = nearSelectors(candidates, selector);
      const suggestion = near.length === 0 ? '' : ` Near it: ${near.join(', ')}.`;
      throw hubError('INCLUDE_UNMATCHED', { source, selector, suggestion });
    }
    for (const match of matches) chosen.add(match);
  }
  return candidates.filter((candidate) => chosen.has(candidate));
}

function matchesSelector({ found, name }: Candidate, selector: string): boolean {
  const [, method, route] = /^([a-z]+)\s+(\/\S*)$/i.exec(selector) ?? [];
  if (method !== undefined && route !== undefined)
    return found.method === method.toUpperCase() && samePath(found.path, route);
  if (selector.startsWith('/')) return isWithin(found.path, selector);
  const wanted = selector.toLowerCase();
  return (
    name === selector ||
    found.operationId === selector ||
    found.tags.some((tag) => tag.toLowerCase() === wanted)
  );
}

const bare = (path: string): string => path.replace(/\/+$/, '');
const samePath = (a: string, b: string): boolean => bare(a) === bare(b);

function isWithin(path: string, prefix: string): boolean {
  const start = bare(prefix);
  return (
    path === prefix ||
    bare(path) === start ||
    path.startsWith(`${start}/`) ||
    path.startsWith(`${start}#`) ||
    path.startsWith(`${start}.`)
  );
}

const MAX_SUGGESTIONS = 5;

function nearSelectors(candidates: readonly Candidate[], selector: string): string[] {
  const known = new Set(
    candidates.flatMap(({ found, name }) => [...found.tags, found.operationId ?? name, name, found.path]),
  );
  const wanted = selector.trim().toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const scored = [...known]
    .filter((text) => text.length <= 120)
    .map((text) => ({ text, distance: distanceTo(text.toLowerCase(), wanted) }))
    .filter(({ distance }) => distance <= limit);
  return scored
    .sort((a, b) => a.distance - b.distance || (a.text < b.text ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ text }) => text);
}

/** Zero-and-a-half when one holds the other, else the number of edits between them. */
function distanceTo(text: string, wanted: string): number {
  if (wanted.length >= 3 && (text.includes(wanted) || (text.length >= 3 && wanted.includes(text))))
    return 0.5;
  if (Math.abs(text.length - wanted.length) > wanted.length / 2) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index);
  for (let i = 1; i <= text.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= wanted.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (text[i - 1] === wanted[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[wanted.length] ?? 0;
}
