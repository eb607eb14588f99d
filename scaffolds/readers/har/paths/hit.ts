import type { Json } from '@counterpart/schemas';
import { isArray, isObject } from '../../openapi/source/json-tree.ts';
import { jsonOf, type Content } from '../entries/content.ts';
import type { Exchange } from '../entries/exchange.ts';
import { segmentOf, type Segment } from './segment.ts';

/** An exchange as the clustering of paths sees it. */
export interface Hit {
  readonly exchange: Exchange;
  readonly segments: readonly Segment[];
  readonly endsInSlash: boolean;
  /** Where values stand in the request and in a good answer: `data[].id`; empty when nothing is known. */
  readonly traits: ReadonlySet<string>;
}

const TRAIT_DEPTH = 4;
const MAX_TRAITS = 300;
const SEGMENTS = new Map<string, Segment>();

/** Prepares an exchange. */
export function hitOf(exchange: Exchange): Hit {
  const pieces = exchange.path.split('/').slice(1);
  const endsInSlash = pieces.length > 1 && pieces.at(-1) === '';
  const segments = (endsInSlash || exchange.path === '/' ? pieces.slice(0, -1) : pieces).map(segmentCached);
  return { exchange, segments, endsInSlash, traits: traitsOf(exchange) };
}

/** Paths of one recording have few different pieces. */
function segmentCached(raw: string): Segment {
  const known = SEGMENTS.get(raw);
  if (known) return known;
  if (SEGMENTS.size > 50_000) SEGMENTS.clear();
  const segment = segmentOf(raw);
  SEGMENTS.set(raw, segment);
  return segment;
}

function traitsOf({ status, answer, body }: Exchange): Set<string> {
  const traits = new Set<string>();
  if (status >= 200 && status < 300) contentTraits('<', answer, traits);
  contentTraits('>', body, traits);
  return traits;
}

function contentTraits(place: string, content: Content | undefined, traits: Set<string>): void {
  if (content === undefined || content.kind === 'absent') return;
  if (content.kind === 'form' || content.kind === 'multipart') {
    for (const { name } of content.parts) traits.add(`${place}${name}`);
  }
  const value = jsonOf(content);
  if (value === undefined) traits.add(`${place}${content.mediaType}`);
  else collect(value, place, traits);
}

function collect(value: Json, at: string, traits: Set<string>): void {
  if (traits.size >= MAX_TRAITS) return;
  if (isArray(value)) {
    const [first] = value;
    traits.add(`${at}[]`);
    if (first !== undefined) collect(first, `${at}[]`, traits);
    return;
  }
  if (!isObject(value)) {
    traits.add(at);
    return;
  }
  if (at.split('.').length > TRAIT_DEPTH) return;
  for (const [name, one] of Object.entries(value)) collect(one, `${at}.${name}`, traits);
}

/** How alike two sets of traits are, from 0 to 1 (shared of all); undefined where one of them says nothing. */
export function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number | undefined {
  if (a.size === 0 || b.size === 0) return undefined;
  let shared = 0;
  for (const one of a) if (b.has(one)) shared += 1;
  // Optional members come and go: what the smaller one has counts more than what it lacks.
  const ofAll = shared / (a.size + b.size - shared);
  const ofSmaller = shared / Math.min(a.size, b.size);
  return (ofAll + ofSmaller) / 2;
}
