import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../../json-value.ts';

/** Members that are wanted, and of each which of its members; an empty map means: all of it. */
type Wanted = ReadonlyMap<string, Wanted>;

const ALL: Wanted = new Map();

/** `owner.login`, `/owner/login` and `owner/login` are one path. Numbers are no steps: a list is passed through. */
const stepsOf = (field: string): string[] =>
  field
    .trim()
    .replace(/\[\d*\]/g, '')
    .split(/[./]/)
    .filter((step) => step !== '' && !/^\d+$/.test(step));

function add(wanted: Wanted, [head, ...rest]: readonly string[]): Wanted {
  if (head === undefined) return wanted;
  const before = wanted.get(head);
  const isAll = rest.length === 0 || (before !== undefined && before.size === 0);
  return new Map([...wanted, [head, isAll ? ALL : add(before ?? ALL, rest)]]);
}

function project(value: Json, wanted: Wanted): Json {
  if (wanted.size === 0) return value;
  if (isList(value)) return value.map((item) => project(item, wanted));
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, Json][] => {
      const below = wanted.get(key);
      return below === undefined ? [] : [[key, project(member, below)]];
    }),
  );
}

/** Names of the members of an object, or of the objects of a list. */
function membersOf(value: Json | undefined): string[] {
  if (isList(value)) return [...new Set(value.slice(0, 20).flatMap(membersOf))];
  return isMembers(value) ? Object.keys(value) : [];
}

function has(value: Json | undefined, [head, ...rest]: readonly string[]): boolean {
  if (head === undefined) return true;
  if (isList(value)) return value.some((item) => has(item, [head, ...rest]));
  return isMembers(value) && Object.hasOwn(value, head) && has(value[head], rest);
}

export interface Picked {
  readonly value: Json;
  /** Fields that are nowhere in the answer. */
  readonly missing: readonly string[];
  /** Names that could have been asked for. */
  readonly known: readonly string[];
}

const isCompound = (value: Json | undefined): boolean => typeof value === 'object' && value !== null;

/** The steps to the list of an answer that is an envelope around one: a list of objects beside nothing but scalars. */
function listOf(value: Json): readonly string[] {
  if (!isMembers(value)) return [];
  const compound = Object.entries(value).filter(([, member]) => isCompound(member));
  const [name, member] = compound[0] ?? [];
  return compound.length === 1 && name !== undefined && isList(member) && member.some(isMembers)
    ? [name]
    : [];
}

const at = (value: Json | undefined, steps: readonly string[]): Json | undefined =>
  steps.reduce<Json | undefined>((found, step) => (isMembers(found) ? found[step] : undefined), value);

/**
 * Only the named members of an answer, its form kept: lists are passed through, and a name that the answer itself lacks
 * is looked for in the items of its list, beside whose scalars it then stands. `items` is the JSON pointer to that list.
 */
export function pickFields(value: Json, fields: readonly string[], items?: string): Picked {
  const list = items === undefined ? listOf(value) : stepsOf(items);
  const paths = fields.map((field) => {
    const steps = stepsOf(field);
    return { field, steps: has(value, steps.slice(0, 1)) ? steps : [...list, ...steps] };
  });
  const found = paths.filter(({ field, steps }) => stepsOf(field).length > 0 && has(value, steps));
  const missing = paths.filter((path) => !found.includes(path)).map(({ field }) => field);
  const known = membersOf(at(value, list));
  if (found.length === 0) return { value, missing, known };
  const isOfItems = list.length > 0 && found.some(({ steps }) => steps[0] === list[0]);
  const scalars =
    isOfItems && isMembers(value) ? Object.keys(value).filter((key) => !isCompound(value[key])) : [];
  const wanted = [...found.map(({ steps }) => steps), ...scalars.map((key) => [key])].reduce(add, ALL);
  return { value: project(value, wanted), missing, known };
}
