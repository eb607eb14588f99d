import type { JsonObject } from '@counterpart/schemas';
import type { Exchange } from '../entries/exchange.ts';
import type { Reading } from './parameters.ts';

/** Schemes that every exchange that went well has used, else those of each; none of them, where one went well without. */
export function securityOf(exchanges: readonly Exchange[], { auth }: Reading): { security?: JsonObject[] } {
  if (auth.schemes.size === 0) return {};
  const fine = exchanges.filter(({ status }) => status > 0 && status < 400);
  const telling = fine.length > 0 ? fine : exchanges;
  const ways = telling.map((exchange) => auth.used(exchange));
  const [first = [], ...rest] = ways;
  const shared = first.filter((scheme) => rest.every((used) => used.includes(scheme)));
  if (shared.length > 0) return { security: [demandOf(shared)] };
  const isOpen = ways.some((used) => used.length === 0);
  const different = new Map(ways.map((used) => [used.toSorted().join(' '), demandOf(used)]));
  return { security: isOpen ? [] : [...different.values()] };
}

const demandOf = (schemes: readonly string[]): JsonObject =>
  Object.fromEntries(schemes.map((scheme) => [scheme, []]));
