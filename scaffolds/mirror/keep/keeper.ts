import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import type { Typing } from '../request/coerce.ts';
import type { DecodedRequest, RawRequest } from '../request/decode-request.ts';
import type { HouseStyle } from '../resource/house-style.ts';
import type { Binding, RequestValue, Resource } from '../resource/resource.ts';
import type { Sampler } from '../sample/sample.ts';
import { isObject, own } from '../schema/json-value.ts';
import type { MirrorState } from '../state/mirror-state.ts';
import type { Scope, StoredRow } from '../state/snapshot.ts';

/** What everything that keeps things for a mirror works with. */
export interface Keeper {
  readonly state: MirrorState;
  readonly typing: Typing;
  readonly sampler: Sampler;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly style: HouseStyle;
  /** Whether an identifier nobody has made or removed is taken for one the service has always had. */
  readonly unknownIds: 'invent' | 'refuse';
  /** Rows a collection has before anybody made one. */
  readonly seedRows: number;
}

/** A request to something kept. */
export interface Visit {
  readonly binding: Binding;
  readonly request: DecodedRequest;
  readonly raw: RawRequest;
  readonly keeper: Keeper;
}

/** An answer that is an error, before it has the form the description gives errors. */
export interface Refusal {
  readonly status: 404 | 409 | 412 | 422 | 507;
  readonly slug: string;
  readonly title: string;
  readonly detail: string;
}

/** What became of what is kept. */
export type Outcome =
  | {
      readonly kind: 'thing';
      readonly row: StoredRow;
      readonly change: 'none' | 'made' | 'changed' | 'removed';
    }
  | { readonly kind: 'things'; readonly rows: readonly StoredRow[]; readonly page?: PageNews }
  /** Done, with nothing of it to show. */
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a page of a list tells of the whole. */
export interface PageNews {
  /** Things in all, on all pages. */
  readonly total: number;
  /** Of the first thing on this page, from 0. */
  readonly offset: number;
  readonly limit: number;
  /** What the next page is asked for with; absent on the last one. */
  readonly next?: string;
  /** Query of the next and the previous page, for links. */
  readonly nextQuery?: string;
  readonly previousQuery?: string;
}

/** What names a thing, in the type its schema has. */
export type Identifier = string | number | bigint;

/** A value that can name a thing; undefined for any other. */
export function toIdentifier(value: Json | undefined): Identifier | undefined {
  return typeof value === 'string' || isNumber(value) ? value : undefined;
}

/** A value of the request as text: what identifiers are compared as. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : isNumber(value) ? String(value) : undefined;
}

/** What the request gives at a place. */
export function requestValue(
  request: DecodedRequest,
  { in: place, name, inside = [] }: RequestValue,
): Json | undefined {
  if (place === 'body') return valueAtSteps(request.body?.wire, [name, ...inside]);
  return request.parameters.find(({ binding }) => binding.in === place && binding.name === name)?.value;
}

/** Values of the path above the item. */
export function scopeOf({ binding, request }: Visit): Scope {
  const values = binding.scope.flatMap(({ place, parameter }): [string, string][] => {
    const value = textOf(requestValue(request, { in: 'path', name: parameter }));
    return value === undefined ? [] : [[place, value]];
  });
  return Object.fromEntries(values);
}

/** The value at a thing's identifier. */
export function valueAtSteps(value: Json | undefined, steps: readonly string[]): Json | undefined {
  let current = value;
  for (const step of steps) current = isObject(current) ? own(current, step) : undefined;
  return current;
}

/** A copy with another value at some steps. */
export function withSteps(value: JsonObject, steps: readonly string[], inner: Json): JsonObject {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const below = own(value, step);
  return {
    ...value,
    [step]: rest.length === 0 ? inner : withSteps(isObject(below) ? below : {}, rest, inner),
  };
}

/** What a version of a row is called in headers and members that carry one. */
export function tagOf(row: StoredRow): string {
  return createHash('sha256')
    .update(`${row.id} ${row.version} ${row.updatedAtMs}`)
    .digest('hex')
    .slice(0, 16);
}
