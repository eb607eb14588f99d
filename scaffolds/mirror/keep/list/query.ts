import type { Json, JsonObject } from '@counterpart/schemas';
import { isNumber } from '@counterpart/schemas/exact-json';
import { asText } from '../../answer/render.ts';
import { singular, plain } from '../../resource/words.ts';
import { isArray, isObject } from '../../schema/json-value.ts';
import type { Scope, StoredRow } from '../../state/snapshot.ts';
import type { Visit } from '../keeper.ts';
import { pagingOf } from './paging.ts';

/** Parameters that say how to sort, and in which direction. */
const SORTS = new Set(['sort', 'sortby', 'orderby', 'order', 'ordering', 'sortfield']);
const DIRECTIONS = new Set([
  'direction',
  'sortdirection',
  'sortorder',
  'order',
  'orderdirection',
  'sortdir',
  'dir',
]);
const SEARCHES = new Set(['q', 'query', 'search', 'term', 'keyword', 'text', 'filter', 'searchterm']);

/** The value of a member, by its name without case and punctuation, at the root or one level down. */
function memberOf(value: JsonObject, name: string): Json | undefined {
  const direct = Object.entries(value).find(([key]) => plain(key) === name);
  if (direct) return direct[1];
  for (const inner of Object.values(value)) {
    const found = isObject(inner) ? Object.entries(inner).find(([key]) => plain(key) === name) : undefined;
    if (found && typeof found[1] !== 'object') return found[1];
  }
  return undefined;
}

function isEqual(member: Json, wanted: Json): boolean {
  if (isArray(wanted)) return wanted.length === 0 || wanted.some((one) => isEqual(member, one));
  if (isArray(member)) return member.some((one) => isEqual(one, wanted));
  if (isObject(member))
    return Object.entries(member).some(([name, inner]) => isName(name) && isEqual(inner, wanted));
  if (typeof wanted === 'string' && wanted.includes(','))
    return wanted.split(',').some((one) => isEqual(member, one.trim()));
  return asText(member).toLowerCase() === asText(wanted).toLowerCase();
}

const isName = (name: string): boolean => ['id', 'name', 'login', 'key', 'slug', 'sid'].includes(plain(name));

/** What a list's own parameters ask for: `status`, `created_after`, `min_price`, `q`. */
type Condition = (value: JsonObject) => boolean;

function compared(member: Json, bound: Json): number {
  const asTime = (value: Json): number => (typeof value === 'number' ? value : Date.parse(asText(value)));
  if (isNumber(member) && isNumber(bound)) return member < bound ? -1 : member > bound ? 1 : 0;
  const difference = asTime(member) - asTime(bound);
  return Number.isNaN(difference) ? asText(member).localeCompare(asText(bound)) : difference;
}

function rangeOf(name: string, bound: Json): Condition | undefined {
  const [, lead = '', stem = '', tail = ''] =
    /^(min|max|from|to|since|until|before|after)?(.*?)(min|max|from|to|since|until|before|after|gte|lte|gt|lt)?$/.exec(
      name,
    ) ?? [];
  const word = tail === '' ? lead : tail;
  if (word === '' || stem === '') return undefined;
  const isLower = /^(?:min|from|since|after|gte|gt)$/.test(word);
  return (value) => {
    const member = memberOf(value, stem) ?? memberOf(value, `${stem}at`);
    if (member === undefined || member === null) return true;
    const difference = compared(member, bound);
    return isLower ? difference >= 0 : difference <= 0;
  };
}

function matches(value: Json, wanted: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(wanted);
  if (isArray(value)) return value.some((inner) => matches(inner, wanted));
  return isObject(value) && Object.values(value).some((inner) => matches(inner, wanted));
}

function conditionOf(name: string, wanted: Json, rows: readonly StoredRow[]): Condition | undefined {
  const key = plain(name);
  if (SEARCHES.has(key) && typeof wanted === 'string' && !/[:=]/.test(wanted)) {
    const words = wanted
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    return (value) => words.every((word) => matches(value, word));
  }
  const isMember = rows.some(({ value }) => memberOf(value, key) !== undefined);
  const one = singular(key);
  const named = isMember
    ? key
    : rows.some(({ value }) => memberOf(value, one) !== undefined)
      ? one
      : undefined;
  if (named === undefined) return rangeOf(key, wanted);
  // `all` and `*` are how services spell "no filter".
  if (wanted === 'all' || wanted === '*' || wanted === '' || isObject(wanted)) return undefined;
  return (value) => {
    const member = memberOf(value, named);
    return member !== undefined && isEqual(member, wanted);
  };
}

