import type { Json, JsonObject } from '@counterpart/schemas';
import { inDigits, isNumber, isWhole } from '@counterpart/schemas/exact-json';
import { isArray, isObject, listMember, member, textMember, texts } from '../source/json-tree.ts';
import { MAX_SCHEMA_EXAMPLE_CHARS, PARAMETER_DESCRIPTION_BUDGET } from '../source/limits.ts';
import { instructionIn } from '../text/instructions.ts';
import { shortDescription } from '../text/text.ts';

/** Keywords of a schema in their 2020-12 form; what cannot be expressed is absent. */
export type Keywords = Record<string, Json>;

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);
/** Types that descriptions use though no version has them. */
const TYPE_ALIASES: ReadonlyMap<string, string> = new Map([
  ['file', 'string'],
  ['int', 'integer'],
  ['int32', 'integer'],
  ['int64', 'integer'],
  ['long', 'integer'],
  ['float', 'number'],
  ['double', 'number'],
  ['decimal', 'number'],
  ['bool', 'boolean'],
  ['date', 'string'],
  ['datetime', 'string'],
  ['date-time', 'string'],
  ['uuid', 'string'],
  ['str', 'string'],
  ['text', 'string'],
  ['list', 'array'],
  ['map', 'object'],
  ['dict', 'object'],
]);

/** True when a schema says in any of the dialects that null is allowed. */
export function isNullable(schema: JsonObject): boolean {
  return (
    member(schema, 'nullable') === true ||
    member(schema, 'x-nullable') === true ||
    member(schema, 'x-isnullable') === true
  );
}

/** The known types of a schema, `null` included; undefined when it names none. */
export function typesOf(schema: JsonObject): string[] | undefined {
  const given = member(schema, 'type');
  const names = typeof given === 'string' ? [given] : isArray(given) ? texts(given) : [];
  const known = names
    .map((name) => TYPE_ALIASES.get(name.toLowerCase()) ?? name.toLowerCase())
    .filter((name) => TYPES.has(name));
  if (known.length === 0) return undefined;
  // Null last, wherever the author put it: the dialects agree on nothing else here.
  const values = known.filter((name) => name !== 'null');
  return [...new Set(isNullable(schema) || values.length < known.length ? [...values, 'null'] : values)];
}

/** True when a value is of one of these types (`integer` as JSON Schema has it: 1.0 is one). */
function fitsTypes(value: Json, types: readonly string[]): boolean {
  return types.some((type) => fitsType(value, type));
}

function fitsType(value: Json, type: string): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return isWhole(value);
  return type === 'number' ? isNumber(value) : typeof value === type;
}

/** `type` and `enum`/`const` together, because each may have to give way to the other. */
export function typeAndValues(schema: JsonObject): Keywords {
  const types = typesOf(schema);
  const constant = member(schema, 'const');
  if (constant !== undefined) {
    return { ...(types && fitsTypes(constant, types) ? typeKeyword(types) : {}), const: constant };
  }
  const values = distinct(listMember(schema, 'enum')).filter(isQuiet);
  if (values.length === 0) return typeKeyword(types);
  if (types === undefined) return { enum: isNullable(schema) ? distinct([...values, null]) : values };
  const allowed = values.includes(null) && !types.includes('null') ? [...types, 'null'] : types;
  const fitted = distinct(
    values.map((value) => coerced(value, allowed)).filter((value) => fitsTypes(value, allowed)),
  );
  if (fitted.length === 0) return { enum: values };
  return { ...typeKeyword(allowed), enum: allowed.includes('null') ? distinct([...fitted, null]) : fitted };
}

/**
 * Listed values that no double holds, said in words: a listed value that is rounded would be asked for as it is shown. The type stays, and
 * a caller gives such a number by its digits (0125). The only value there is stands in for what is not given.
 */
export function withLongValuesInWords(schema: Keywords): Keywords {
  const { enum: values, const: constant, description, ...rest } = schema;
  const listed = isArray(values) ? values : constant === undefined ? [] : [constant];
  if (!listed.some((value) => typeof value === 'bigint')) return schema;
  const [only] = listed;
  const words = `${listed.length === 1 ? 'Always' : 'One of'} ${listed.map(String).join(', ')}.`;
  return {
    description: typeof description === 'string' ? `${description}\n${words}` : words,
    ...rest,
    ...(listed.length === 1 && only !== undefined ? { default: inDigits(only) } : {}),
  };
}

/** False for a value that speaks to a model: no service needs it, and it would stand in the tool. */
export const isQuiet = (value: Json): boolean =>
  value === null ||
  isNumber(value) ||
  typeof value === 'boolean' ||
  instructionIn(typeof value === 'string' ? value : JSON.stringify(value)) === undefined;

function typeKeyword(types: readonly string[] | undefined): Keywords {
  if (types === undefined) return {};
  const [only] = types;
  return { type: types.length === 1 && only !== undefined ? only : [...types] };
}

/** YAML reads `on`, `1.0` and the like as other types than the author meant. */
function coerced(value: Json, types: readonly string[]): Json {
  if (fitsTypes(value, types)) return value;
  if (types.includes('string') && (isNumber(value) || typeof value === 'boolean')) return String(value);
  if (
    typeof value === 'string' &&
    value.trim() !== '' &&
    (types.includes('integer') || types.includes('number'))
  ) {
    const number = Number(value);
    return Number.isNaN(number) ? value : number;
  }
  if (types.includes('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function distinct(values: readonly Json[]): Json[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    return seen.has(text) ? false : seen.add(text);
  });
}

