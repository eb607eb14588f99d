import { buildRequest } from '../../scaffolds/kit/src/interpret/request.ts';
import type { Mirror } from '@counterpart/scaffolds/mirror/mirror';
import { stepInto } from '@counterpart/scaffolds/mirror/resource/locate';
import { asText } from '@counterpart/scaffolds/mirror/answer/render';
import { plain } from '@counterpart/scaffolds/mirror/resource/words';
import type { Binding, Resource, Role } from '@counterpart/scaffolds/mirror/resource/resource';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import { isArray, isObject, own, parseJson } from '@counterpart/scaffolds/mirror/schema/json-value';
import type { Blueprint, Json, JsonObject, Operation } from '@counterpart/schemas';

/** One life of one resource, told through its mirror; `faults` are the steps that were not true. */
export interface Life {
  readonly resource: string;
  readonly steps: readonly string[];
  readonly faults: readonly string[];
}

const BASE = 'http://mirror.test';
/** Things a collection has before anybody made one. */
const SEEDS = 3;
/** Every credential is configured, every address and limit is the default. */
const env = (name: string): string | undefined => {
  if (/(?:BASE_)?URL$/.test(name)) return BASE;
  return /TIMEOUT|MAX_|BROKER/.test(name) ? undefined : 'secret';
};

interface Answer {
  readonly status: number;
  readonly body: Json | undefined;
  readonly text: string;
}

async function send(
  blueprint: Blueprint,
  mirror: Mirror,
  operation: Operation,
  input: JsonObject,
): Promise<Answer> {
  const { servers: _own, ...http } = operation.http;
  const built = buildRequest(blueprint, { ...operation, http }, input, env).request;
  const { body } = built;
  const isSent = body !== undefined && !['GET', 'HEAD'].includes(built.method);
  const response = await mirror.fetch(
    new Request(built.url, {
      method: built.method,
      headers: { ...built.headers },
      ...(isSent ? { body: typeof body === 'string' ? body : Uint8Array.from(body) } : {}),
    }),
  );
  const text = await response.text();
  const parsed = parseJson(text);
  return { status: response.status, text, body: parsed.kind === 'value' ? parsed.value : undefined };
}

/** Puts a value where the binding's identifier is taken from. */
function withId(input: JsonObject, { id, operation }: Binding, value: string, idValue: Json): JsonObject {
  if (!id) return input;
  if (id.in === 'body') {
    const body = input['body'];
    return { ...input, body: { ...(isObject(body) ? body : {}), [id.name]: idValue } };
  }
  const key = operation.http.parameters.find((one) => one.in === id.in && one.name === id.name)?.key;
  return key === undefined ? input : { ...input, [key]: typeof idValue === 'number' ? idValue : value };
}

interface Telling {
  readonly blueprint: Blueprint;
  readonly mirror: Mirror;
  readonly resource: Resource;
  readonly bindings: readonly Binding[];
}

const placesOf = ({ scope }: Binding): readonly string[] => scope.map(({ place }) => place);

/** The operation of a role whose owners are those of the one that creates: what hangs elsewhere shows other things. */
function find({ bindings }: Telling, role: Role, near: Binding): Binding | undefined {
  const places = placesOf(near);
  const own = bindings.filter((one) => one.role === role);
  const close = own.filter((one) => placesOf(one).join(' ') === places.join(' '));
  const wider = own.filter((one) => placesOf(one).every((place) => places.includes(place)));
  const below = close.find((one) => one.operation.http.path.startsWith(near.operation.http.path));
  return below ?? close[0] ?? wider[0] ?? (role === 'list' ? undefined : own[0]);
}

function inputFor({ blueprint }: Telling, binding: Binding, scope: ReadonlyMap<string, Json>): JsonObject {
  const input: Record<string, Json> = { ...sampleInput(blueprint, binding.operation) };
  for (const { place, parameter } of binding.scope) {
    const value = scope.get(place);
    const key = binding.operation.http.parameters.find(
      (one) => one.in === 'path' && one.name === parameter,
    )?.key;
    if (value !== undefined && key !== undefined) input[key] = value;
  }
  return input;
}

const scalar = (value: Json | undefined): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Simple members of what was sent that the answer's thing has by the same name, and which are not the same there. */
function unlike(sent: JsonObject, thing: JsonObject): readonly string[] {
  const loose = (value: Json): string => asText(value).toLowerCase();
  return Object.entries(sent).flatMap(([name, value]) => {
    const shown = Object.entries(thing).find(([key]) => plain(key) === plain(name))?.[1];
    return scalar(value) && scalar(shown) && loose(value) !== loose(shown) ? [name] : [];
  });
}

const sentThing = (input: JsonObject, { bodySteps }: Binding): JsonObject => {
  const inner = stepInto(input['body'], bodySteps) ?? input['body'];
  const first = isArray(inner) ? inner[0] : inner;
  return isObject(first) ? first : {};
};

/** A thing on its way through its life. */
interface Living extends Telling {
  readonly creating: Binding;
  readonly input: JsonObject;
  readonly scope: ReadonlyMap<string, Json>;
  readonly key: string;
  readonly note: (step: string, fault?: string | false) => void;
}

const excerpt = ({ status, text }: Answer): string => `${status} ${text.slice(0, 200)}`;

async function askFor(life: Living, binding: Binding): Promise<Answer> {
  const { blueprint, mirror, resource, key } = life;
  const value = mirror.state.get(resource.name, { id: key })?.value;
  const idValue = (resource.idSteps && stepInto(value, resource.idSteps)) ?? key;
  return send(
    blueprint,
    mirror,
    binding.operation,
    withId(inputFor(life, binding, life.scope), binding, key, idValue),
  );
}

