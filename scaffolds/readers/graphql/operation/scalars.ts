import type { JsonObject } from '@counterpart/schemas';
import { FILE_VALUE_SCHEMA } from '@counterpart/schemas/blueprint/blueprint';

/** Names that services give their own scalars, and what travels as one. Tested in this order. */
const CUSTOM: readonly (readonly [RegExp, JsonObject])[] = [
  [/^(?:File)?Upload$/, FILE_VALUE_SCHEMA],
  [/(?:Local|Naive|Plain)Date-?Time/i, { type: 'string' }],
  [/Date-?Time(?:ISO)?$|^timestamptz$|^Instant$|ISO8601DateTime/, { type: 'string', format: 'date-time' }],
  [/^(?:ISO8601|Calendar)?Date$|^date$/, { type: 'string', format: 'date' }],
  [/^(?:URI|URL|Url|Uri)$/, { type: 'string', format: 'uri' }],
  [/^U?UID$|^Guid$/i, { type: 'string', format: 'uuid' }],
  [/^Email(?:Address)?$/i, { type: 'string', format: 'email' }],
  [/^JSON_?Object$|^(?:Map|Dictionary|Struct|Object)$/i, { type: 'object' }],
  [/^JSONB?$|^_?Any$|^(?:Generic|Mixed|Unknown)/i, {}],
  [/^(?:Big|Long|U?Int64|ULong|Unsigned_?Int64)(?:Int|Integer)?$/i, { type: ['integer', 'string'] }],
  [/^(?:Big)?(?:Decimal|Money|Number|Numeric)$/i, { type: ['number', 'string'] }],
  [
    /^(?:Positive|Non(?:Negative|Positive)|Negative|Unsigned)?(?:U?Int(?:8|16|32)?|Integer|Short|Byte|Port|Timestamp)$|^(?:small|tiny|medium)int$/,
    { type: 'integer' },
  ],
  [
    /^(?:Positive|Non(?:Negative|Positive)|Negative)?(?:Float(?:32|64)?|Double)$|^float[48]$/i,
    { type: 'number' },
  ],
  [
    /^(?:Base64|Hex|HTML|Markdown|Html|Cursor|Slug|Locale|Timezone|.*String|.*OID|.*ObjectID)/,
    { type: 'string' },
  ],
  [/^(?:Color|Phone(?:Number)?|CountryCode|Currency(?:Code)?|IPv?[46]?|MAC)$/i, { type: 'string' }],
];

const BUILT_IN: Readonly<Record<string, JsonObject>> = {
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number' },
  String: { type: 'string' },
  Boolean: { type: 'boolean' },
  ID: { type: 'string' },
};

/** What travels as a scalar, by its name; an open schema for one whose name says nothing. */
export function scalarSchema(name: string): JsonObject {
  const known = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  return known ?? CUSTOM.find(([pattern]) => pattern.test(name))?.[1] ?? {};
}

/** True for the scalar that stands for a file in a multipart request. */
export const isUpload = (name: string): boolean => /^(?:File)?Upload$/.test(name);
