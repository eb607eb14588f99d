import type { Json, JsonObject, JsonSchema, ResponseContent } from '@counterpart/schemas';
import { contentSchema, saysNothing } from '../resource/house-style.ts';
import type { Typing } from '../request/coerce.ts';
import { findIdentifier } from '../resource/id-field.ts';
import { locateItem, locateList, withAt, type Located } from '../resource/locate.ts';
import { membersOf, nameListIn, typeNameOf } from '../resource/members.ts';
import type { Binding, Resource } from '../resource/resource.ts';
import { plain, type Called } from '../resource/words.ts';
import { isObject, own, toSchema } from '../schema/json-value.ts';
import type { StoredRow } from '../state/snapshot.ts';
import { fill } from './value/fill.ts';
import { tagOf, valueAtSteps, type Keeper, type Outcome } from './keeper.ts';
import { withPage, type Address } from './list/page-members.ts';

/** What is shown of what is kept, and how. */
export interface Showing {
  readonly binding: Binding;
  readonly keeper: Keeper;
  readonly outcome: Outcome;
  readonly address: Address;
}

/** Views of rows by the schema they were made for: a row never changes, its successor is another object. */
const views = new WeakMap<StoredRow, Map<JsonSchema, Json>>();
const places = new WeakMap<JsonObject, Map<string, Located | undefined>>();

function located(
  kind: 'item' | 'list',
  schema: JsonSchema,
  called: Called,
  { typing }: Keeper,
): Located | undefined {
  const find = (): Located | undefined =>
    kind === 'item' ? locateItem(schema, called, typing) : locateList(schema, called.noun, typing);
  if (typeof schema === 'boolean') return find();
  const known = places.get(schema) ?? new Map<string, Located | undefined>();
  places.set(schema, known);
  const key = `${kind} ${called.noun} ${called.parameter ?? ''}`;
  if (!known.has(key)) known.set(key, find());
  return known.get(key);
}

/** What stands around things in an answer; made once a mirror and schema. */
const envelopes = new WeakMap<Keeper, Map<JsonSchema, Json | undefined>>();

function envelopeOf(schema: JsonSchema, salt: string, keeper: Keeper): Json | undefined {
  if (saysNothing(schema, keeper.typing)) return keeper.style.page;
  const known = envelopes.get(keeper) ?? new Map<JsonSchema, Json | undefined>();
  envelopes.set(keeper, known);
  if (!known.has(schema)) known.set(schema, keeper.sampler.sample(schema, { salt }));
  return known.get(schema);
}

const isSame = (a: JsonSchema, b: JsonSchema | undefined): boolean => {
  const name = typeNameOf(a);
  return a === b || (name !== undefined && b !== undefined && name === typeNameOf(b));
};

/** Members that carry the version of a row. */
const TAGS = new Set(['etag', 'resourceversion', 'revision', 'rev']);

function withTags(value: Json, row: StoredRow, schema: JsonSchema, { typing }: Keeper): Json {
  if (!isObject(value)) return value;
  const tagged = Object.entries(value).map(([name, member]): [string, Json] => {
    if (plain(name) === 'metadata' && isObject(member))
      return [name, withTags(member, row, true, { typing } as Keeper)];
    return [name, TAGS.has(plain(name)) && typeof member === 'string' ? tagOf(row) : member];
  });
  const whole = Object.fromEntries(tagged);
  return typing.book.accepts(schema, whole) ? whole : value;
}

/** A row as an answer of this schema shows it. */
function viewOf(row: StoredRow, resource: Resource, schema: JsonSchema, keeper: Keeper): Json | undefined {
  const known = views.get(row) ?? new Map<JsonSchema, Json>();
  views.set(row, known);
  const ready = known.get(schema);
  if (ready !== undefined) return ready;
  const view = makeView(row, resource, schema, keeper);
  if (view !== undefined) known.set(schema, view);
  return view;
}

function makeView(row: StoredRow, resource: Resource, schema: JsonSchema, keeper: Keeper): Json | undefined {
  const { typing, sampler } = keeper;
  if (isSame(schema, resource.schema) && typing.book.accepts(schema, row.value))
    return withTags(row.value, row, schema, keeper);
  const salt = `${resource.name} ${row.id} view`;
  const members = membersOf(schema, typing);
  const made = sampler.sample(schema, { name: resource.noun, salt });
  const base = isObject(made) ? made : {};
  const idSteps = findIdentifier(schema, { noun: resource.noun }, typing);
  const names = idSteps?.length === 1 && !Object.hasOwn(row.value, idSteps[0] ?? '') ? idSteps : [];
  const id: JsonObject = Object.fromEntries(names.map((name) => [name, row.id]));
  // Of a thing without some member an answer shows none, unless it has to.
  const unsaid = Object.keys(base).filter(
    (name) => isKnownMember(resource, name, keeper) && !Object.hasOwn(row.value, name),
  );
  const said = Object.fromEntries(Object.entries(base).filter(([name]) => !unsaid.includes(name)));
  const given = { ...said, ...id, ...row.value };
  const filled = fill(schema, given, keeper, { salt, strangers: Object.keys(members).length === 0 });
  return filled === undefined ? made : withTags(filled, row, schema, keeper);
}

const isKnownMember = ({ schema }: Resource, name: string, { typing }: Keeper): boolean =>
  schema !== undefined && Object.hasOwn(membersOf(schema, typing), name);

