import type { GrpcField, GrpcScalar, Json, JsonObject } from '@counterpart/schemas';
import { GrpcScalar as Scalar } from '@counterpart/schemas/blueprint/grpc';
import protobuf from 'protobufjs';
import { commentOf, fullName, jsonName } from './names.ts';

/** 64-bit integers are text: numbers of JSON lose their last digits. The service's own limits are told by the kit. */
const wide = (pattern: string): JsonObject => ({
  type: 'string',
  pattern,
  description: 'A 64-bit integer, as text.',
});
const WIDE = wide('^-?[0-9]{1,19}$');
const WIDE_UNSIGNED = wide('^[0-9]{1,20}$');
const NARROW: JsonObject = { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 };
const UNSIGNED: JsonObject = { type: 'integer', minimum: 0, maximum: 4_294_967_295 };

/** What JSON has for each scalar (ProtoJSON). */
const SCALARS: Readonly<Record<GrpcScalar, JsonObject>> = {
  double: { type: 'number' },
  float: { type: 'number' },
  int32: NARROW,
  sint32: NARROW,
  sfixed32: NARROW,
  uint32: UNSIGNED,
  fixed32: UNSIGNED,
  int64: WIDE,
  sint64: WIDE,
  sfixed64: WIDE,
  uint64: WIDE_UNSIGNED,
  fixed64: WIDE_UNSIGNED,
  bool: { type: 'boolean' },
  string: { type: 'string' },
  bytes: { type: 'string', contentEncoding: 'base64', description: 'Bytes, base64.' },
};

const nullable = (schema: JsonObject): JsonObject => ({
  ...schema,
  type: [schema['type'] ?? 'string', 'null'],
});

/** What JSON has for the well-known types. */
const WELL_KNOWN: Readonly<Record<string, JsonObject>> = {
  Timestamp: { type: 'string', format: 'date-time' },
  Duration: {
    type: 'string',
    pattern: '^-?[0-9]{1,9}(?:\\.[0-9]{1,9})?s$',
    description: 'A span of time, such as 1.5s.',
  },
  FieldMask: { type: 'string', description: 'Names of fields with commas between them.' },
  Empty: { type: 'object', properties: {}, additionalProperties: false },
  Any: {
    type: 'object',
    properties: {
      '@type': { type: 'string', description: 'type.googleapis.com/ and the full name of a message.' },
    },
    description:
      'A message of the type that @type names, with its members beside it; of an unknown type, its bytes in value.',
  },
  Struct: { type: 'object' },
  Value: {},
  ListValue: { type: 'array', items: {} },
  NullValue: { type: 'null' },
  DoubleValue: nullable(SCALARS.double),
  FloatValue: nullable(SCALARS.float),
  Int64Value: nullable(WIDE),
  UInt64Value: nullable(WIDE_UNSIGNED),
  Int32Value: nullable(NARROW),
  UInt32Value: nullable(UNSIGNED),
  BoolValue: nullable(SCALARS.bool),
  StringValue: nullable(SCALARS.string),
  BytesValue: nullable(SCALARS.bytes),
};

const PREFIX = 'google.protobuf.';
const ANY = 'google.protobuf.Any';

/** The schema of a well-known type; undefined for any other. */
function wellKnown(name: string): JsonObject | undefined {
  const short = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
  return Object.hasOwn(WELL_KNOWN, short) ? WELL_KNOWN[short] : undefined;
}

/** Turns messages and enums into JSON Schema and into the facet, each when it is first needed. */
export class GrpcTypes {
  readonly schemas = new Map<string, JsonObject>();
  readonly messages = new Map<string, GrpcField[]>();
  readonly enums = new Map<string, Record<string, number>>();
  readonly #waiting: protobuf.Type[] = [];
  readonly #isLeftOut: (field: protobuf.Field) => boolean;
  #isDrained = true;
  #hasAny = false;

  constructor(isLeftOut: (field: protobuf.Field) => boolean) {
    this.#isLeftOut = isLeftOut;
  }

  /** True when some message holds an Any, and with it a message of whatever type. */
  get hasAny(): boolean {
    return this.#hasAny;
  }

