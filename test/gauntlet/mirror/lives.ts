import { createMirror } from '@counterpart/scaffolds/mirror/mirror';
import type { Blueprint, Json, JsonObject, Operation } from '@counterpart/schemas';
import { ask, inputOf } from './contract.ts';

/** Whether things that are made in a mirror are there afterwards, as a client finds out. */
export interface Lives {
  /** Collections whose description has a way to make a thing and one to show it. */
  readonly possible: number;
  /** Those without a life, each with what became of it. */
  readonly untrue: readonly string[];
}

interface Family {
  readonly create: Operation;
  readonly read: Operation;
  readonly remove: Operation | undefined;
  /** The parameter of the path that names one thing. */
  readonly last: string;
}

/** Collections asked per description. */
const MAX_FAMILIES = 60;
/** Values of a created thing tried as what names it. */
const MAX_NAMES = 16;

/** By the paths of the description alone, `POST /toys` and `GET /toys/{id}`: nothing of what the mirror makes of them. */
function familiesOf({ operations }: Blueprint): Family[] {
  const at = new Map(operations.map((one) => [`${one.http.method} ${bare(one.http.path)}`, one] as const));
  return operations.flatMap((read): Family[] => {
    const [, collection, last] = /^(.*[^/{}])\/\{([^{}]+)\}$/.exec(bare(read.http.path)) ?? [];
    const create = collection === undefined ? undefined : at.get(`POST ${collection}`);
    if (read.http.method !== 'GET' || create === undefined || last === undefined) return [];
    if (create.output === undefined || read.output === undefined) return [];
    return [{ create, read, remove: at.get(`DELETE ${bare(read.http.path)}`), last }];
  });
}

const bare = (path: string): string => path.replace(/\/$/, '');

/** Makes one thing of each collection, reads it back and takes it away, where all that is possible. */
export async function judgeLives(blueprint: Blueprint): Promise<Lives> {
  const families = familiesOf(blueprint).slice(0, MAX_FAMILIES);
  const mirror = createMirror(blueprint);
  const untrue: string[] = [];
  for (const family of families) {
    mirror.state.reset();
    const why = await lifeOf(
      family,
      async (operation, input) => ask(mirror, blueprint, operation, input),
      blueprint,
    );
    if (why !== undefined) untrue.push(`${family.create.name}: ${why}`);
  }
  return { possible: families.length, untrue };
}

type Ask = (operation: Operation, input: JsonObject) => ReturnType<typeof ask>;

/** What is untrue about a thing's life; undefined: nothing. */
async function lifeOf(family: Family, call: Ask, blueprint: Blueprint): Promise<string | undefined> {
  const given = inputOf(blueprint, family.create);
  const asked = inputOf(blueprint, family.read);
  if (given === undefined || asked === undefined) return 'no valid request can be made up';
  const created = await call(family.create, given);
  if (created === undefined || created.status >= 300) return `it is not made: ${created?.status}`;
  const places = family.create.http.parameters.filter((one) => one.in === 'path').map(({ key }) => key);
  const above = Object.fromEntries(
    places.flatMap((key) => (key in given ? [[key, given[key] ?? null]] : [])),
  );
  const key = family.read.http.parameters.find((one) => one.in === 'path' && one.name === family.last)?.key;
  for (const name of namesIn(created.body, family.last)) {
    const which = { ...above, [key ?? family.last]: name };
    const shown = await call(family.read, { ...asked, ...which });
    // For a name that it never gave a mirror invents a thing, as a service that has been there for long has one.
    if (shown !== undefined && shown.status < 300 && isLike(created.body, shown.body))
      return family.remove && endOf({ ...family, remove: family.remove }, which, call, blueprint);
  }
  return 'what was made is not found by anything it holds';
}

/** What is untrue about a thing's end; undefined: it is gone. */
async function endOf(
  { read, remove }: Family & { readonly remove: Operation },
  which: JsonObject,
  call: Ask,
  blueprint: Blueprint,
): Promise<string | undefined> {
  const removed = await call(remove, { ...inputOf(blueprint, remove), ...which });
  if (removed === undefined || removed.status >= 300) return `it is not removed: ${removed?.status}`;
  const after = await call(read, { ...inputOf(blueprint, read), ...which });
  return after !== undefined && after.status < 400 ? 'it is shown after it was removed' : undefined;
}

type Leaf = readonly [path: string, value: string | number | boolean];

function leavesOf(value: unknown, path = ''): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, `${path}/${key}`));
}

/** Values that may name a thing: what is called like the parameter first, then whatever is called an identifier. */
function namesIn(body: unknown, parameter: string): Json[] {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const rank = ([path]: Leaf): number => {
    const steps = path.split('/');
    const key = plain(steps.at(-1) ?? '');
    const depth = steps.length;
    if (key === plain(parameter)) return depth;
    return /^(?:id|uuid|guid|sid|key|name|slug|code|number)$/.test(key)
      ? 10 + depth
      : key.endsWith('id')
        ? 20 + depth
        : 40 + depth;
  };
  return leavesOf(body)
    .filter(([, value]) => typeof value !== 'boolean')
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MAX_NAMES)
    .map(([, value]) => value);
}

/** True when most of what two answers both say is the same; an answer that says other things is another thing's. */
function isLike(made: unknown, shown: unknown): boolean {
  const tail = (path: string): string => path.split('/').slice(-2).join('/');
  const seen = new Map(leavesOf(shown).map(([path, value]) => [tail(path), value] as const));
  const common = leavesOf(made).filter(([path]) => seen.has(tail(path)));
  const equal = common.filter(([path, value]) => seen.get(tail(path)) === value);
  return common.length > 0 && equal.length >= common.length * 0.8;
}
