import type { GrpcFacet, GrpcField, Json } from '@counterpart/schemas';
import { isMembers, type Members } from '../json-value.ts';
import {
  ANY,
  assertDepth,
  entryFields,
  fieldsOf,
  isKnown,
  scalarOf,
  typeInAny,
  wireTypeOfField,
} from './fields.ts';
import { fromFields, isMapped } from './well-known.ts';
import { ProtoProblem, ProtoReader, readNumber, wireTypeOf, type Tag } from './wire-format.ts';

const WIDE = new Set<string>(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);
const DELIMITED = 2;
const END_GROUP = 4;

/** The JSON of a message (ProtoJSON mapping), with the zero values that have no presence. Throws ProtoProblem. */
export function decodeMessage(facet: GrpcFacet, type: string, bytes: Uint8Array, depth = 0): Json {
  const fields = readFields(new ProtoReader(bytes), { facet, type, depth });
  return type === ANY ? fromAny(facet, fields, depth) : fromFields(type, fields);
}

function fromAny(facet: GrpcFacet, { typeUrl = '', value = '' }: Members, depth: number): Json {
  const type = typeInAny(typeUrl);
  if (type === '' || typeof value !== 'string' || !isKnown(facet, type)) return { '@type': typeUrl, value };
  const inner = decodeMessage(facet, type, Buffer.from(value, 'base64'), depth + 1);
  const isPlain = type !== ANY && !isMapped(type) && isMembers(inner);
  return isPlain ? { '@type': typeUrl, ...inner } : { '@type': typeUrl, value: inner };
}

interface Reading {
  readonly facet: GrpcFacet;
  readonly type: string;
  readonly depth: number;
  /** Number of the group that is read, which ends it. */
  readonly group?: number;
}

/** What was read of a message so far. */
interface Found {
  readonly facet: GrpcFacet;
  readonly depth: number;
  readonly values: Map<GrpcField, Json>;
  readonly lists: Map<GrpcField, Json[]>;
  readonly maps: Map<GrpcField, Map<string, Json>>;
  /** Of messages: a second one of the same field adds to the first (Encoding, "Last One Wins"). */
  readonly bytes: Map<GrpcField, Buffer>;
}

