import type { GrpcFacet, GrpcField, GrpcScalar, Json } from '@counterpart/schemas';
import { isList, isMembers, isNumber, isWhole, type Members } from '../json-value.ts';
import { ANY, assertDepth, entryFields, fieldsOf, isKnown, scalarOf, typeInAny } from './fields.ts';
import { isMapped, toFields } from './well-known.ts';
import { ProtoProblem, ProtoWriter, wireTypeOf, writeNumber } from './wire-format.ts';

/** What is done about two members of a oneof: the caller is told, or the first is taken. */
export interface EncodeOptions {
  readonly alternatives?: 'refuse' | 'first';
}

/** Where a value is written: the types, and how many messages it is inside. */
interface Scope extends EncodeOptions {
  readonly facet: GrpcFacet;
  readonly depth: number;
}

/**
 * The bytes of a message whose JSON this is (ProtoJSON mapping). Throws ProtoProblem for a value that the message cannot
 * hold; members of no field are left out.
 */
export const encodeMessage = (
  facet: GrpcFacet,
  type: string,
  value: Json,
  options: EncodeOptions = {},
): Buffer => encoded(type, value, { ...options, facet, depth: 0 });

const inside = (scope: Scope): Scope => ({ ...scope, depth: scope.depth + 1 });

function encoded(type: string, value: Json, scope: Scope): Buffer {
  const { facet, depth } = scope;
  assertDepth(depth);
  const writer = new ProtoWriter();
  const members = type === ANY ? anyFields(value, scope) : toFields(type, value);
  const chosen = new Map<string, string>();
  for (const field of fieldsOf(facet, type)) {
    const given = Object.hasOwn(members, field.name) ? members[field.name] : undefined;
    // Null in a field of the type Value is a value; anywhere else it is nothing.
    if (given === undefined || (given === null && field.of !== 'google.protobuf.Value')) continue;
    if (!isChosen(field, chosen, scope)) continue;
    if (field.key !== undefined) writeMap(writer, field, given, scope);
    else if (field.repeated === true) writeList(writer, field, given, scope);
    else if (field.presence === true || scalarOf(field) === undefined || !isZero(facet, field, given))
      writeField(writer, field, given, scope);
  }
  return writer.finish();
}

/** Of a oneof only one member can be written. */
function isChosen({ oneof, name }: GrpcField, chosen: Map<string, string>, { alternatives }: Scope): boolean {
  if (oneof === undefined) return true;
  const other = chosen.get(oneof);
  chosen.set(oneof, other ?? name);
  if (other === undefined || alternatives === 'first') return other === undefined;
  throw new ProtoProblem(`${other} and ${name} are alternatives (${oneof}): give one of them`);
}

function anyFields(value: Json, scope: Scope): Members {
  if (!isMembers(value)) throw new ProtoProblem(`${JSON.stringify(value)} is no object with an @type`);
  const { '@type': typeUrl = '', ...rest } = value;
  const type = typeInAny(typeUrl);
  if (type === '' || !isKnown(scope.facet, type)) return { typeUrl, value: value['value'] ?? '' };
  const inner = type === ANY || isMapped(type) ? (value['value'] ?? null) : rest;
  return { typeUrl, value: encoded(type, inner, inside(scope)).toString('base64') };
}

/** Whether a value is what is read where nothing was written. Throws ProtoProblem for one that the field cannot hold. */
function isZero(facet: GrpcFacet, { type, of = '', name }: GrpcField, value: Json): boolean {
  if (type === 'message' || type === 'group') return false;
  if (type === 'string') return textFrom(value, name) === '';
  if (type === 'bytes') return bytesFrom(value, name).length === 0;
  const number = type === 'enum' ? enumNumber(facet, of, value, name) : numberFrom(value, type, name);
  return number === 0n || Object.is(number, 0);
}

function writeField(writer: ProtoWriter, field: GrpcField, value: Json, scope: Scope): void {
  const { number, of = '', type } = field;
  const scalar = scalarOf(field);
  if (type === 'group')
    writer
      .tag(number, 3)
      .raw(encoded(of, value, inside(scope)))
      .tag(number, 4);
  else if (scalar === undefined) writer.tag(number, 2).delimited(encoded(of, value, inside(scope)));
  else {
    writer.tag(number, wireTypeOf(scalar));
    writeScalar(writer, scope.facet, field, value);
  }
}

