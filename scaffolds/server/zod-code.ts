import type { Json, JsonSchema } from '@counterpart/schemas';

type Keywords = { readonly [keyword: string]: Json };
type Types = Readonly<Record<string, JsonSchema>>;

/** Deeper schemas are handed to zod as JSON Schema, so that the printed code stays readable. */
const MAX_DEPTH = 12;

/**
 * TypeScript source of a zod schema that accepts what a JSON Schema accepts. Every text of the schema is written with
 * `JSON.stringify`. What zod has no words for (cycles, combinations, conditions) becomes `z.fromJSONSchema(…)`.
 */
export function toZodCode(schema: JsonSchema, types: Types): string {
  return new ZodPrinter(types).print(schema, 0);
}

/** Source of a `z.ZodObject` for an object schema; members beyond those described are `extra`. */
export function toZodObjectCode(schema: JsonSchema, types: Types, extra: 'strict' | 'loose'): string {
  const keywords = typeof schema === 'boolean' ? {} : schema;
  return new ZodPrinter(types).printMembers(keywords, extra, 0);
}

/** Keywords that say nothing about which values fit, kept as metadata so that the tool's schema still shows them. */
const ANNOTATIONS = [
  'title',
  'description',
  'format',
  'deprecated',
  'examples',
  'contentEncoding',
  'contentMediaType',
];

const PRINTED: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'enum', 'const'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'enum', 'const'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'enum', 'const'],
  boolean: ['enum', 'const'],
  null: [],
  array: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties'],
};

class ZodPrinter {
  readonly #types: Types;

  constructor(types: Types) {
    this.#types = types;
  }

  print(schema: JsonSchema, depth: number): string {
    if (schema === false) return 'z.never()';
    if (schema === true || Object.keys(schema).length === 0) return 'z.json()';
    const code = depth > MAX_DEPTH ? undefined : this.#printKnown(schema, depth);
    return code === undefined ? this.#printRaw(schema) : `${code}${printMeta(schema)}`;
  }

  printMembers(schema: Keywords, extra: 'strict' | 'loose', depth: number): string {
    const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
    const members = Object.entries(asRecord(schema['properties'])).map(([name, member]) => {
      const optional = required.has(name) ? '' : '.optional()';
      return `${printKey(name)}: ${this.print(toSchema(member), depth + 1)}${optional}`;
    });
    return members.length === 0
      ? `z.${extra}Object({})`
      : `z.${extra}Object({${printLines(members, depth)}})`;
  }

  #printKnown(schema: Keywords, depth: number): string | undefined {
    const union = schema['anyOf'];
    if (Array.isArray(union)) return onlyHas(schema, ['anyOf']) ? this.#printUnion(union, depth) : undefined;
    const names = [schema['type']].flat().filter((name) => typeof name === 'string');
    const allowed = names.flatMap((name) => PRINTED[name] ?? []);
    if (names.length === 0 || !onlyHas(schema, ['type', ...allowed])) return undefined;
    const parts = names.map((name) => this.#printType(name, schema, depth));
    if (parts.some((part) => part === undefined)) return undefined;
    return parts.length === 1 ? parts[0] : `z.union([${parts.join(', ')}])`;
  }

  #printUnion(options: readonly Json[], depth: number): string | undefined {
    return options.length === 0
      ? undefined
      : `z.union([${options.map((option) => this.print(toSchema(option), depth + 1)).join(', ')}])`;
  }

  #printType(name: string, schema: Keywords, depth: number): string | undefined {
    if (schema['const'] !== undefined || schema['enum'] !== undefined) return printLiterals(name, schema);
    switch (name) {
      case 'string':
        return printString(schema);
      case 'number':
      case 'integer':
        return `z.${name === 'integer' ? 'int' : 'number'}()${printLimits(schema, NUMBER_LIMITS)}`;
      case 'boolean':
        return 'z.boolean()';
      case 'null':
        return 'z.null()';
      case 'array':
        return `z.array(${this.print(toSchema(schema['items'] ?? true), depth + 1)})${printLimits(schema, ARRAY_LIMITS)}`;
      default:
        return this.#printObject(schema, depth);
    }
  }

  #printObject(schema: Keywords, depth: number): string | undefined {
    const extra = schema['additionalProperties'];
    const hasMembers = Object.keys(asRecord(schema['properties'])).length > 0;
    if (extra === false) return this.printMembers(schema, 'strict', depth);
    if (extra === undefined || extra === true) return this.printMembers(schema, 'loose', depth);
    return hasMembers ? undefined : `z.record(z.string(), ${this.print(toSchema(extra), depth + 1)})`;
  }

  /** zod reads the schema itself; the types it refers to travel with it. */
  #printRaw(schema: Keywords): string {
    const defs = reachable(schema, this.#types);
    const whole = Object.keys(defs).length === 0 ? schema : { ...schema, $defs: defs };
    // zod takes no objects and lists as literals; the service is then the one to refuse.
    return hasStructuredLiteral(whole)
      ? `z.json()${printMeta(schema)}`
      : `z.fromJSONSchema(${JSON.stringify(whole)})`;
  }
}

