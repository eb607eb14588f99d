import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import type { Typing } from '../request/coerce.ts';
import { stepInto } from '../resource/locate.ts';
import { membersOf } from '../resource/members.ts';
import { plain } from '../resource/words.ts';
import { createRandom } from '../sample/random.ts';
import { isArray, isObject, own, toSchema } from '../schema/json-value.ts';
import type { Scope, StoredRow } from '../state/snapshot.ts';
import { newIdentifier, withOwnIdentifiers } from './identity.ts';
import {
  requestValue,
  textOf,
  toIdentifier,
  valueAtSteps,
  withSteps,
  type Identifier,
  type Keeper,
  type Refusal,
  type Visit,
} from './keeper.ts';
import { mergePatch } from './value/merge.ts';
import { nameBelowParent } from './remote-call.ts';
import { sampleThing, settle } from './rows.ts';

/** What a request says of one thing: its body, or parameters named like the thing's members when it has none. */
export function sentThings(visit: Visit): readonly JsonObject[] {
  const { binding, request } = visit;
  const body = request.body?.wire;
  const names = binding.bodyNames === undefined || !isObject(body) ? undefined : own(body, binding.bodyNames);
  const { idSteps } = binding.resource;
  if (isArray(names) && idSteps) return names.map((name) => withSteps({}, idSteps, name));
  const inner = stepInto(
    body,
    binding.bodySteps.filter((step) => typeof step === 'string'),
  );
  const sent = inner ?? body;
  if (isArray(sent)) return sent.filter(isObject);
  if (isObject(sent)) return [sent];
  return [sentInQuery(visit)];
}

function sentInQuery({ binding, request, keeper }: Visit): JsonObject {
  const members = new Set(Object.keys(membersOf(binding.resource.schema ?? true, keeper.typing)).map(plain));
  const sent = request.parameters.flatMap(({ binding: one, value }): [string, Json][] =>
    one.in === 'query' && value !== undefined && members.has(plain(one.name)) ? [[one.name, value]] : [],
  );
  return Object.fromEntries(sent);
}

/** Without what only the service may write. */
export function writable(sent: JsonObject, { binding, keeper }: Visit): JsonObject {
  const members = membersOf(binding.resource.schema ?? true, keeper.typing);
  const kept = Object.entries(sent).filter(([name]) => {
    const schema = toSchema(own(members, name));
    const shape = schema === true ? undefined : keeper.typing.shapeOf(schema);
    return shape?.keywords['readOnly'] !== true;
  });
  const { noun } = binding.resource;
  return Object.fromEntries(kept.map(([name, value]) => [memberName(name, members, noun), value]));
}

/** Twilio takes `FriendlyName` and answers `friendly_name`; others take a pool's `name` and answer `pool_name`. */
function memberName(name: string, members: Readonly<Record<string, unknown>>, noun: string): string {
  if (Object.hasOwn(members, name)) return name;
  const names = Object.keys(members);
  const same = names.find((member) => plain(member) === plain(name));
  return same ?? names.find((member) => plain(member) === plain(noun) + plain(name)) ?? name;
}

const defaultOf = (schema: JsonSchema, typing: Typing): Json | undefined =>
  own(typing.shapeOf(schema)?.keywords ?? {}, 'default');

/** Blanks made up a resource; later things share them, since only what is said of a thing has to differ. */
const BLANKS = 8;
const blanks = new WeakMap<Keeper, Map<string, JsonObject>>();

/** One of the blanks of a resource, chosen by the identifier of the thing that is made from it. */
function blankFor(visit: Visit, id: Identifier): JsonObject {
  const { name } = visit.binding.resource;
  const salt = `${name} new ${createRandom(String(id)).int(1, BLANKS)}`;
  const known = blanks.get(visit.keeper) ?? new Map<string, JsonObject>();
  blanks.set(visit.keeper, known);
  const made = known.get(salt) ?? blank(visit, salt);
  known.set(salt, made);
  return made;
}