  /** The schema of a message, by reference. */
  message(type: protobuf.Type): JsonObject {
    const name = fullName(type);
    const known = wellKnown(name);
    if (name === ANY) this.#hasAny = true;
    if (known !== undefined) return known;
    this.#waiting.push(type);
    // Messages hold each other to any depth: each is read after the one that named it, not inside it.
    if (this.#isDrained) this.#drain();
    return { $ref: `#/components/schemas/${name}` };
  }

  #drain(): void {
    this.#isDrained = false;
    for (let type = this.#waiting.pop(); type !== undefined; type = this.#waiting.pop())
      if (!this.messages.has(fullName(type))) this.#define(type, fullName(type));
    this.#isDrained = true;
  }

  #define(type: protobuf.Type, name: string): void {
    const described = commentOf(type);
    const fields = type.fieldsArray.filter((field) => field.name !== '__proto__' && !this.#isLeftOut(field));
    const properties = fields.map((field): [string, Json] => [jsonName(field), this.#property(field)]);
    const required = fields.filter((field) => field.required).map(jsonName);
    this.messages.set(
      name,
      fields.map((field) => this.#field(field)),
    );
    this.schemas.set(name, {
      type: 'object',
      ...(described === undefined ? {} : { description: described }),
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    });
  }

  #property(field: protobuf.Field): Json {
    const value = this.#value(field);
    const schema: JsonObject =
      field instanceof protobuf.MapField
        ? { type: 'object', ...keysOf(field), additionalProperties: value }
        : field.repeated
          ? { type: 'array', items: value }
          : value;
    const siblings = choiceOf(field)?.fieldsArray ?? [];
    const others =
      siblings.length === 0 ? undefined : `Only one of ${siblings.map(jsonName).join(', ')} is given.`;
    const words = [commentOf(field), others].filter((text) => text !== undefined).join(' ');
    return {
      ...schema,
      ...(words === '' ? {} : { description: words }),
      ...defaultOf(field),
      ...(field.options?.['deprecated'] === true ? { deprecated: true } : {}),
    };
  }

  #value(field: protobuf.Field): JsonObject {
    const { resolvedType } = field;
    if (resolvedType instanceof protobuf.Enum) return this.#enum(resolvedType);
    if (resolvedType instanceof protobuf.Type) return this.message(resolvedType);
    return SCALARS[Scalar.parse(field.type)];
  }

  #enum(type: protobuf.Enum): JsonObject {
    const name = fullName(type);
    const known = wellKnown(name);
    this.enums.set(name, { ...type.values });
    if (known !== undefined) return known;
    const described = Object.entries((type.comments as typeof type.comments | undefined) ?? {}).flatMap(
      ([value, text]) => (text === null ? [] : [`${value}: ${text.trim()}`]),
    );
    const words = [commentOf(type) ?? '', ...described].filter((text) => text !== '').join('; ');
    return {
      type: 'string',
      enum: Object.keys(type.values),
      ...(words === '' ? {} : { description: words.slice(0, 2_000) }),
    };
  }

  #field(field: protobuf.Field): GrpcField {
    const { resolvedType } = field;
    const isMap = field instanceof protobuf.MapField;
    const isDelimited = resolvedType instanceof protobuf.Type && field.delimited;
    const isPresent = field.partOf !== null || field.hasPresence;
    const choice = choiceOf(field);
    return {
      name: jsonName(field),
      number: field.id,
      ...(resolvedType instanceof protobuf.Enum
        ? { type: 'enum' as const, of: fullName(resolvedType) }
        : resolvedType instanceof protobuf.Type
          ? { type: isDelimited ? ('group' as const) : ('message' as const), of: fullName(resolvedType) }
          : { type: Scalar.parse(field.type) }),
      ...(isMap ? { key: Scalar.parse(field.keyType) } : {}),
      ...(field.repeated ? { repeated: true, ...(isPacked(field) ? { packed: true } : {}) } : {}),
      ...(!field.repeated && !isMap && isPresent ? { presence: true } : {}),
      ...(choice === undefined ? {} : { oneof: choice.name }),
    };
  }
}

/** Keys of JSON are text; those of a map may have to be numbers or truths. */
function keysOf({ keyType }: protobuf.MapField): JsonObject {
  if (keyType === 'string') return {};
  if (keyType === 'bool') return { propertyNames: { enum: ['true', 'false'] } };
  const digits = keyType.endsWith('64') ? 20 : 10;
  const sign = /^(?:uint|fixed)/.test(keyType) ? '' : '-?';
  return { propertyNames: { pattern: `^${sign}[0-9]{1,${digits}}$` } };
}

/** Only numbers are written one after another; the library says it of every field where it is the usual. */
const isPacked = (field: protobuf.Field): boolean =>
  field.packed && !(field.resolvedType instanceof protobuf.Type) && !/^(?:string|bytes)$/.test(field.type);

/** The value that stands for an absent one, of proto2; nothing where that is the type's zero. */
function defaultOf({ options, type, resolvedType }: protobuf.Field): JsonObject {
  const value: unknown = options?.['default'];
  if (typeof value === 'boolean' || (typeof value === 'string' && type !== 'bytes'))
    return { default: value };
  if (typeof value !== 'number' || !Number.isFinite(value) || resolvedType !== null) return {};
  return { default: type.endsWith('64') ? String(value) : value };
}

/** The oneof that a field is an alternative of; proto3's `optional` is a oneof of its own in the descriptors. */
const choiceOf = ({ partOf }: protobuf.Field): protobuf.OneOf | undefined =>
  partOf !== null && partOf.oneof.length > 1 ? partOf : undefined;