/** One member a line, indented by depth. */
const printLines = (members: readonly string[], depth: number): string => {
  const indent = '  '.repeat(depth + 1);
  return `\n${members.map((member) => `${indent}${member},\n`).join('')}${'  '.repeat(depth)}`;
};

/** `__proto__` as a plain key would set the prototype. */
const printKey = (name: string): string => (name === '__proto__' ? '["__proto__"]' : JSON.stringify(name));

const NUMBER_LIMITS = {
  minimum: 'min',
  maximum: 'max',
  exclusiveMinimum: 'gt',
  exclusiveMaximum: 'lt',
  multipleOf: 'multipleOf',
};
const ARRAY_LIMITS = { minItems: 'min', maxItems: 'max' };
const STRING_LIMITS = { minLength: 'min', maxLength: 'max' };

function printLimits(schema: Keywords, methods: Readonly<Record<string, string>>): string {
  return Object.entries(methods)
    .map(([keyword, method]) =>
      typeof schema[keyword] === 'number' ? `.${method}(${JSON.stringify(schema[keyword])})` : '',
    )
    .join('');
}

function printString(schema: Keywords): string {
  const { pattern } = schema;
  const test = typeof pattern === 'string' ? `.regex(new RegExp(${JSON.stringify(pattern)}, 'u'))` : '';
  return `z.string()${printLimits(schema, STRING_LIMITS)}${test}`;
}

function printLiterals(name: string, schema: Keywords): string | undefined {
  const values = schema['const'] === undefined ? schema['enum'] : [schema['const']];
  const fitting = isList(values)
    ? values.filter((value) => typeOf(value) === name || (name === 'integer' && Number.isInteger(value)))
    : [];
  return fitting.length === 0
    ? undefined
    : `z.literal([${fitting.map((value) => JSON.stringify(value)).join(', ')}])`;
}

function printMeta(schema: Keywords): string {
  const kept = Object.fromEntries(
    ANNOTATIONS.filter((name) => schema[name] !== undefined).map((name) => [name, schema[name]]),
  );
  const fallback = schema['default'];
  // zod shows a default only where it fills one in; here the service does, so callers are told in words.
  const told = fallback === undefined ? undefined : `Default: ${JSON.stringify(fallback)}.`;
  const words = [schema['description'], told].filter((text) => typeof text === 'string');
  const meta = words.length === 0 ? kept : { ...kept, description: words.join(' ') };
  return Object.keys(meta).length === 0 ? '' : `.meta(${JSON.stringify(meta)})`;
}

function hasStructuredLiteral(schema: Json): boolean {
  if (isList(schema)) return schema.some(hasStructuredLiteral);
  if (typeof schema !== 'object' || schema === null) return false;
  const { const: only, enum: values } = asRecord(schema);
  const literals = [...(isList(values) ? values : []), ...(only === undefined ? [] : [only])];
  const isStructured = literals.some((value) => typeof value === 'object' && value !== null);
  return isStructured || Object.values(schema).some(hasStructuredLiteral);
}

/** Types a schema reaches, itself included in cycles. */
function reachable(
  schema: Json,
  types: Types,
  found: Record<string, JsonSchema> = {},
): Record<string, JsonSchema> {
  if (isList(schema)) for (const item of schema) reachable(item, types, found);
  else if (typeof schema === 'object' && schema !== null) {
    for (const [keyword, value] of Object.entries(schema)) {
      const name =
        keyword === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '') : undefined;
      const type = name === undefined ? undefined : types[name];
      if (name !== undefined && type !== undefined && !(name in found)) {
        found[name] = type;
        reachable(type, types, found);
      }
      reachable(value, types, found);
    }
  }
  return found;
}

const onlyHas = (schema: Keywords, keywords: readonly string[]): boolean =>
  Object.keys(schema).every(
    (name) => keywords.includes(name) || ANNOTATIONS.includes(name) || name === 'default',
  );

/** `Array.isArray` that keeps a read-only list's type. */
const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const asRecord = (value: Json | undefined): Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Keywords) : {};

const toSchema = (value: Json): JsonSchema => (typeof value === 'boolean' ? value : asRecord(value));

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