const LIMITS = ['maximum', 'minimum', 'multipleOf'] as const;
const COUNTS = [
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
] as const;

/** Bounds of numbers, with the boolean `exclusive…` of older dialects turned into a number. */
export function numericKeywords(schema: JsonObject): Keywords {
  const result: Keywords = {};
  for (const keyword of LIMITS) {
    const value = numberOf(member(schema, keyword));
    if (value !== undefined && (keyword !== 'multipleOf' || value > 0)) result[keyword] = value;
  }
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const value = member(schema, exclusive);
    const limit = result[bound];
    if (value === true && limit !== undefined) {
      result[exclusive] = limit;
      delete result[bound];
    } else if (isNumber(value)) result[exclusive] = Number(value);
  }
  for (const keyword of COUNTS) {
    const value = numberOf(member(schema, keyword));
    if (value !== undefined && value >= 0 && Number.isInteger(value)) result[keyword] = value;
  }
  if (member(schema, 'uniqueItems') === true) result['uniqueItems'] = true;
  return result;
}

function numberOf(value: Json | undefined): number | undefined {
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = isText || typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/**
 * A pattern that compiles with /u, or undefined. The slashes of a quoted literal (`/^a$/`) go: with them nothing matches.
 * So do needless backslashes (`\\:`, or `\\-` outside of a class), which every dialect but /u takes.
 */
export function usablePattern(pattern: string): string | undefined {
  const inner = /^\/(\^[^]*\$)\/[a-z]*$/.exec(pattern)?.[1] ?? pattern;
  return [inner, unescaped(inner)].find(compiles);
}

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '(?:)';
  } catch {
    return false;
  }
}

/** A piece of a pattern at a time, for only outside of a class may a hyphen lose its backslash. */
const unescaped = (pattern: string): string =>
  pattern.replaceAll(/\[(?:\\[^]|[^\]\\])*\]|\\[^]/g, (piece) =>
    piece.startsWith('[')
      ? piece.replaceAll(/\\([^a-z\d^$\\.*+?()[\]{}|/-])/gi, '$1')
      : piece.replace(/^\\([^a-z\d^$\\.*+?()[\]{}|/])$/i, '$1'),
  );

/** `format` and the content keywords; `format: byte` also says base64, `type: file` is binary. */
export function formatKeywords(schema: JsonObject): Keywords {
  const given = textMember(schema, 'format');
  const format = member(schema, 'type') === 'file' ? 'binary' : given;
  const encoding =
    textMember(schema, 'contentEncoding') ??
    (format === 'byte' || format === 'base64' ? 'base64' : undefined);
  const mediaType = textMember(schema, 'contentMediaType');
  return {
    ...(format !== undefined && format !== '' ? { format } : {}),
    ...(encoding !== undefined ? { contentEncoding: encoding } : {}),
    ...(mediaType !== undefined ? { contentMediaType: mediaType } : {}),
  };
}

/** `title`, `description`, `deprecated`, cleaned and cut. */
export function annotationKeywords(schema: JsonObject): Keywords {
  const title = shortDescription(textMember(schema, 'title'), 80);
  const description = shortDescription(textMember(schema, 'description'), PARAMETER_DESCRIPTION_BUDGET);
  return {
    ...(title !== undefined ? { title } : {}),
    ...(description !== undefined && description !== title ? { description } : {}),
    ...(member(schema, 'deprecated') === true || member(schema, 'x-deprecated') === true
      ? { deprecated: true }
      : {}),
  };
}

/** `default`, only when it is of the schema's type and among its values. */
export function defaultKeyword(schema: JsonObject, normal: Keywords): Keywords {
  const value = member(schema, 'default');
  if (value === undefined || !isQuiet(value)) return {};
  const { type, enum: values } = normal;
  const types = typeof type === 'string' ? [type] : isArray(type) ? texts(type) : undefined;
  if (types === undefined && value === null && !isNullable(schema)) return {};
  const fitted = types === undefined ? value : coerced(value, types);
  if (types !== undefined && !fitsTypes(fitted, types)) return {};
  if (isArray(values) && !values.some((one) => JSON.stringify(one) === JSON.stringify(fitted))) return {};
  return { default: inDigits(fitted) };
}

/** `example` and `examples` as one short list. */
export function exampleKeyword(schema: JsonObject, normal: Keywords): Keywords {
  const { type } = normal;
  const types = typeof type === 'string' ? [type] : isArray(type) ? texts(type) : undefined;
  const many = member(schema, 'examples');
  const candidates = [
    member(schema, 'example'),
    member(schema, 'x-example'),
    ...(isArray(many) ? many : isObject(many) ? Object.values(many).map((one) => member(one, 'value')) : []),
  ];
  const examples = candidates
    .filter((value) => value !== undefined && (types === undefined || fitsTypes(value, types)))
    .filter((value) => value !== undefined)
    .filter(isQuiet)
    .filter((value) => JSON.stringify(value).length <= MAX_SCHEMA_EXAMPLE_CHARS);
  return examples.length === 0 ? {} : { examples: distinct(examples).slice(0, 2).map(inDigits) };
}
