import type { Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import type { OperationContext } from '../document/context.ts';
import {
  isObject,
  listMember,
  member,
  objectMember,
  pointerTo,
  textMember,
  texts,
} from '../source/json-tree.ts';
import { isLegalKey } from './keys.ts';
import { fileSchema } from './media-types.ts';
import { PARAMETER_DESCRIPTION_BUDGET } from '../source/limits.ts';
import { Unusable } from '../document/omissions.ts';
import { follow, resolveObject, type Located } from '../document/references.ts';
import { shortDescription } from '../text/text.ts';

interface Multipart {
  readonly raw: Json;
  readonly pointer: string;
  readonly media: JsonObject;
}

/** What a schema says of the members of an object, through its references and `allOf`. */
export interface Parts {
  readonly properties: Map<string, Located>;
  readonly required: Set<string>;
  readonly seen: Set<Json>;
}

interface ReadMultipart {
  readonly schema: JsonSchema;
  readonly renames: Map<string, string>;
  /** Of the parts that are files, where it is declared: by the name of the part. */
  readonly mediaTypes: Map<string, string>;
}

/**
 * Schema of a multipart body: an object with one property a part, in which parts that are files take the kit's file value.
 * Throws Unusable when its schema cannot be found.
 */
export function multipartSchema(
  { raw, pointer, media }: Multipart,
  context: OperationContext,
): ReadMultipart {
  const parts = partsOf({ value: raw, pointer }, context);
  if (parts.properties.size === 0) {
    const arms = armsOf({ value: raw, pointer }, context);
    if (arms.length > 0) return alternatives(arms, media, context);
    const draft = context.types.schema(raw, pointer, 'request');
    return { schema: draft.schema, renames: context.types.renamesOf(draft), mediaTypes: new Map() };
  }
  const renames = new Map<string, string>();
  const keyOf = (name: string): string => {
    if (isLegalKey(name)) return name;
    // One wrapper object is enough to learn the document-wide key of a name.
    const [key] = context.types
      .schema({ properties: { [name]: {} } }, pointer, 'request')
      .trace.renames.keys();
    renames.set(key ?? name, name);
    return key ?? name;
  };
  const mediaTypes = new Map<string, string>();
  const properties = [...parts.properties].map(([name, part]): [string, JsonSchema] => {
    const declared = textMember(member(objectMember(media, 'encoding'), name), 'contentType');
    const encoding = declared ?? fileType(part, context);
    if (encoding !== undefined) mediaTypes.set(name, encoding);
    return [keyOf(name), partSchema(part, { encoding, renames }, context)];
  });
  const required = [...parts.required].filter((name) => parts.properties.has(name)).map(keyOf);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length > 0 ? { required } : {}),
    },
    renames,
    mediaTypes,
  };
}

/** The alternatives of a body that has no parts of its own; none where one of them has none either. */
function armsOf(at: Located, context: OperationContext): Located[] {
  if (!isObject(at.value)) return [];
  const { value, pointer } = resolveObject(context.root, at);
  const keyword = ['anyOf', 'oneOf'].find((one) => listMember(value, one).length > 0);
  if (keyword === undefined) return [];
  const arms = listMember(value, keyword).map((sub, index): Located => ({
    value: sub,
    pointer: pointerTo(pointer, keyword, index),
  }));
  return arms.every((arm) => partsOf(arm, context).properties.size > 0) ? arms : [];
}

function alternatives(arms: readonly Located[], media: JsonObject, context: OperationContext): ReadMultipart {
  const read = arms.map(({ value, pointer }) => multipartSchema({ raw: value, pointer, media }, context));
  return {
    schema: { anyOf: read.map(({ schema }) => schema) },
    renames: new Map(read.flatMap(({ renames }) => [...renames])),
    mediaTypes: new Map(read.flatMap(({ mediaTypes }) => [...mediaTypes])),
  };
}

/** What the schema of a file, or of a list of files, says it is: the type of a part that no encoding names. */
function fileType(part: Located, context: OperationContext): string | undefined {
  const target = targetOf(part, context);
  const items = member(target, 'items');
  const one = isObject(items) ? targetOf({ value: items, pointer: part.pointer }, context) : target;
  return isFile(one, undefined) ? textMember(one, 'contentMediaType') : undefined;
}

/** The members of an object with the places of their schemas. Throws Unusable when a schema cannot be found. */
export function partsOf(at: Located, context: OperationContext): Parts {
  const parts: Parts = { properties: new Map(), required: new Set(), seen: new Set() };
  collectParts(at, context, parts);
  return parts;
}

function collectParts(at: Located, context: OperationContext, into: Parts): void {
  if (!isObject(at.value)) return;
  const { value, pointer } = resolveObject(context.root, at);
  if (into.seen.has(value)) return;
  into.seen.add(value);
  for (const [name, schema] of Object.entries(objectMember(value, 'properties'))) {
    const isReadOnly = member(schema, 'readOnly') === true;
    if (name !== '__proto__' && !isReadOnly)
      into.properties.set(name, { value: schema, pointer: pointerTo(pointer, 'properties', name) });
  }
  for (const name of texts(listMember(value, 'required'))) into.required.add(name);
  for (const [index, sub] of listMember(value, 'allOf').entries()) {
    collectParts({ value: sub, pointer: pointerTo(pointer, 'allOf', index) }, context, into);
  }
}

interface PartFacts {
  readonly encoding: string | undefined;
  readonly renames: Map<string, string>;
}

function partSchema(part: Located, { encoding, renames }: PartFacts, context: OperationContext): JsonSchema {
  const target = targetOf(part, context);
  const description = shortDescription(
    textMember(part.value, 'description') ?? textMember(target, 'description'),
    PARAMETER_DESCRIPTION_BUDGET,
  );
  const described = description === undefined ? {} : { description };
  const file = fileSchema(encoding);
  if (isFile(target, encoding)) return { ...file, ...described };
  const items = member(target, 'items');
  if (isObject(items) && isFile(targetOf({ value: items, pointer: part.pointer }, context), encoding)) {
    return { type: 'array', items: file, ...described };
  }
  const draft = context.types.schema(part.value, part.pointer, 'request');
  for (const [key, name] of context.types.renamesOf(draft)) renames.set(key, name);
  return draft.schema;
}

function targetOf({ value, pointer }: Located, context: OperationContext): Json {
  const reference = textMember(value, '$ref');
  if (reference === undefined) return value;
  try {
    return follow(context.root, reference, pointer).value;
  } catch (error) {
    if (error instanceof Unusable) return {};
    throw error;
  }
}

/** A part is a file when its schema says binary in any dialect, or is a text whose encoding names a type of bytes. */
function isFile(schema: Json, encoding: string | undefined): boolean {
  const type = member(schema, 'type');
  if (type === 'file') return true;
  const isText = type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
  if (!isText) return false;
  // `binary` is what RFC 2045 calls bytes as they are: they cannot be within JSON, and are a file here.
  const encoded = textMember(schema, 'contentEncoding');
  if (textMember(schema, 'format') === 'binary' || encoded === 'binary') return true;
  const mediaType = textMember(schema, 'contentMediaType') ?? (type === 'string' ? encoding : undefined);
  if (mediaType === undefined || encoded !== undefined) return false;
  return !/json|^text\/|urlencoded/.test(mediaType);
}