async function readBack(life: Living, reading: Binding): Promise<void> {
  const read = await askFor(life, reading);
  const thing = reading.item && stepInto(read.body, reading.item.steps);
  const different = isObject(thing) ? unlike(sentThing(life.input, life.creating), thing) : [];
  const otherwise = different.length > 0 && `read back otherwise: ${different.join(', ')}`;
  life.note('read', read.status >= 300 ? `read: ${excerpt(read)}` : otherwise);
}

async function findListed(life: Living, listing: Binding): Promise<void> {
  const { blueprint, mirror, scope, key } = life;
  const listed = await send(blueprint, mirror, listing.operation, inputFor(life, listing, scope));
  const list = listing.list && stepInto(listed.body, listing.list.steps);
  // Things without an identifier of their own are told by their number: one more than there always were.
  const isMore = life.resource.idSteps === undefined && isArray(list) && list.length > SEEDS;
  life.note('list', !listed.text.includes(key) && !isMore && `list: ${listed.status} lacks ${key}`);
}

async function change(life: Living, updating: Binding): Promise<void> {
  const version = (): number => life.mirror.state.get(life.resource.name, { id: life.key })?.version ?? 0;
  const before = version();
  const changed = await askFor(life, updating);
  const idle = version() <= before && 'update changed nothing';
  life.note('update', changed.status >= 300 ? `update: ${excerpt(changed)}` : idle);
}

async function removeAndLook(life: Living, removing: Binding, reading: Binding | undefined): Promise<void> {
  const removed = await askFor(life, removing);
  life.note('delete', removed.status >= 400 && `delete: ${excerpt(removed)}`);
  if (!reading) return;
  const gone = await askFor(life, reading);
  life.note('look again', gone.status !== 404 && `read after delete: ${gone.status}`);
}

function scopeValues({ operation, scope }: Binding, input: JsonObject): ReadonlyMap<string, Json> {
  const values = scope.flatMap(({ place, parameter }): [string, Json][] => {
    const binding = operation.http.parameters.find((one) => one.in === 'path' && one.name === parameter);
    const value = binding && own(input, binding.key);
    return value === undefined ? [] : [[place, value]];
  });
  return new Map(values);
}

/** The identifier that a call makes its thing known by; undefined when it made none. */
async function create({ mirror, blueprint, resource }: Telling, creating: Binding, input: JsonObject) {
  let key: string | undefined;
  const leave = mirror.state.onChange((news) => {
    if (news.kind === 'created' && news.collection === resource.name) key = news.row.id;
  });
  const made = await send(blueprint, mirror, creating.operation, input);
  leave();
  return { key, made };
}

/** Creates a thing, reads it back, finds it listed, changes it, removes it, and looks for it again. */
async function liveThrough(telling: Telling): Promise<Life> {
  const { blueprint, mirror, resource, bindings } = telling;
  const steps: string[] = [];
  const faults: string[] = [];
  const note = (step: string, fault?: string | false): void => {
    steps.push(step);
    if (typeof fault === 'string') faults.push(fault);
  };
  const creating =
    bindings.find(({ role }) => role === 'create') ?? bindings.find(({ role }) => role === 'replace');
  if (!creating) return { resource: resource.name, steps, faults };
  mirror.state.reset();
  const input = sampleInput(blueprint, creating.operation);
  const { key, made } = await create(telling, creating, input);
  note('create', (made.status >= 300 || key === undefined) && `create: ${excerpt(made)}`);
  if (made.status >= 300 || key === undefined) return { resource: resource.name, steps, faults };
  const life: Living = { ...telling, creating, input, scope: scopeValues(creating, input), key, note };
  const reading = find(telling, 'read', creating);
  const listing = find(telling, 'list', creating);
  const updating = find(telling, 'update', creating) ?? find(telling, 'replace', creating);
  const removing = find(telling, 'remove', creating);
  if (reading) await readBack(life, reading);
  if (listing) await findListed(life, listing);
  if (updating?.item && updating.operation.http.body && updating !== creating) await change(life, updating);
  if (removing) await removeAndLook(life, removing, reading);
  return { resource: resource.name, steps, faults };
}

/** Lives of all resources that a description lets callers make and look at. */
export async function liveAll(blueprint: Blueprint, mirror: Mirror): Promise<readonly Life[]> {
  const byResource = Map.groupBy(mirror.resources.bindings.values(), ({ resource }) => resource);
  const lives: Life[] = [];
  for (const [resource, bindings] of byResource) {
    const has = (...roles: readonly Role[]): boolean => bindings.some(({ role }) => roles.includes(role));
    if (has('create', 'replace') && has('read', 'list'))
      lives.push(await liveThrough({ blueprint, mirror, resource, bindings }));
  }
  return lives;
}

const collectionOf = (path: string): string =>
  path
    .replace(/[?#].*$/, '')
    .replace(/\.(?:json|xml)$/, '')
    .replace(/\/$/, '');

/** Paths at which something can be made and looked at, by the paths alone: what a mirror could keep. */
export function keepablePaths({ operations }: Blueprint): readonly string[] {
  const at = (method: string): ReadonlySet<string> =>
    new Set(
      operations.filter(({ http }) => http.method === method).map(({ http }) => collectionOf(http.path)),
    );
  const shown = [...at('GET')];
  return [...at('POST')].filter((path) => {
    if (path.endsWith('}')) return false;
    const isShown = shown.some(
      (one) => one === path || (one.startsWith(`${path}/{`) && !one.slice(path.length + 1).includes('/')),
    );
    return isShown;
  });
}
