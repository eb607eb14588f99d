import { canonicalJson, type Json, type JsonSchema } from '@counterpart/schemas';
import { toSchema, toSchemas } from '../../schema/json-value.ts';
import { combine } from '../keyword-merge.ts';
import {
  FILLED_DEPTH,
  leadsBack,
  placeBelow,
  randomAt,
  type Place,
  type SampleRun,
  type Walk,
} from '../sample-run.ts';
import type { Shape } from '../shape.ts';

const MAX_ITEMS = 1_000;
/** Tries for each item of a list whose items must differ. */
const DISTINCT_TRIES = 12;

interface Plan {
  readonly count: number;
  readonly schemaAt: (index: number) => JsonSchema;
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

/** How many items: one to three where there is room, what is required where there is not. */
function plannedCount(shape: Shape, place: Place, run: SampleRun): number {
  const { minItems, maxItems, prefixItems, items } = shape.keywords;
  const prefix = toSchemas(prefixItems).length;
  const contained = 'contains' in shape.keywords ? numberOr(shape.keywords['minContains'], 1) : 0;
  const least = Math.max(numberOr(minItems, 0), contained);
  const most = Math.min(numberOr(maxItems, MAX_ITEMS), items === false ? prefix : MAX_ITEMS);
  const roomy = run.optional && place.allowance >= 2 && !leadsBack(toSchema(items), place, run);
  const liked = roomy
    ? Math.max(prefix, randomAt(run, place, 'count').int(1, place.depth > 2 ? 1 : 3))
    : prefix > 0 && run.optional
      ? prefix
      : 0;
  const filled = run.filled && place.depth < FILLED_DEPTH ? 1 : 0;
  return Math.min(Math.max(least, liked, filled), Math.max(most, least));
}

function plan(shape: Shape, place: Place, run: SampleRun): Plan {
  const prefix = toSchemas(shape.keywords['prefixItems']);
  const rest = toSchema(shape.keywords['items'] ?? shape.keywords['unevaluatedItems']);
  const contains = shape.keywords['contains'];
  const contained = contains === undefined ? 0 : numberOr(shape.keywords['minContains'], 1);
  const count = plannedCount(shape, place, run);
  return {
    count,
    schemaAt(index) {
      const schema = prefix[index] ?? rest;
      return contains !== undefined && index >= count - contained
        ? combine(schema, toSchema(contains))
        : schema;
    },
  };
}

/** A list of items that each fit; distinct where they must be. */
export function sampleArray(shape: Shape, place: Place, run: SampleRun, walk: Walk): Json | undefined {
  const { count, schemaAt } = plan(shape, place, run);
  if (count > MAX_ITEMS) return undefined;
  const distinct = shape.keywords['uniqueItems'] === true;
  const least = numberOr(shape.keywords['minItems'], 0);
  const share = Math.floor(place.allowance / Math.max(1, count));
  const items: Json[] = [];
  const seen = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const item = sampleItem(schemaAt(index), index, { shape, place, share, seen, distinct }, (schema, at) =>
      walk(schema, at, run),
    );
    if (item === undefined)
      return items.length >= least && !('contains' in shape.keywords) ? items : undefined;
    items.push(item);
    seen.add(canonicalJson(item));
  }
  return items;
}

interface ItemContext {
  readonly shape: Shape;
  readonly place: Place;
  readonly share: number;
  readonly seen: ReadonlySet<string>;
  readonly distinct: boolean;
}

/** `tags` holds a `tag`. */
function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
}

function sampleItem(
  schema: JsonSchema,
  index: number,
  context: ItemContext,
  make: (schema: JsonSchema, place: Place) => Json | undefined,
): Json | undefined {
  const { shape, place, share, seen, distinct } = context;
  for (let tries = 0; tries < (distinct ? DISTINCT_TRIES : 1); tries += 1) {
    const step = tries === 0 ? `${index}` : `${index + 1}/${tries}`;
    const at = { ...placeBelow(place, step, shape, share), name: singular(place.name) };
    const item = make(schema, at);
    if (item !== undefined && !(distinct && seen.has(canonicalJson(item)))) return item;
  }
  return undefined;
}
