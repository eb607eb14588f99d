import { canonicalJson, type Json, type JsonObject, type JsonSchema } from '@counterpart/schemas';
import { isNumber, wholeNumber } from '@counterpart/schemas/exact-json';
import type { Typing } from '../../request/coerce.ts';
import type { Sampler } from '../../sample/sample.ts';
import { allowedValues, memberSchema, mergeShapes, type Shape } from '../../sample/shape.ts';
import { isArray, isObject, own, toSchema, toSchemaMap, toStrings } from '../../schema/json-value.ts';

export interface FillTools {
  readonly typing: Typing;
  readonly sampler: Sampler;
}

export interface FillOptions {
  /** Varies what is made up; equal salts give equal values. */
  readonly salt: string;
  /** Takes members the schema does not declare, where it allows them. Default false. */
  readonly strangers?: boolean;
}

interface Filling extends FillTools, FillOptions {}

const MAX_DEPTH = 24;
const MAX_OPTIONS = 64;
const REPAIRS = 4;

/**
 * A value the schema accepts that says as much as possible of what `given` says: members the schema asks for beyond that
 * are made up, members it does not accept are left out. Undefined when nothing of `given` fits.
 */
export function fill(
  schema: JsonSchema,
  given: Json,
  tools: FillTools,
  options: FillOptions,
): Json | undefined {
  const filling: Filling = { ...tools, ...options };
  const filled = fillValue(schema, given, 0, filling);
  return filled === undefined ? undefined : repair(schema, filled, filling);
}

function fillValue(schema: JsonSchema, given: Json, depth: number, filling: Filling): Json | undefined {
  const { book } = filling.typing;
  if (schema === false || depth > MAX_DEPTH) return undefined;
  if (schema === true) return given;
  if (!isObject(given) && !isArray(given)) {
    if (book.accepts(schema, given)) return given;
    return converted(schema, given, filling) ?? thingCalled(schema, given, filling);
  }
  const shape = shapeFor(schema, given, filling);
  if (!shape) return undefined;
  if (allowedValues(shape.keywords)) return book.accepts(schema, given) ? given : undefined;
  if (isArray(given)) return fillList(shape, given, depth, filling);
  return fillObject(shape, given, depth, filling);
}

/** The same value in another type: services take `"3"` and answer `3`, take seconds and answer a date. */
function converted(schema: JsonSchema, given: Json, { typing }: Filling): Json | undefined {
  const candidates: Json[] = [];
  if (typeof given === 'string' && /^-?\d{1,15}\.\d+$/.test(given)) candidates.push(Number(given));
  if (typeof given === 'string' && /^-?\d+$/.test(given)) candidates.push(wholeNumber(given));
  if (typeof given === 'string' && given === '') candidates.push(null);
  if (given === 'true' || given === 'false') candidates.push(given === 'true');
  if (isNumber(given) || typeof given === 'boolean') candidates.push(String(given));
  if (typeof given === 'string') candidates.push(...datesOf(given));
  if (typeof given === 'string') candidates.push(given.toLowerCase(), given.toUpperCase());
  return candidates.find((candidate) => typing.book.accepts(schema, candidate));
}

/** Members by which a caller who gives one text for a whole thing means it. */
const CALLED_BY = ['login', 'username', 'name', 'slug', 'key', 'id', 'value', 'email'];

/** A thing for its name: services take `"assignees": ["ada"]` and answer people. */
function thingCalled(schema: JsonSchema, given: Json, filling: Filling): Json | undefined {
  if ((typeof given !== 'string' && !isNumber(given)) || given === '') return undefined;
  const { sampler, salt, typing } = filling;
  const made = sampler.sample(schema, { salt: `${salt}/${String(given)}` });
  if (!isObject(made)) return undefined;
  for (const name of CALLED_BY) {
    const called = { ...made, [name]: given };
    if (Object.hasOwn(made, name) && typing.book.accepts(schema, called)) return called;
  }
  return undefined;
}

function datesOf(text: string): readonly Json[] {
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) return [];
  return [new Date(at).toISOString(), text.slice(0, 10), Math.floor(at / 1_000)];
}

function fillList(shape: Shape, given: readonly Json[], depth: number, filling: Filling): Json | undefined {
  if (shape.types && !shape.types.includes('array')) return undefined;
  const items = own(shape.keywords, 'items');
  if (items === undefined) return given;
  const schema = toSchema(items);
  return given.flatMap((item, index) => {
    const filled = fillValue(schema, item, depth + 1, { ...filling, salt: `${filling.salt}/${index}` });
    return filled === undefined ? [] : [filled];
  });
}

