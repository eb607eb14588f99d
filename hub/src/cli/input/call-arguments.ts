import { hubError, type Json } from '@counterpart/schemas';
import { exactText, parseExact } from '../../kernel/protocol/exact-numbers.ts';

/** JSON text as a value, numbers that a double would change as they are written; undefined when it is none. */
function tryJson(text: string): Json | undefined {
  try {
    // Whatever this gives is written as JSON again and nothing else.
    return parseExact(text) as Json;
  } catch {
    return undefined;
  }
}

type Schema = Readonly<Record<string, unknown>>;
type Arguments = Record<string, Json>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Arguments given whole as JSON text. Throws INPUT_INVALID. */
export function parseWholeArguments(text: string): Arguments {
  const value = tryJson(text);
  if (value === undefined || !isObject(value))
    throw hubError('INPUT_INVALID', {
      subject: '--args',
      detail: 'it must be a JSON object, such as \'{"city":"Oslo"}\'',
    });
  return { ...value };
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && exactText(value) === undefined;

/**
 * Turns `key=value` words into arguments typed by the tool's input schema: numbers, booleans, lists (repeated or with
 * commas), nested members (`body.name=x`), JSON literals. Values laid over `base` win. Throws INPUT_INVALID.
 */
export function parseWordArguments(
  words: readonly string[],
  schema: unknown,
  base: Arguments = {},
): Arguments {
  const root = isSchema(schema) ? schema : {};
  const result: Arguments = { ...base };
  const lists = new Set<string>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 1) throw hubError('INPUT_INVALID', { subject: `"${word}"`, detail: 'write it as key=value' });
    const key = word.slice(0, at);
    const path = splitPath(key, root);
    const leaf = schemaAt(root, path);
    const value = typed(word.slice(at + 1), leaf, { root, key });
    assign(result, path, lists.has(key) ? (old) => appended(old, value) : () => value);
    lists.add(key);
  }
  return result;
}

/** A property may hold dots itself, then it is meant whole. */
function splitPath(key: string, root: Schema): string[] {
  const properties = resolve(root, root)['properties'];
  return isSchema(properties) && key in properties ? [key] : key.split('.');
}

const MAX_REFERENCES = 16;

/** Follows `#/$defs/<name>` references. */
function resolve(schema: Schema, root: Schema): Schema {
  let current = schema;
  for (let step = 0; step < MAX_REFERENCES; step += 1) {
    const reference = current['$ref'];
    const definitions = root['$defs'];
    if (typeof reference !== 'string' || !isSchema(definitions)) return current;
    const target = definitions[reference.replace('#/$defs/', '')];
    if (!isSchema(target)) return current;
    current = target;
  }
  return current;
}

function schemaAt(root: Schema, path: readonly string[]): Schema {
  let current = resolve(root, root);
  for (const key of path) current = resolve(memberSchema(current, key, root), root);
  return current;
}

function memberSchema(schema: Schema, key: string, root: Schema): Schema {
  for (const part of [schema, ...branches(schema)].map((each) => resolve(each, root))) {
    const properties = part['properties'];
    const member = isSchema(properties) ? properties[key] : undefined;
    if (isSchema(member)) return member;
    if (isSchema(part['items']) && /^\d+$/.test(key)) return part['items'];
    if (isSchema(part['additionalProperties'])) return part['additionalProperties'];
  }
  return {};
}

const branches = (schema: Schema): Schema[] =>
  ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => {
    const list = schema[keyword];
    return Array.isArray(list) ? list.filter(isSchema) : [];
  });

/** Names of types that a schema allows, its alternatives included. */
function typesOf(schema: Schema, root: Schema): Set<string> {
  const types = new Set<string>();
  for (const part of [schema, ...branches(schema)].map((each) => resolve(each, root))) {
    const type = part['type'];
    for (const name of Array.isArray(type) ? type : [type]) if (typeof name === 'string') types.add(name);
  }
  return types;
}

interface Spot {
  readonly root: Schema;
  readonly key: string;
}

function typed(text: string, schema: Schema, spot: Spot): Json {
  const types = typesOf(schema, spot.root);
  const literal = tryJson(text);
  if (types.size === 0) return literal ?? text;
  if (literal !== undefined && fits(literal, types)) return literal;
  if (types.has('string')) return text;
  if (types.has('array')) return splitList(text, schema, spot);
  const expected = [...types].join(' or ');
  throw hubError('INPUT_INVALID', {
    subject: spot.key,
    detail: `${expected} is needed, and "${text}" is not`,
  });
}

/** A text is never a literal here: `"text"` with its quotes is meant literally only where nothing else can be meant. */
function fits(value: Json, types: ReadonlySet<string>): boolean {
  if (value === null) return types.has('null');
  if (isList(value)) return types.has('array');
  const digits = typeof value === 'number' ? value : exactText(value);
  if (digits !== undefined)
    return types.has('number') || (types.has('integer') && Number.isInteger(Number(digits)));
  if (typeof value === 'boolean') return types.has('boolean');
  return typeof value === 'object' && types.has('object');
}

/** `Array.isArray` knows no readonly arrays. */
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

function splitList(text: string, schema: Schema, spot: Spot): Json[] {
  const list = [schema, ...branches(schema)]
    .map((each) => resolve(each, spot.root))
    .find((each) => isSchema(each['items']));
  const items = isSchema(list?.['items']) ? resolve(list['items'], spot.root) : {};
  return text === '' ? [] : text.split(',').map((part) => typed(part.trim(), items, spot));
}

function appended(old: Json | undefined, value: Json): Json {
  const before = old === undefined ? [] : isList(old) ? old : [old];
  return [...before, ...(isList(value) ? value : [value])];
}

function assign(target: Arguments, path: readonly string[], change: (old: Json | undefined) => Json): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    Object.defineProperty(target, key, {
      value: change(target[key]),
      enumerable: true,
      configurable: true,
      writable: true,
    });
    return;
  }
  const old = target[key];
  const inner: Arguments = old !== undefined && isObject(old) ? { ...old } : {};
  assign(inner, rest, change);
  Object.defineProperty(target, key, { value: inner, enumerable: true, configurable: true, writable: true });
}
