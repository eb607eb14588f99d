import { isMembers, membersOf } from '../../kernel/protocol/members.ts';
import type { JsonMembers } from '../../kernel/ports.ts';
import { allWords, contentWords, root as rootOf } from './sentence/words.ts';

/** One place in a tool's arguments that a word of a sentence can fill. */
export interface Slot {
  readonly path: readonly string[];
  /** Words of the last name: `pageSize` is `page size`. */
  readonly label: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean';
  /** A list of such values. */
  readonly isList: boolean;
  readonly format?: string | undefined;
  readonly values?: readonly string[] | undefined;
  readonly description: string;
  readonly isRequired: boolean;
}

/** Schemas are the same from sentence to sentence. */
const slotsKnown = new WeakMap<JsonMembers, readonly Slot[]>();

const DEEPEST = 4;
const MOST_SLOTS = 150;

/** The slots of a tool's parameters, those of nested objects included; lists of objects and open shapes have none. */
export function slotsOf(parameters: JsonMembers): readonly Slot[] {
  const known = slotsKnown.get(parameters);
  if (known) return known;
  const slots: Slot[] = [];
  slotsKnown.set(parameters, slots);
  collect({ schema: parameters, root: parameters, path: [], isRequired: true, depth: 0 }, slots);
  return slots;
}

/** Required arguments that hold no slot: they cannot be told in a sentence. */
export function untellable(parameters: JsonMembers): readonly string[] {
  const slots = slotsOf(parameters);
  const required = requiredOf(resolve(parameters, parameters));
  const properties = membersOf(resolve(parameters, parameters)['properties']);
  return required.filter(
    (name) =>
      !('default' in membersOf(properties[name])) &&
      !slots.some(({ path }) => path[0] === name) &&
      requiredOf(resolve(membersOf(properties[name]), parameters)).length > 0,
  );
}

interface Place {
  readonly schema: JsonMembers;
  readonly root: JsonMembers;
  readonly path: readonly string[];
  readonly isRequired: boolean;
  readonly depth: number;
}

function collect({ schema, root, path, isRequired, depth }: Place, slots: Slot[]): void {
  const object = resolve(schema, root);
  const required = requiredOf(object);
  for (const [name, value] of Object.entries(membersOf(object['properties']))) {
    if (slots.length >= MOST_SLOTS) return;
    const inner = resolve(membersOf(value), root);
    const place = {
      schema: inner,
      root,
      path: [...path, name],
      isRequired: isRequired && required.includes(name),
    };
    const slot = slotOf(place);
    if (slot) slots.push(slot);
    else if (depth < DEEPEST && isMembers(inner['properties']))
      collect({ ...place, depth: depth + 1 }, slots);
  }
}

function slotOf({ schema, root, path, isRequired }: Omit<Place, 'depth'>): Slot | undefined {
  const isList = typesOf(schema).includes('array');
  const own = isList ? resolve(membersOf(schema['items']), root) : schema;
  const type = scalarTypeOf(own);
  if (type === undefined) return undefined;
  const values = Array.isArray(own['enum'])
    ? own['enum'].filter((value) => typeof value === 'string')
    : undefined;
  return {
    path,
    label: labelOf(path.at(-1) ?? ''),
    type,
    isList,
    format: typeof own['format'] === 'string' ? own['format'] : undefined,
    values: values && values.length > 0 ? values : undefined,
    description: typeof schema['description'] === 'string' ? schema['description'] : '',
    isRequired: isRequired && !('default' in schema) && !('const' in schema),
  };
}

function scalarTypeOf(schema: JsonMembers): Slot['type'] | undefined {
  const types = typesOf(schema);
  for (const type of ['string', 'integer', 'number', 'boolean'] as const)
    if (types.includes(type)) return type;
  if (Array.isArray(schema['enum'])) return 'string';
  const alternatives = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  const found = alternatives.map((alternative) => scalarTypeOf(membersOf(alternative)));
  // Of an object and an empty string, as some services write it, the object is what is meant.
  return found.every((type) => type !== undefined) ? found[0] : undefined;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const typesOf = ({ type }: JsonMembers): readonly unknown[] => (Array.isArray(type) ? type : [type]);

const requiredOf = ({ required }: JsonMembers): readonly string[] => listOf(required).map(String);

/** Whether a slot takes what tells one thing from all others of its kind. */
export const isId = ({ label, description, path }: Slot): boolean =>
  /(?:^| )(?:id|key|number|identifier|code|slug|uuid|ref|reference|handle)$/.test(label) ||
  description.includes(`{${path.at(-1) ?? ''}} in the path`) ||
  /\bidentifier\b|\bid of\b|\bID\b/.test(description.slice(0, 80));

/** A schema with its reference followed and the parts of `allOf` joined. */
function resolve(schema: JsonMembers, root: JsonMembers, depth = 0): JsonMembers {
  if (depth > DEEPEST) return {};
  const reference = schema['$ref'];
  if (typeof reference === 'string' && reference.startsWith('#/')) {
    const { $ref: _, ...own } = schema;
    return { ...resolve(membersOf(pointed(root, reference)), root, depth + 1), ...own };
  }
  const parts = listOf(schema['allOf']).map((part) => resolve(membersOf(part), root, depth + 1));
  if (parts.length === 0) return schema;
  const all = [...parts, schema];
  return {
    ...joined(all),
    properties: joined(all.map((part) => membersOf(part['properties']))),
    required: all.flatMap(requiredOf),
  };
}

const joined = (all: readonly JsonMembers[]): JsonMembers =>
  Object.fromEntries(all.flatMap((members) => Object.entries(members)));

function pointed(root: JsonMembers, reference: string): unknown {
  let value: unknown = root;
  for (const part of reference.slice(2).split('/'))
    value = membersOf(value)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  return value;
}

/** `eventId`, `event_id` and `Event-ID` are `event id`. */
function labelOf(name: string): string {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .toLowerCase()
    .trim();
}

/** Arguments with a value at a path; what stands around it is made. */
export function withValue(given: JsonMembers, path: readonly string[], value: unknown): JsonMembers {
  const [name = '', ...rest] = path;
  return { ...given, [name]: rest.length === 0 ? value : withValue(membersOf(given[name]), rest, value) };
}

/** The value at a path; undefined where none is. */
export function valueAt(given: JsonMembers, path: readonly string[]): unknown {
  let value: unknown = given;
  for (const part of path) value = membersOf(value)[part];
  return value;
}

/** What ends the name of a parameter that takes one thing of many: `user id`, `datasetName`, `username`. */
const TAIL = / ?(?:id|name|key|slug|handle|identifier|uuid|number|no|tag)$/;

/** The things that a slot tells one of, in one form each: of a `dataset name` datasets, of a bare `id` what the tool is about. */
export function objectsOf({ label, description }: Slot, nouns: readonly string[]): readonly string[] {
  const stem = label.replace(TAIL, '');
  if (stem === label && !/^(?:id|name|key)$/.test(label)) return [];
  const own = allWords(stem).map(rootOf);
  const last = own.at(-1);
  if (last !== undefined && last.length > 2 && !TAIL.test(` ${last}`))
    return own.length > 1 ? [stem, ...own] : own;
  const described = new Set(contentWords(description.slice(0, 120)));
  const told = nouns.filter((noun) => described.has(noun));
  return told.length > 0 ? told : nouns;
}
