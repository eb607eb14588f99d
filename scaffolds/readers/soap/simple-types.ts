import { attributeOf, type XmlElement } from '@counterpart/kit/soap';
import type { Json, JsonObject } from '@counterpart/schemas';
import { schemaChildren } from './names.ts';

/** A type of the source: what JSON Schema says of it, and its name in the facet. */
export interface Shape {
  readonly json: JsonObject;
  readonly type: string;
}

const text = (json: JsonObject = {}): Shape => ({ json: { type: 'string', ...json }, type: ':string' });
const number = (json: JsonObject): Shape => ({ json, type: ':number' });
const integer = (json: JsonObject = {}): Shape => number({ type: 'integer', ...json });

/** The types that XML Schema has built in (part 2, section 3). */
const BUILT_IN: Readonly<Record<string, Shape>> = {
  anyType: { json: {}, type: ':any' },
  anySimpleType: text(),
  string: text(),
  boolean: { json: { type: 'boolean' }, type: ':boolean' },
  decimal: number({ type: 'number' }),
  float: number({ type: 'number' }),
  double: number({ type: 'number' }),
  integer: integer(),
  int: integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 }),
  short: integer({ minimum: -32_768, maximum: 32_767 }),
  byte: integer({ minimum: -128, maximum: 127 }),
  nonNegativeInteger: integer({ minimum: 0 }),
  positiveInteger: integer({ minimum: 1 }),
  nonPositiveInteger: integer({ maximum: 0 }),
  negativeInteger: integer({ maximum: -1 }),
  unsignedInt: integer({ minimum: 0, maximum: 4_294_967_295 }),
  unsignedShort: integer({ minimum: 0, maximum: 65_535 }),
  unsignedByte: integer({ minimum: 0, maximum: 255 }),
  // These hold more than a JSON number does without loss.
  long: text({ pattern: '^-?[0-9]{1,19}$', description: 'A 64-bit integer, as text.' }),
  unsignedLong: text({ pattern: '^[0-9]{1,20}$', description: 'A 64-bit integer, as text.' }),
  dateTime: text({ format: 'date-time' }),
  date: text({ format: 'date' }),
  duration: text({ format: 'duration' }),
  anyURI: text({ format: 'uri-reference' }),
  base64Binary: text({ contentEncoding: 'base64', description: 'Bytes, base64.' }),
  hexBinary: text({ pattern: '^(?:[0-9a-fA-F]{2})*$', description: 'Bytes, hexadecimal.' }),
  language: text({ pattern: '^[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*$' }),
};

/** A built-in type; texts of special form are plain text. */
export const builtIn = (name: string): Shape =>
  (Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined) ?? text();

const FACETS: Readonly<Record<string, string>> = {
  minLength: 'minLength',
  maxLength: 'maxLength',
  minInclusive: 'minimum',
  maxInclusive: 'maximum',
  minExclusive: 'exclusiveMinimum',
  maxExclusive: 'exclusiveMaximum',
};

/** Keywords that one facet of a restriction of this base stands for. */
function facetKeywords({ type }: Shape, name: string, value: string): JsonObject {
  const isNumber = Number.isFinite(Number(value));
  if (name === 'length' && type === ':string' && isNumber)
    return { minLength: Number(value), maxLength: Number(value) };
  const keyword = Object.hasOwn(FACETS, name) ? FACETS[name] : undefined;
  if (keyword === undefined || !isNumber) return {};
  return type === (keyword.endsWith('Length') ? ':string' : ':number') ? { [keyword]: Number(value) } : {};
}

/** A base with the facets of a restriction. Patterns of XML Schema are another language than JSON's and only tell people. */
export function restricted(base: Shape, restriction: XmlElement): Shape {
  const facets = schemaChildren(restriction).flatMap((facet): [string, string][] => {
    const value = attributeOf(facet, 'value');
    return value === undefined ? [] : [[facet.name, value]];
  });
  const values = facets.flatMap(([name, value]) => (name === 'enumeration' ? [enumerated(base, value)] : []));
  const pattern = facets.find(([name, value]) => name === 'pattern' && value.length <= 200)?.[1];
  const json: JsonObject = {
    ...(pattern === undefined ? {} : { description: `Of the form ${pattern}` }),
    ...base.json,
    ...Object.fromEntries(
      facets.flatMap(([name, value]) => Object.entries(facetKeywords(base, name, value))),
    ),
  };
  if (values.length === 0) return { json, type: base.type };
  const { minLength: _min, maxLength: _max, pattern: _pattern, format: _format, ...plain } = json;
  return { json: { ...plain, enum: [...new Set(values)] }, type: base.type };
}

function enumerated({ type }: Shape, value: string): Json {
  if (type === ':boolean') return value === 'true' || value === '1';
  return type === ':number' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** One of several types; in XML they are all text. */
export function united(members: readonly Shape[]): Shape {
  const [first] = members;
  const isOne = members.every(({ type }) => type === first?.type);
  const enums = members.flatMap(({ json }) => (Array.isArray(json['enum']) ? (json['enum'] as Json[]) : []));
  const isClosed = members.length > 0 && members.every(({ json }) => Array.isArray(json['enum']));
  if (first === undefined || !isOne) return text();
  return isClosed ? { json: { ...first.json, enum: [...new Set(enums)] }, type: first.type } : text();
}

/** Values with spaces between them. */
export const listed = (): Shape => text({ description: 'Values with spaces between them.' });

/** A value that may be told to be missing. */
export const orNull = (json: JsonObject): JsonObject =>
  typeof json['type'] === 'string' && json['enum'] === undefined
    ? { ...json, type: [json['type'], 'null'] }
    : { anyOf: [json, { type: 'null' }] };

/** A schema with what its author says of it, and its usual value. */
export function withWords(json: JsonObject, description: string | undefined, node: XmlElement): JsonObject {
  const fallback = attributeOf(node, 'default');
  const isText = json['type'] === 'string' && json['enum'] === undefined;
  return {
    ...json,
    ...(description === undefined ? {} : { description }),
    ...(fallback !== undefined && isText ? { default: fallback } : {}),
  };
}

/** Whether an element with nothing in it holds such a value: only texts may be empty. */
export const mayBeEmpty = (json: Json): boolean =>
  typeof json === 'object' &&
  json !== null &&
  'type' in json &&
  json['type'] === 'string' &&
  !['pattern', 'enum', 'format', 'minLength', '$ref'].some((keyword) => keyword in json);
