import type { GrpcFacet, GrpcField, Json, JsonObject } from '@counterpart/schemas';

/** Numbers of the types of fields (descriptor.proto, FieldDescriptorProto.Type). */
const TYPES: Readonly<Record<GrpcField['type'], number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  group: 10,
  message: 11,
  bytes: 12,
  uint32: 13,
  enum: 14,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const OPTIONAL = 1;
const REPEATED = 3;
/** Types whose values cannot stand packed. */
const NEVER_PACKED = new Set<GrpcField['type']>(['string', 'bytes', 'message', 'group']);

/** A name in JSON as one of protocol buffers: `pageToken` → `page_token`. */
const protoName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The last part of a full name. */
export const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** The type of a map's entries, which stands in the message that has the map. */
const entryName = ({ name }: GrpcField): string => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Entry`;

/** A message without what stands in it. */
export function describeMessage(name: string, fields: readonly GrpcField[]): JsonObject {
  const oneofs = [...new Set(fields.flatMap(({ oneof }) => oneof ?? []))];
  // A field of its own presence is the one member of an alternative, and these stand last (field presence, proto3).
  const alone = fields.filter((field) => isAlone(field));
  const alternatives = [...oneofs, ...alone.map((field) => `_${protoName(field.name)}`)];
  return {
    name: lastOf(name),
    fields: fields.map((field) => ({
      ...describeField(field, name),
      ...(field.oneof === undefined ? {} : { oneof: oneofs.indexOf(field.oneof) }),
      ...(isAlone(field) ? { oneof: oneofs.length + alone.indexOf(field), isOptional: true } : {}),
    })),
    messages: fields.filter(({ key }) => key !== undefined).map(describeEntry),
    oneofs: alternatives.map((one) => ({ name: one })),
  };
}

/** Told apart from zero without an alternative; messages always are. */
const isAlone = ({ presence, oneof, type, repeated, key }: GrpcField): boolean =>
  presence === true &&
  oneof === undefined &&
  type !== 'message' &&
  type !== 'group' &&
  repeated !== true &&
  key === undefined;

function describeField(field: GrpcField, home: string): JsonObject {
  const { name, number, type, of, repeated, packed, key } = field;
  const common = { name: protoName(name), jsonName: name, number };
  if (key !== undefined)
    return { ...common, label: REPEATED, type: TYPES.message, typeName: `.${home}.${entryName(field)}` };
  const isPackable = repeated === true && !NEVER_PACKED.has(type);
  return {
    ...common,
    label: repeated === true ? REPEATED : OPTIONAL,
    type: TYPES[type],
    ...(of === undefined ? {} : { typeName: `.${of}` }),
    ...(isPackable ? { options: { packed: packed === true } } : {}),
  };
}

function describeEntry(field: GrpcField): JsonObject {
  const { key = 'string', type, of } = field;
  const value = { name: 'value', jsonName: 'value', number: 2, label: OPTIONAL, type: TYPES[type] };
  return {
    name: entryName(field),
    fields: [
      { name: 'key', jsonName: 'key', number: 1, label: OPTIONAL, type: TYPES[key] },
      { ...value, ...(of === undefined ? {} : { typeName: `.${of}` }) },
    ],
    options: { isMapEntry: true },
  };
}

/** An enum; names that share a number are allowed where there are any. */
export function describeEnum(name: string, values: Readonly<Record<string, number>>): JsonObject {
  const entries = Object.entries(values);
  const hasAlias = new Set(entries.map(([, number]) => number)).size < entries.length;
  return {
    name: lastOf(name),
    values: entries.map(([value, number]): Json => ({ name: value, number })),
    ...(hasAlias ? { options: { allowsAlias: true } } : {}),
  };
}

/** Whether only the older syntax can say it: it has groups, or enums that do not begin with zero. */
export const needsProto2 = ({ messages, enums }: GrpcFacet): boolean =>
  Object.values(messages).some((fields) => fields.some(({ type }) => type === 'group')) ||
  Object.values(enums).some((values) => Object.values(values)[0] !== 0);