function writeScalar(writer: ProtoWriter, facet: GrpcFacet, field: GrpcField, value: Json): void {
  const { type, of = '', name } = field;
  if (type === 'string') writer.delimited(Buffer.from(textFrom(value, name)));
  else if (type === 'bytes') writer.delimited(bytesFrom(value, name));
  else if (type === 'enum') writeNumber(writer, 'int32', enumNumber(facet, of, value, name));
  else if (type !== 'message' && type !== 'group') writeNumber(writer, type, numberFrom(value, type, name));
}

const shown = (value: Json): string => JSON.stringify(value).slice(0, 100);

function textFrom(value: Json, name: string): string {
  if (typeof value === 'string') return value;
  throw new ProtoProblem(`${name}: ${shown(value)} is no text`);
}

function bytesFrom(value: Json, name: string): Buffer {
  const text = textFrom(value, name);
  // Both alphabets are taken, with and without padding (ProtoJSON).
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw new ProtoProblem(`${name}: ${shown(text)} is no base64`);
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
}

function enumNumber({ enums }: GrpcFacet, of: string, value: Json, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  const values = Object.hasOwn(enums, of) ? (enums[of] ?? {}) : {};
  const number = typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : undefined;
  if (number !== undefined) return number;
  throw new ProtoProblem(`${name}: ${shown(value)} is no value of ${of === '' ? 'this enum' : of}`);
}

const SPECIAL: ReadonlyMap<Json, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

const DECIMAL = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Smallest and largest of each type of whole numbers. */
const RANGES = {
  signed32: [-(2n ** 31n), 2n ** 31n - 1n],
  unsigned32: [0n, 2n ** 32n - 1n],
  signed64: [-(2n ** 63n), 2n ** 63n - 1n],
  unsigned64: [0n, 2n ** 64n - 1n],
} as const;

function rangeOf(type: GrpcScalar): readonly [bigint, bigint] {
  const width = type.endsWith('64') ? 64 : 32;
  return RANGES[`${type === `uint${width}` || type === `fixed${width}` ? 'unsigned' : 'signed'}${width}`];
}

function numberFrom(value: Json, type: GrpcScalar, name: string): bigint | number {
  if (type === 'bool') {
    if (typeof value !== 'boolean')
      throw new ProtoProblem(`${name}: ${shown(value)} is neither true nor false`);
    return value ? 1 : 0;
  }
  if (type === 'double' || type === 'float') {
    if (isNumber(value)) return Number(value);
    const special = SPECIAL.get(value);
    if (special !== undefined) return special;
    if (typeof value === 'string' && DECIMAL.test(value)) return Number(value);
    throw new ProtoProblem(`${name}: ${shown(value)} is no number`);
  }
  const whole = wholeFrom(value);
  if (whole === undefined) throw new ProtoProblem(`${name}: ${shown(value)} is no whole number`);
  const [least, most] = rangeOf(type);
  if (whole < least || whole > most)
    throw new ProtoProblem(`${name}: ${shown(value)} does not fit into ${type} (${least} to ${most})`);
  return whole;
}

function wholeFrom(value: Json): bigint | undefined {
  if (isWhole(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : undefined;
}

function writeList(writer: ProtoWriter, field: GrpcField, value: Json, scope: Scope): void {
  const items = isList(value) ? value : [value];
  if (items.length === 0) return;
  const scalar = scalarOf(field);
  if (field.packed === true && scalar !== undefined && wireTypeOf(scalar) !== 2) {
    const packed = new ProtoWriter();
    for (const item of items) writeScalar(packed, scope.facet, field, item);
    writer.tag(field.number, 2).delimited(packed.finish());
  } else for (const item of items) writeField(writer, field, item, scope);
}

function writeMap(writer: ProtoWriter, field: GrpcField, value: Json, scope: Scope): void {
  if (!isMembers(value)) throw new ProtoProblem(`${field.name}: ${shown(value)} is no object`);
  const entries = entryFields(field);
  for (const [name, member] of Object.entries(value)) {
    const entry = new ProtoWriter();
    writeField(entry, entries.key, entries.key.type === 'bool' ? name === 'true' : name, scope);
    writeField(entry, entries.value, member, scope);
    writer.tag(field.number, 2).delimited(entry.finish());
  }
}