function fillObject(shape: Shape, given: JsonObject, depth: number, filling: Filling): Json | undefined {
  if (shape.types && !shape.types.includes('object')) return undefined;
  const declared = toSchemaMap(shape.keywords['properties']);
  // A schema that declares nothing takes whatever comes.
  const strangers = filling.strangers === true || Object.keys(declared).length === 0;
  const members: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(declared, name) && !strangers) continue;
    const schema = memberSchema(shape.keywords, name);
    const filled = fillValue(schema, value, depth + 1, { ...filling, salt: `${filling.salt}/${name}` });
    if (filled !== undefined) setMember(members, name, filled);
  }
  for (const name of toStrings(shape.keywords['required'])) {
    if (Object.hasOwn(members, name)) continue;
    const made = filling.sampler.sample(memberSchema(shape.keywords, name), {
      name,
      salt: `${filling.salt}/${name}`,
    });
    if (made === undefined) return undefined;
    setMember(members, name, made);
  }
  return members;
}

/** Sets an own member even where its name is one that every object inherits. */
function setMember(members: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(members, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Every choice decided for the option that the value fits best. */
function shapeFor(schema: JsonSchema, given: Json, { typing }: Filling): Shape | undefined {
  let shape = typing.shapeOf(schema);
  for (let round = 0; shape && shape.choices.length > 0 && round < 8; round += 1) {
    const [choice, ...rest] = shape.choices;
    const base: Shape = { ...shape, choices: rest };
    let best: { readonly shape: Shape; readonly score: number } | undefined;
    for (const option of (choice?.options ?? []).slice(0, MAX_OPTIONS)) {
      const chosen = typing.shapeOf(option);
      const merged = chosen && mergeShapes(base, chosen);
      const score = merged ? likeness(merged, given, typing) : Number.NEGATIVE_INFINITY;
      if (merged && (!best || score > best.score)) best = { shape: merged, score };
    }
    shape = best?.shape;
  }
  return shape;
}

/** How well an undecided shape suits a value: constants decide, then members it declares, then those it misses. */
function likeness(shape: Shape, given: Json, typing: Typing): number {
  if (isArray(given)) return !shape.types || shape.types.includes('array') ? 1 : -1_000;
  if (!isObject(given)) return 0;
  if (shape.types && !shape.types.includes('object')) return -1_000;
  const inner = shape.choices[0]?.options.slice(0, 8).flatMap((option) => typing.shapeOf(option) ?? []) ?? [];
  const below = inner.map((option) => likeness({ ...option, choices: [] }, given, typing));
  return membersLikeness(shape, given, typing) + (below.length > 0 ? Math.max(...below) : 0);
}

function membersLikeness(shape: Shape, given: JsonObject, typing: Typing): number {
  const declared = toSchemaMap(shape.keywords['properties']);
  let score = 0;
  for (const [name, schema] of Object.entries(declared)) {
    const value = own(given, name);
    if (value === undefined) continue;
    const allowed = allowedValues(typing.shapeOf(schema)?.keywords ?? {});
    const isMet = allowed?.some((one) => canonicalJson(one) === canonicalJson(value));
    score += isMet === undefined ? 1 : isMet ? 8 : -50;
  }
  const missing = toStrings(shape.keywords['required']).filter((name) => !Object.hasOwn(given, name));
  return score - missing.length / 10;
}

/** Takes out what still breaks the schema, member by member at the root, until nothing does. */
function repair(schema: JsonSchema, filled: Json, filling: Filling): Json | undefined {
  const { book } = filling.typing;
  let value = filled;
  for (let round = 0; round < REPAIRS; round += 1) {
    const breaches = book.breaches(schema, value);
    if (breaches.length === 0) return value;
    if (!isObject(value)) return undefined;
    const broken = new Set(breaches.map(({ path }) => path.split('/')[1] ?? ''));
    const kept = Object.entries(value).filter(([name]) => !broken.has(escaped(name)));
    const rest: JsonObject = Object.fromEntries(kept);
    const again = fillValue(schema, rest, 0, { ...filling, salt: `${filling.salt}~${round}` });
    if (again === undefined) return undefined;
    value = again;
  }
  return book.accepts(schema, value) ? value : undefined;
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
