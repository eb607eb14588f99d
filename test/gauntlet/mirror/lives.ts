import { createMirror, type Mirror } from '@counterpart/scaffolds/mirror/mirror';
import type { Blueprint, JsonObject, Operation } from '@counterpart/schemas';
import { ask, inputOf } from './contract.ts';
import { agreement, knownOf } from './likeness.ts';

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
const MAX_FAMILIES = 200;

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
    const why = await lifeOf(family, mirror, blueprint);
    if (why !== undefined) untrue.push(`${family.create.name}: ${why}`);
  }
  return { possible: families.length, untrue };
}

/** What is found where nothing was made; everything is as before afterwards. */
async function withoutMemory<Found>({ state }: Mirror, find: () => Promise<Found>): Promise<Found> {
  const before = state.snapshot();
  state.reset();
  try {
    return await find();
  } finally {
    state.restore(before);
  }
}

type Ask = (operation: Operation, input: JsonObject) => ReturnType<typeof ask>;

/** What is untrue about a thing's life; undefined: nothing. */
async function lifeOf(family: Family, mirror: Mirror, blueprint: Blueprint): Promise<string | undefined> {
  const call: Ask = async (operation, input) => ask(mirror, blueprint, operation, input);
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
  for (const { name, thing } of knownOf(created.body, given['body'], family.last)) {
    const which = { ...above, [key ?? family.last]: name };
    const agreed = async (): Promise<number> => {
      const shown = await call(family.read, { ...asked, ...which });
      return shown !== undefined && shown.status < 300 ? agreement(shown.body, thing) : 0;
    };
    // For a name that it never gave a mirror invents a thing: what it shows without having been told proves nothing.
    if ((await agreed()) > (await withoutMemory(mirror, agreed)))
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
