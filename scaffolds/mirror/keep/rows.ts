import { canonicalJson, type Json, type JsonObject } from '@counterpart/schemas';
import { houseThing, saysNothing } from '../resource/house-style.ts';
import { membersOf } from '../resource/members.ts';
import type { Resource, ScopeValue } from '../resource/resource.ts';
import { plain, singular } from '../resource/words.ts';
import { isObject, own } from '../schema/json-value.ts';
import type { Scope, StoredRow } from '../state/snapshot.ts';
import { fill } from './value/fill.ts';
import { newIdentifier, withOwnIdentifiers } from './identity.ts';
import { textOf, valueAtSteps, withSteps, type Identifier, type Keeper } from './keeper.ts';
import { consistent } from './value/consistent.ts';
import { inOrder, stampTimes } from './value/timeline.ts';

/** Members by which people call a thing when they do not use its identifier. */
const CALLED_BY = new Set([
  'id',
  'name',
  'number',
  'key',
  'slug',
  'login',
  'username',
  'sid',
  'uuid',
  'code',
  'handle',
  'email',
]);
const HOLDERS = ['metadata', 'attributes'];
const DAY_MS = 86_400_000;

/** Says in the thing whose it is, where it has a member for that. */
function withOwner(
  value: JsonObject,
  resource: Resource,
  owner: { readonly scope: Scope; readonly places: readonly ScopeValue[] },
  keeper: Keeper,
): JsonObject {
  let owned = value;
  for (const { place, parameter } of owner.places) {
    const id = owner.scope[place];
    const names = new Set([
      plain(parameter),
      ...['id', 'sid', 'key'].map((end) => `${singular(plain(place))}${end}`),
    ]);
    names.delete('id');
    const steps = id === undefined ? undefined : memberNamed(resource, names, keeper);
    if (id !== undefined && steps && canonicalJson(steps) !== canonicalJson(resource.idSteps ?? [])) {
      owned = withSteps(owned, steps, id);
    }
  }
  return owned;
}

function memberNamed(
  resource: Resource,
  names: ReadonlySet<string>,
  { typing }: Keeper,
): readonly string[] | undefined {
  if (resource.schema === undefined) return undefined;
  const members = membersOf(resource.schema, typing);
  const direct = Object.keys(members).find((name) => names.has(plain(name)));
  if (direct !== undefined) return [direct];
  for (const holder of HOLDERS) {
    const inner = own(members, holder);
    const name = isObject(inner)
      ? Object.keys(membersOf(inner, typing)).find((one) => names.has(plain(one)))
      : undefined;
    if (name !== undefined) return [holder, name];
  }
  return undefined;
}

/** A value as the resource's schema has it, with identifier, owner and times; undefined when the schema accepts none. */
export function settle(
  given: JsonObject,
  resource: Resource,
  row: Pick<StoredRow, 'createdAtMs' | 'updatedAtMs' | 'scope'> & {
    readonly id: Identifier;
    readonly places: readonly ScopeValue[];
  },
  keeper: Keeper,
): JsonObject {
  const named = resource.idSteps ? withSteps(given, resource.idSteps, row.id) : given;
  const owned = withOwner(named, resource, { scope: row.scope, places: row.places }, keeper);
  const timed = stampTimes(owned, row);
  if (resource.schema === undefined) return timed;
  const salt = `${resource.name} ${String(row.id)}`;
  const filled = fill(resource.schema, timed, keeper, { salt });
  return isObject(filled) ? filled : timed;
}

/** A thing of the resource, made up; where nothing is said of it, in the style of the house. */
export function sampleThing(resource: Resource, salt: string, keeper: Keeper): Json | undefined {
  const { schema, noun } = resource;
  if (schema === undefined || saysNothing(schema, keeper.typing)) return houseThing(keeper.style, noun);
  return keeper.sampler.sample(schema, { name: noun, salt });
}

/** A thing the service has always had: plausible, its moments in order, no two alike. */
function invent(resource: Resource, id: Identifier, scope: Scope, keeper: Keeper): JsonObject {
  const salt = `${resource.name} ${canonicalJson(scope)} ${String(id)}`;
  const made = sampleThing(resource, salt, keeper);
  return isObject(made) ? consistent(inOrder(withOwnIdentifiers(made, resource, id, keeper))) : {};
}

/** Makes a row of the service's past. */
function inventRow(
  resource: Resource,
  key: { readonly id: Identifier; readonly scope: Scope; readonly places: readonly ScopeValue[] },
  keeper: Keeper,
): StoredRow {
  const { id, scope, places } = key;
  const value = invent(resource, id, scope, keeper);
  const now = keeper.state.nowMs();
  const createdAtMs = now - DAY_MS;
  const settled = settle(
    value,
    resource,
    { id, scope, places, createdAtMs: createdAtMs, updatedAtMs: now },
    keeper,
  );
  const { name } = resource;
  return keeper.state.create(name, { id: String(id), scope, value: inOrder(settled), origin: 'seed' });
}

/** Rows the collection had before anybody made one; made once a scope. */
export function seedCollection(
  resource: Resource,
  owner: { readonly scope: Scope; readonly places: readonly ScopeValue[] },
  keeper: Keeper,
): void {
  if (!keeper.state.claimSeeding(resource.name, owner.scope)) return;
  for (let index = 0; index < keeper.seedRows; index += 1) {
    inventRow(resource, { ...owner, id: newIdentifier(resource, owner.scope, keeper) }, keeper);
  }
}

/** What people call a row by besides its identifier. */
export function namesOf({ value }: StoredRow): readonly string[] {
  return Object.entries(value).flatMap(([name, member]) =>
    CALLED_BY.has(plain(name)) ? (textOf(member) ?? []) : [],
  );
}

/** The newest row that is called so by any of its names, where its identifier is another. */
function calledSo(resource: Resource, id: string, scope: Scope, { state }: Keeper): StoredRow | undefined {
  const { idSteps } = resource;
  return state
    .list(resource.name, scope)
    .findLast(
      (row) => (idSteps && textOf(valueAtSteps(row.value, idSteps)) === id) || namesOf(row).includes(id),
    );
}

/** The row an identifier means; made up when the service may have had it, undefined when it has none. */
export function findRow(
  resource: Resource,
  key: { readonly id: Identifier; readonly scope: Scope; readonly places: readonly ScopeValue[] },
  keeper: Keeper,
): StoredRow | undefined {
  const { state } = keeper;
  const { scope, places } = key;
  const id = String(key.id);
  seedCollection(resource, { scope, places }, keeper);
  const known = state.get(resource.name, { id, scope }) ?? calledSo(resource, id, scope, keeper);
  if (known) return known;
  if (keeper.unknownIds === 'refuse' || state.isRemoved(resource.name, { id, scope })) return undefined;
  return inventRow(resource, key, keeper);
}
