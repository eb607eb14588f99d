import type { Json, JsonObject } from '@counterpart/schemas';
import { plain, wordsOf } from '../resource/words.ts';
import { isArray, isObject, own } from '../schema/json-value.ts';
import { plural } from '../../search/nouns.ts';
import type { StoredRow } from '../state/snapshot.ts';
import { textOf, type Visit } from './keeper.ts';

/** How calls of gRPC say what REST says by its paths (AIP-132 to 135): the mask of a change, and the parent of a name. */

const memberNamed = (body: JsonObject, wanted: ReadonlySet<string>): Json | undefined =>
  Object.entries(body).find(([name]) => wanted.has(plain(name)))?.[1];

const MASKS = new Set(['updatemask', 'fieldmask', 'mask']);

const bodyOf = ({ request, binding }: Visit): JsonObject | undefined => {
  const body = request.body?.wire;
  return binding.operation.grpc !== undefined && isObject(body) ? body : undefined;
};

/** A message has every field: one that is zero was not given, unless a mask names it. */
const isZero = (value: Json): boolean =>
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  value === '0' ||
  (isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** What a change makes of a thing: fields that its mask names are as they were sent, without one those that hold anything. */
export function changedRemotely(visit: Visit, value: JsonObject, sent: JsonObject): JsonObject | undefined {
  const body = bodyOf(visit);
  if (body === undefined) return undefined;
  const mask = memberNamed(body, MASKS);
  const paths = typeof mask === 'string' ? mask.split(',').filter((path) => path !== '') : [];
  const named = new Set(paths.map((path) => plain(path.split('.')[0] ?? '')));
  const isWhole = paths.includes('*');
  const set = Object.entries(sent).filter(([name, one]) =>
    paths.length === 0 ? !isZero(one) : isWhole || named.has(plain(name)),
  );
  return { ...value, ...Object.fromEntries(set) };
}

/** Fields that say below what a thing stands; `project` and its like do so in older services. */
const PARENTS = new Set(['parent', 'project', 'organization', 'folder', 'instance', 'database']);

/** Names of things below `projects/p` begin so. */
const parentIn = (body: JsonObject): string | undefined => {
  const parent = textOf(memberNamed(body, PARENTS));
  return parent === undefined || parent === '' ? undefined : parent;
};

/** The full name of a new thing, where its request says the parent and perhaps the last part; undefined where it does not. */
export function nameBelowParent(visit: Visit, fresh: () => string): string | undefined {
  const body = bodyOf(visit);
  const { noun, idSteps } = visit.binding.resource;
  const parent = body && textOf(own(body, 'parent'));
  if (body === undefined || !parent || idSteps?.join() !== 'name') return undefined;
  const chosen = textOf(memberNamed(body, new Set([`${plain(noun)}id`])));
  const [first = '', ...others] = wordsOf(noun);
  const camel = [first, ...others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join('');
  return `${parent}/${plural(camel)}/${chosen === undefined || chosen === '' ? fresh() : chosen}`;
}

/** Of all rows those below the parent that is asked for, where any are; what was made up has no place. */
export function rowsBelowParent(visit: Visit, rows: readonly StoredRow[]): readonly StoredRow[] {
  const body = bodyOf(visit);
  const parent = body && parentIn(body);
  if (parent === undefined) return rows;
  const below = rows.filter(({ id }) => id.startsWith(`${parent}/`));
  const isPlaced = rows.some(({ id }) => id.includes('/'));
  return isPlaced || below.length > 0 ? below : rows;
}