/** What a new thing is before anything is said of it: what callers may set is empty, the rest the service makes up. */
function blank(visit: Visit, salt: string): JsonObject {
  const { resource } = visit.binding;
  const { typing } = visit.keeper;
  const made = sampleThing(resource, salt, visit.keeper);
  if (!isObject(made)) return {};
  const members = membersOf(resource.schema ?? true, typing);
  const settable = new Map([...resource.settable].map(([name, schema]) => [plain(name), schema]));
  const entries = Object.entries(made).flatMap(([name, value]): [string, Json][] => {
    const asked = settable.get(plain(name));
    if (asked === undefined) return [[name, value]];
    const schema = toSchema(own(members, name));
    const initial = defaultOf(asked, typing) ?? defaultOf(schema, typing);
    if (initial !== undefined) return [[name, initial]];
    const empty = [null, []].find((one) => schema !== true && typing.book.accepts(schema, one));
    return empty === undefined ? [] : [[name, empty]];
  });
  return Object.fromEntries(entries);
}

interface ChosenId {
  readonly id: Identifier;
  /** The caller chose it. */
  readonly isSent: boolean;
}

/** The identifier a new thing gets: the caller's where the description lets callers choose, else a new one. */
function chosenId(visit: Visit, sent: JsonObject, scope: Scope): ChosenId {
  const { binding, request, keeper } = visit;
  const { resource } = binding;
  const full = nameBelowParent(visit, () => String(newIdentifier(resource, scope, keeper)));
  if (full !== undefined) return { id: full, isSent: true };
  const inRequest = toIdentifier(binding.id && requestValue(request, binding.id));
  const inBody = toIdentifier(resource.idSteps && valueAtSteps(sent, resource.idSteps));
  const given = inRequest ?? inBody;
  if (given !== undefined && given !== '') return { id: given, isSent: true };
  return { id: resource.isSingleton ? '' : newIdentifier(resource, scope, keeper), isSent: false };
}

const declares = ({ binding }: Visit, status: number): boolean =>
  binding.operation.http.responses.some((one) => one.status === String(status));

const UNIQUE = new Set(['email', 'username', 'login', 'slug']);

/** A thing made by a caller that the new one would be taken for. */
function rival(visit: Visit, sent: JsonObject, id: ChosenId, scope: Scope): StoredRow | undefined {
  if (!declares(visit, 409)) return undefined;
  const { resource } = visit.binding;
  const { state } = visit.keeper;
  const same = id.isSent ? state.get(resource.name, { id: String(id.id), scope }) : undefined;
  if (same?.origin === 'created') return same;
  const unique = Object.entries(sent).filter(
    ([name, value]) => UNIQUE.has(plain(name)) && typeof value === 'string',
  );
  return state
    .list(resource.name, scope)
    .find(
      (row) => row.origin === 'created' && unique.some(([name, value]) => own(row.value, name) === value),
    );
}

/** Makes one thing of what was sent, or says why there can be no such thing. */
export function makeOne(visit: Visit, sent: JsonObject, scope: Scope): StoredRow | Refusal {
  const { binding, keeper } = visit;
  const { resource } = binding;
  const given = writable(sent, visit);
  const id = chosenId(visit, given, scope);
  const twin = rival(visit, given, id, scope);
  if (twin) {
    const detail = `A ${resource.noun} like this is there already: ${twin.id}.`;
    return { status: 409, slug: 'conflict', title: 'Already there', detail };
  }
  const now = keeper.state.nowMs() + 1_000;
  const base = withOwnIdentifiers(blankFor(visit, id.id), resource, id.id, keeper);
  const times = { scope, createdAtMs: now, updatedAtMs: now, id: id.id, places: binding.scope };
  const value = settle({ ...base, ...defined(mergePatch(base, given, false)) }, resource, times, keeper);
  const rowId = textOf(resource.idSteps && valueAtSteps(value, resource.idSteps)) ?? String(id.id);
  return keeper.state.create(resource.name, { id: rowId, scope, value });
}

/** A value as an object; anything else says nothing. */
export const defined = (value: Json): JsonObject => (isObject(value) ? value : {});
/** True when nothing was made. */
export const isRefusal = (made: StoredRow | Refusal): made is Refusal => 'slug' in made;
