import type { GrpcField, GrpcScalar, Json } from '@counterpart/schemas';
import { isList, isMembers, isNumber, type Members } from '../json-value.ts';
import { ProtoProblem } from './wire-format.ts';

/** Types that every service may use and whose JSON is not that of their fields (ProtoJSON, "Well-known types"). */

const field = (name: string, number: number, type: GrpcScalar): GrpcField => ({ name, number, type });
const wrapper = (type: GrpcScalar): readonly GrpcField[] => [field('value', 1, type)];
const P = 'google.protobuf.';

const WRAPPERS: Readonly<Record<string, GrpcScalar>> = {
  DoubleValue: 'double',
  FloatValue: 'float',
  Int64Value: 'int64',
  UInt64Value: 'uint64',
  Int32Value: 'int32',
  UInt32Value: 'uint32',
  BoolValue: 'bool',
  StringValue: 'string',
  BytesValue: 'bytes',
};

/** Fields of the well-known types, by full name. */
export const WELL_KNOWN: ReadonlyMap<string, readonly GrpcField[]> = new Map<string, readonly GrpcField[]>([
  [`${P}Timestamp`, [field('seconds', 1, 'int64'), field('nanos', 2, 'int32')]],
  [`${P}Duration`, [field('seconds', 1, 'int64'), field('nanos', 2, 'int32')]],
  [`${P}FieldMask`, [{ ...field('paths', 1, 'string'), repeated: true }]],
  [`${P}Empty`, []],
  [`${P}Any`, [field('typeUrl', 1, 'string'), field('value', 2, 'bytes')]],
  [`${P}Struct`, [{ name: 'fields', number: 1, type: 'message', of: `${P}Value`, key: 'string' }]],
  [`${P}ListValue`, [{ name: 'values', number: 1, type: 'message', of: `${P}Value`, repeated: true }]],
  [
    `${P}Value`,
    [
      { ...field('nullValue', 1, 'int32'), presence: true },
      { ...field('numberValue', 2, 'double'), presence: true },
      { ...field('stringValue', 3, 'string'), presence: true },
      { ...field('boolValue', 4, 'bool'), presence: true },
      { name: 'structValue', number: 5, type: 'message', of: `${P}Struct`, presence: true },
      { name: 'listValue', number: 6, type: 'message', of: `${P}ListValue`, presence: true },
    ],
  ],
  ...Object.entries(WRAPPERS).map(([name, type]) => [`${P}${name}`, wrapper(type)] as const),
]);

/** How the JSON of a type becomes its fields, and the reverse. */
interface Mapping {
  readonly toFields: (value: Json) => Members;
  readonly fromFields: (fields: Members) => Json;
}

const MAPPINGS: ReadonlyMap<string, Mapping> = new Map<string, Mapping>([
  [`${P}Timestamp`, { toFields: timestampFields, fromFields: timestampText }],
  [`${P}Duration`, { toFields: durationFields, fromFields: (fields) => `${decimal(fields)}s` }],
  [
    `${P}FieldMask`,
    {
      toFields: (value) => ({
        paths: typeof value === 'string' && value !== '' ? value.split(',').map(snakeCase) : [],
      }),
      fromFields: ({ paths }) =>
        isList(paths)
          ? paths.flatMap((path) => (typeof path === 'string' ? [camelCase(path)] : [])).join(',')
          : '',
    },
  ],
  [
    `${P}Struct`,
    {
      toFields: (value) => ({ fields: objectFrom(value) }),
      fromFields: ({ fields }) => fields ?? {},
    },
  ],
  [
    `${P}ListValue`,
    {
      toFields: (value) => ({ values: isList(value) ? value : [value] }),
      fromFields: ({ values }) => values ?? [],
    },
  ],
  [
    `${P}Value`,
    {
      toFields: valueFields,
      fromFields: (fields) => ('nullValue' in fields ? null : (Object.values(fields)[0] ?? null)),
    },
  ],
  ...Object.keys(WRAPPERS).map((name): [string, Mapping] => [
    `${P}${name}`,
    { toFields: (value) => ({ value }), fromFields: ({ value }) => value ?? null },
  ]),
]);

/** The fields of a message whose JSON this is. Throws ProtoProblem. */
export function toFields(type: string, value: Json): Members {
  const mapping = MAPPINGS.get(type);
  if (mapping !== undefined) return mapping.toFields(value);
  if (!isMembers(value)) throw new ProtoProblem(`${JSON.stringify(value)} is no object, as ${type} is`);
  return value;
}

/** The JSON of a message's fields. */
export function fromFields(type: string, fields: Members): Json {
  const mapping = MAPPINGS.get(type);
  return mapping === undefined ? fields : mapping.fromFields(fields);
}

/** True for the types whose JSON is not an object of their fields. */
export const isMapped = (type: string): boolean => MAPPINGS.has(type);

function objectFrom(value: Json): Members {
  if (isMembers(value)) return value;
  throw new ProtoProblem(`${JSON.stringify(value)} is no object`);
}

function snakeCase(path: string): string {
  return path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
function camelCase(path: string): string {
  return path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function timestampFields(value: Json): Members {
  const [, second = '', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)?$/.exec(
      typeof value === 'string' ? value : '',
    ) ?? [];
  const time = Date.parse(`${second.replace(/[t ]/, 'T')}${zone.toUpperCase()}`);
  if (Number.isNaN(time))
    throw new ProtoProblem(`${JSON.stringify(value)} is no point of time such as 2026-01-31T12:00:00Z`);
  return { seconds: String(time / 1_000), nanos: Number(fraction.padEnd(9, '0')) };
}

/** A number as the codec gives it. */
const digits = (value: Json | undefined): string =>
  typeof value === 'string' || isNumber(value) ? String(value) : '0';

function timestampText(fields: Members): string {
  const [seconds, nanos] = [digits(fields['seconds']), digits(fields['nanos'])];
  const date = new Date(Number(seconds) * 1_000);
  if (Number.isNaN(date.getTime())) return `${seconds}s`;
  const fraction = nanos === '0' ? '' : `.${nanos.padStart(9, '0').replace(/(?:000){1,2}$/, '')}`;
  return date.toISOString().replace(/\.\d+Z$/, `${fraction}Z`);
}

function durationFields(value: Json): Members {
  const [, sign = '', whole, fraction = ''] =
    /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (whole === undefined) throw new ProtoProblem(`${JSON.stringify(value)} is no span of time such as 1.5s`);
  return { seconds: `${sign}${whole}`, nanos: Number(`${sign}${fraction.padEnd(9, '0')}`) };
}

function decimal(fields: Members): string {
  const [seconds, nanos] = [digits(fields['seconds']), digits(fields['nanos'])];
  const isNegative = Number(seconds) < 0 || Number(nanos) < 0;
  const fraction = String(Math.abs(Number(nanos)))
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${isNegative ? '-' : ''}${seconds.replace('-', '')}${fraction === '' ? '' : `.${fraction}`}`;
}

function valueFields(value: Json): Members {
  if (value === null) return { nullValue: 0 };
  if (isNumber(value)) return { numberValue: Number(value) };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return isList(value) ? { listValue: value } : { structValue: value };
}
