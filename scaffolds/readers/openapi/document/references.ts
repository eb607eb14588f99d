import type { Json, JsonObject } from '@counterpart/schemas';
import { isObject, listMember, pointerSteps, pointerTo, textMember, valueAt } from '../source/json-tree.ts';
import { DOCUMENTS, NAMES, UNREAD } from '../source/gathered.ts';
import { Unusable } from './omissions.ts';

/** A value of the document and where it stands. */
export interface Located<T extends Json = Json> {
  readonly value: T;
  readonly pointer: string;
}

const MAX_HOPS = 64;

/** Turns the text of a `$ref` into a pointer of this document; bare names stand for a shared schema, as Swagger 1 had it. */
export function localPointer(root: JsonObject, reference: string): string | undefined {
  const self = textMember(root, '$self');
  const text =
    self !== undefined && reference.startsWith(`${self}#`) ? reference.slice(self.length) : reference;
  if (text.startsWith('#')) return elsewhere(root, text) ?? text;
  for (const home of ['#/components/schemas', '#/definitions']) {
    const pointer = pointerTo(home, text);
    if (lookUp(root, pointer) !== undefined) return pointer;
  }
  return undefined;
}

/** Where the versions of the format keep the same things. */
const TWINS: readonly (readonly [string, string])[] = [
  ['#/definitions/', '#/components/schemas/'],
  ['#/parameters/', '#/components/parameters/'],
  ['#/responses/', '#/components/responses/'],
];

/** Of a reference to nothing, as another version of the format would write it: what is there; undefined where nothing is. */
function elsewhere(root: JsonObject, pointer: string): string | undefined {
  const twins = TWINS.find((pair) => pair.some((home) => pointer.startsWith(home)));
  if (twins === undefined || lookUp(root, pointer) !== undefined) return undefined;
  const [from, to] = pointer.startsWith(twins[0]) ? twins : [twins[1], twins[0]];
  const other = `${to}${pointer.slice(from.length)}`;
  return lookUp(root, other) === undefined ? undefined : other;
}

/** What a pointer of this document names; undefined when there is nothing. */
export function lookUp(root: JsonObject, pointer: string): Json | undefined {
  const steps = pointerSteps(pointer);
  return steps === undefined ? undefined : valueAt(root, steps);
}

/** A schema, or what it refers to; undefined where a reference leads nowhere or round in a circle. */
export function targetOf(schema: Json | undefined, root: JsonObject): Json | undefined {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const reference = textMember(at, '$ref');
    if (reference === undefined) return at;
    const pointer = localPointer(root, reference);
    at = pointer === undefined ? undefined : lookUp(root, pointer);
  }
  return undefined;
}

/** What a `$ref` names, one step. Throws Unusable (`reference-remote`, `reference-missing`) for a reference that leads nowhere. */
export function follow(root: JsonObject, reference: string, from: string): Located {
  const pointer = localPointer(root, reference);
  if (pointer === undefined) {
    throw new Unusable(
      'reference-remote',
      from,
      `refers to ${shown(reference, root)}, which is outside this document`,
    );
  }
  const value = lookUp(root, pointer);
  const [home] = pointerSteps(pointer) ?? [];
  if (home === UNREAD) {
    const code = textMember(value, 'code') === 'reference-remote' ? 'reference-remote' : 'reference-missing';
    throw new Unusable(code, from, textMember(value, 'reason') ?? `refers to ${shown(reference, root)}`);
  }
  if (value === undefined || pointer === '#') {
    throw new Unusable(
      'reference-missing',
      from,
      `refers to ${shown(reference, root)}, which does not exist`,
    );
  }
  return { value, pointer };
}

/**
 * Where a `$ref` to a schema ends: what is nothing but another reference is passed through, so that a name for a name is no
 * type of its own. References that only lead to each other end at the first. Throws Unusable.
 */
export function followThrough(root: JsonObject, reference: string, from: string): Located {
  const first = follow(root, reference, from);
  let at = first;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const next = textMember(at.value, '$ref');
    if (next === undefined || !isObject(at.value) || Object.keys(at.value).length > 1) return at;
    at = follow(root, next, at.pointer);
  }
  return first;
}

/**
 * An object of the document with its references followed to the end (parameters, bodies, responses, path items).
 * Throws Unusable for a dangling, remote or circular reference and for what is not an object.
 */
export function resolveObject(root: JsonObject, at: Located): Located<JsonObject> {
  let { value, pointer } = at;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (!isObject(value)) throw new Unusable('operation-invalid', pointer, 'is not an object');
    const reference = textMember(value, '$ref');
    if (reference === undefined) return { value, pointer };
    ({ value, pointer } = follow(root, reference, pointer));
  }
  throw new Unusable('reference-cycle', at.pointer, 'refers to itself');
}

/** A reference as its author may have written it, short enough for a message. */
function shown(reference: string, root: JsonObject): string {
  const [home, number, ...inside] = pointerSteps(reference) ?? [];
  const name = home === DOCUMENTS ? listMember(root, NAMES)[Number(number)] : undefined;
  const text = typeof name === 'string' ? pointerTo(`${name}#`, ...inside) : reference;
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