function readFields(reader: ProtoReader, { facet, type, depth, group }: Reading): Members {
  assertDepth(depth);
  const fields = fieldsOf(facet, type);
  const byNumber = new Map(fields.map((field) => [field.number, field]));
  const found: Found = {
    facet,
    depth,
    values: new Map(),
    lists: new Map(),
    maps: new Map(),
    bytes: new Map(),
  };
  let isOpen = group !== undefined;
  while (!reader.isDone) {
    const tag = reader.tag();
    if (tag.wireType === END_GROUP && tag.number === group) {
      isOpen = false;
      break;
    }
    const field = byNumber.get(tag.number);
    if (field === undefined || !isReadable(field, tag)) reader.skip(tag);
    else {
      forgetOthers(found, fields, field);
      readInto(found, reader, field, tag);
    }
  }
  if (isOpen) throw new ProtoProblem('it ends inside a group');
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] => {
      const value = valueOf(found, field) ?? zeroOf(facet, field);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

function valueOf({ values, lists, maps }: Found, field: GrpcField): Json | undefined {
  const entries = maps.get(field);
  return entries === undefined ? (lists.get(field) ?? values.get(field)) : Object.fromEntries(entries);
}

/** Whether a value is written as the field's type is; another is that of a later version, and passed over. */
function isReadable(field: GrpcField, { wireType }: Tag): boolean {
  return wireType === wireTypeOfField(field) || (wireType === DELIMITED && isPackable(field));
}

function isPackable(field: GrpcField): boolean {
  const scalar = scalarOf(field);
  return field.repeated === true && scalar !== undefined && wireTypeOf(scalar) !== DELIMITED;
}

/** The last member of a oneof is the one that counts. */
function forgetOthers(
  { values, bytes }: Found,
  fields: readonly GrpcField[],
  { oneof, number }: GrpcField,
): void {
  if (oneof === undefined) return;
  for (const other of fields)
    if (other.oneof === oneof && other.number !== number) {
      values.delete(other);
      bytes.delete(other);
    }
}

function readInto(found: Found, reader: ProtoReader, field: GrpcField, { wireType }: Tag): void {
  const { facet, depth, values, lists, maps } = found;
  if (field.key !== undefined) {
    const entries = maps.get(field) ?? new Map<string, Json>();
    maps.set(field, entries.set(...readEntry(facet, field, reader.delimited(), depth)));
  } else if (field.repeated === true) {
    const items = lists.get(field) ?? [];
    for (const item of readItems(found, reader, field, wireType)) items.push(item);
    lists.set(field, items);
  } else {
    const isMessage = field.type === 'message';
    values.set(field, isMessage ? readMerged(found, reader, field) : readValue(reader, facet, field, depth));
  }
}

function readItems({ facet, depth }: Found, reader: ProtoReader, field: GrpcField, wireType: number): Json[] {
  if (wireType !== DELIMITED || !isPackable(field)) return [readValue(reader, facet, field, depth)];
  const packed = new ProtoReader(reader.delimited());
  const items: Json[] = [];
  while (!packed.isDone) items.push(readValue(packed, facet, field, depth));
  return items;
}

function readMerged({ facet, depth, bytes }: Found, reader: ProtoReader, field: GrpcField): Json {
  const whole = Buffer.concat([bytes.get(field) ?? Buffer.alloc(0), reader.delimited()]);
  bytes.set(field, whole);
  return decodeMessage(facet, field.of ?? '', whole, depth + 1);
}

function readEntry(facet: GrpcFacet, field: GrpcField, bytes: Buffer, depth: number): [string, Json] {
  const reader = new ProtoReader(bytes);
  const entry = entryFields(field);
  const empty = (): Json => decodeMessage(facet, field.of ?? '', Buffer.alloc(0), depth + 1);
  let key: Json = zeroOf(facet, entry.key) ?? '';
  let value: Json | undefined;
  while (!reader.isDone) {
    const tag = reader.tag();
    if (tag.number === 1 && isReadable(entry.key, tag)) key = readValue(reader, facet, entry.key, depth);
    else if (tag.number === 2 && isReadable(entry.value, tag))
      value = readValue(reader, facet, entry.value, depth);
    else reader.skip(tag);
  }
  return [
    typeof key === 'string' ? key : JSON.stringify(key),
    value ?? zeroOf(facet, entry.value) ?? empty(),
  ];
}

function zeroOf({ enums }: GrpcFacet, field: GrpcField): Json | undefined {
  if (field.key !== undefined) return {};
  if (field.repeated === true) return [];
  if (field.presence === true || scalarOf(field) === undefined) return undefined;
  if (field.type === 'enum') return enumName(enums, field.of ?? '', 0);
  if (field.type === 'bool') return false;
  if (field.type === 'string' || field.type === 'bytes') return '';
  return WIDE.has(field.type) ? '0' : 0;
}

function enumName(enums: GrpcFacet['enums'], of: string, number: number): Json {
  const values = Object.hasOwn(enums, of) ? (enums[of] ?? {}) : {};
  // Numbers of later versions stand for themselves.
  return Object.entries(values).find(([, value]) => value === number)?.[0] ?? number;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readText(reader: ProtoReader, name: string): string {
  const bytes = reader.delimited();
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new ProtoProblem(`${name} holds text that is not UTF-8`);
  }
}

function readValue(reader: ProtoReader, facet: GrpcFacet, field: GrpcField, depth: number): Json {
  const { type, of = '', name } = field;
  if (type === 'message') return decodeMessage(facet, of, reader.delimited(), depth + 1);
  if (type === 'group') return readFields(reader, { facet, type: of, depth: depth + 1, group: field.number });
  if (type === 'string') return readText(reader, name);
  if (type === 'bytes') return reader.delimited().toString('base64');
  if (type === 'enum') return enumName(facet.enums, of, Number(readNumber(reader, 'int32')));
  if (type === 'bool') return reader.varint() !== 0n;
  const number = readNumber(reader, type);
  if (typeof number === 'bigint') return number.toString();
  return Number.isFinite(number) ? number : String(number);
}