/** True when an answer to an action shows the thing and not something about it. */
function showsThing(at: Located, { resource, role }: Binding, { typing }: Keeper): boolean {
  if (role !== 'act' && role !== 'update' && role !== 'replace') return true;
  if (isSame(at.schema, resource.schema) || resource.schema === undefined) return true;
  if (saysNothing(at.schema, typing)) return true;
  const own = Object.keys(membersOf(resource.schema, typing));
  const shown = Object.keys(membersOf(at.schema, typing));
  const shared = shown.filter((name) => own.includes(name)).length;
  return shown.length > 0 && shared >= shown.length / 2;
}

function showThing(schema: JsonSchema, row: StoredRow, { binding, keeper }: Showing): Json | undefined {
  const { resource } = binding;
  const at = located('item', schema, resource, keeper);
  if (!at || !showsThing(at, binding, keeper)) return undefined;
  const view = viewOf(row, resource, at.schema, keeper);
  if (view === undefined || at.steps.length === 0) return view;
  const salt = `${binding.operation.name} envelope`;
  const base = envelopeOf(schema, salt, keeper);
  return accepted(schema, withAt(base, at.steps, view), salt, keeper);
}

/** The value itself where it is true to the schema, else the nearest one that is. */
function accepted(schema: JsonSchema, value: Json, salt: string, keeper: Keeper): Json | undefined {
  return keeper.typing.book.accepts(schema, value) ? value : fill(schema, value, keeper, { salt });
}

const LIST_RULES = ['minItems', 'maxItems', 'uniqueItems', 'contains', 'prefixItems', 'unevaluatedItems'];

/** True when a list of valid things makes the answer valid, whatever their number and whatever stands beside them. */
function takesAnyList(schema: JsonSchema, at: Located, { typing }: Keeper): boolean {
  const steps = at.steps.map(String);
  const outers = [schema, ...steps.map((_, index) => innerSchema(schema, steps.slice(0, index + 1), typing))];
  const shapes = outers.map((outer) => typing.shapeOf(outer));
  const list = shapes.at(-1);
  const isPlain = shapes.every((shape) => shape && shape.choices.length === 0 && shape.excluded.length === 0);
  return isPlain && list !== undefined && LIST_RULES.every((rule) => !(rule in list.keywords));
}

function innerSchema(schema: JsonSchema, steps: readonly string[], typing: Typing): JsonSchema {
  return steps.reduce<JsonSchema>((outer, step) => toSchema(own(membersOf(outer, typing), step)), schema);
}

/** Where nothing is said of an answer, its list stands where lists of the service do. */
function listIn(schema: JsonSchema, { binding, keeper }: Showing): Located | undefined {
  const found = located('list', schema, binding.resource, keeper);
  const { listName } = keeper.style;
  return (
    found ??
    (listName !== undefined && saysNothing(schema, keeper.typing) ? { steps: [listName], schema } : undefined)
  );
}

function showThings(
  schema: JsonSchema,
  outcome: Outcome & { kind: 'things' },
  showing: Showing,
): Json | undefined {
  const { binding, keeper, address } = showing;
  const { resource, operation } = binding;
  const at = listIn(schema, showing);
  const last = outcome.rows.at(-1);
  if (!at) return last && binding.role !== 'list' ? showThing(schema, last, showing) : undefined;
  const list = outcome.rows.flatMap((row) => viewOf(row, resource, at.schema, keeper) ?? []);
  const isFree = takesAnyList(schema, at, keeper);
  if (at.steps.length === 0) return isFree ? list : accepted(schema, list, operation.name, keeper);
  const salt = `${operation.name} envelope`;
  // Views are true to their schema already: where the list has no rules of its own, the envelope alone is checked.
  const base = withList(envelopeOf(schema, salt, keeper), at, isFree ? [] : list);
  const { page } = outcome;
  const paged = page
    ? withPage(base, schema, { page, listSteps: at.steps, address, operation, keeper })
    : base;
  const whole = accepted(schema, paged, salt, keeper);
  return isFree && whole !== undefined ? withList(whole, at, list) : whole;
}

function withList(base: Json | undefined, at: Located, list: readonly Json[]): Json {
  const [name, ...rest] = at.steps;
  if (name === undefined) return list;
  const outer = isObject(base) ? base : {};
  const inner = own(outer, String(name));
  return { ...outer, [name]: withList(inner, { ...at, steps: rest }, list) };
}

/** What an answer of this content shows of what is kept; undefined when it is about something else. */
export function showKept(content: ResponseContent, showing: Showing): Json | undefined {
  const { outcome } = showing;
  const schema = contentSchema(content, showing.keeper.typing);
  if (outcome.kind === 'thing')
    return withNames(showThing(schema, outcome.row, showing), schema, [outcome.row], showing);
  if (outcome.kind !== 'things') return undefined;
  return withNames(showThings(schema, outcome, showing), schema, outcome.rows, showing);
}

/** An answer to making things that lists no more of them than their names. */
function withNames(
  value: Json | undefined,
  schema: JsonSchema,
  rows: readonly StoredRow[],
  { binding, keeper }: Showing,
): Json | undefined {
  const { resource, role } = binding;
  if (role !== 'create' || !isObject(value) || isSame(schema, resource.schema)) return value;
  const at = nameListIn(schema, resource, keeper.typing);
  if (at === undefined || isKnownMember(resource, at, keeper)) return value;
  const ids = rows.map((row) => (resource.idSteps && valueAtSteps(row.value, resource.idSteps)) ?? row.id);
  const whole = { ...value, [at]: ids };
  return keeper.typing.book.accepts(schema, whole) ? whole : value;
}