/** Parameters that ask for things by what they are, and not for a part of the list. */
function filterValues(visit: Visit, reserved: ReadonlySet<string>): readonly (readonly [string, Json])[] {
  const inQuery = visit.request.parameters.flatMap(({ binding, value }): [string, Json][] =>
    binding.in === 'query' && value !== undefined ? [[binding.name, value]] : [],
  );
  const body = visit.request.body?.wire;
  const inBody = isObject(body) ? Object.entries(body) : [];
  return [...inQuery, ...inBody].filter(([name]) => !reserved.has(plain(name)));
}

/** True for a row below exactly these places: by the path it was made at, else by what it says of itself. */
export function isBelow({ scope, value }: StoredRow, places: Scope): boolean {
  return Object.entries(places).every(([place, id]) => {
    if (Object.hasOwn(scope, place)) return scope[place] === id;
    const thing = singular(plain(place));
    const names = [`${thing}id`, `${thing}sid`, `${thing}key`, thing];
    return names.some((name) => {
      const member = memberOf(value, name);
      return member !== undefined && isEqual(member, id);
    });
  });
}

function sorted(visit: Visit, rows: readonly StoredRow[]): readonly StoredRow[] {
  const values = new Map(
    visit.request.parameters.flatMap(({ binding, value }) =>
      binding.in === 'query' && typeof value === 'string' ? [[plain(binding.name), value] as const] : [],
    ),
  );
  const by = [...values].find(
    ([name, value]) => SORTS.has(name) && !/^(?:asc|desc)(?:ending)?$/i.test(value),
  )?.[1];
  const direction = [...values].find(
    ([name, value]) => DIRECTIONS.has(name) && /^(?:asc|desc)/i.test(value),
  )?.[1];
  const [, minus, field = '', suffix] = /^([+-])?(.*?)(?:[\s:_.-](asc|desc))?$/i.exec(by ?? '') ?? [];
  const isDescending = minus === '-' || /^desc/i.test(suffix ?? direction ?? '');
  const keyed =
    field === ''
      ? []
      : rows.map((row) => ({
          row,
          key: memberOf(row.value, plain(field)) ?? memberOf(row.value, `${plain(field)}at`),
        }));
  if (keyed.every(({ key }) => key === undefined))
    return direction !== undefined && isDescending ? rows.toReversed() : rows;
  const ordered = keyed.toSorted((a, b) => compared(a.key ?? '', b.key ?? '')).map(({ row }) => row);
  return isDescending ? ordered.toReversed() : ordered;
}

/** Identifiers this long do not meet by chance, so that a member need not be named after what it refers to. */
const UNMISTAKABLE = 12;

/** True for a thing that names another as its own, at the root or one level down. */
export function refersTo(value: JsonObject, noun: string, id: string): boolean {
  const names = new Set(['id', 'sid', 'key', ''].map((end) => `${plain(noun)}${end}`));
  return Object.entries(value).some(([name, member]) => {
    if (isObject(member)) return Object.entries(member).some((inner) => isReference(inner, names, id));
    return isReference([name, member], names, id);
  });
}

function isReference(
  [name, member]: readonly [string, Json],
  names: ReadonlySet<string>,
  id: string,
): boolean {
  const key = plain(name);
  const isNamed = names.has(key) || (id.length >= UNMISTAKABLE && key !== 'id' && key.endsWith('id'));
  return isNamed && member === id;
}

/** Of some rows those that the request asks for, in the order it asks for. */
export function filterRows(visit: Visit, rows: readonly StoredRow[]): readonly StoredRow[] {
  const paging = pagingOf(visit.binding.operation);
  const reserved = new Set([
    ...paging.names,
    ...SORTS,
    ...DIRECTIONS,
    'expand',
    'include',
    'fields',
    'token',
  ]);
  const asked = filterValues(visit, reserved);
  const conditions = asked.flatMap(([name, wanted]) => conditionOf(name, wanted, rows) ?? []);
  const kept =
    conditions.length === 0 ? rows : rows.filter(({ value }) => conditions.every((holds) => holds(value)));
  return sorted(visit, kept);
}

/** Rows of a list that the request asks for, all pages of it. */
export function selectRows(visit: Visit, places: Scope): readonly StoredRow[] {
  const { binding, keeper } = visit;
  const rows = keeper.state.list(binding.resource.name);
  const isPlaced = Object.keys(places).length > 0;
  return filterRows(visit, isPlaced ? rows.filter((row) => isBelow(row, places)) : rows);
}
