import { fromMessagePack, MessagePackProblem } from '@counterpart/kit/message-pack';
import type { BodyBinding, BodyContent, Json, JsonSchema } from '@counterpart/schemas';
import { coerceText, coerceTree, possibleTypes, propertySchema, type Typing } from './coerce.ts';
import { readFormText, type FormDelimiters } from './form-text.ts';
import { isObject, parseJson, toSchema } from '../schema/json-value.ts';
import { covers, essence, isJsonType } from './media-type.ts';
import { readXml } from '../xml/read-xml.ts';
import { namesOf, renameMembers, type Names } from './renames.ts';
import { bracketPath, emptyTree, insert, MalformedText, parsePairs, toJson } from './wire-tree.ts';

/** A request body, read. */
export interface BodyValue {
  readonly content: BodyContent;
  /** Named as the input names it: what the content's schema is for. */
  readonly value: Json;
  /** The same with the names of the wire. */
  readonly wire: Json;
}

/** The declared content a body of this type is one of; undefined: the operation takes no such type. */
export function contentFor(
  contents: readonly BodyContent[],
  contentType: string | undefined,
): BodyContent | undefined {
  if (contentType === undefined || contentType === '') return contents[0];
  const exact = contents.find(({ mediaType }) => essence(mediaType) === essence(contentType));
  const ranged = contents.find(({ mediaType }) => covers(mediaType, contentType));
  const bytes = contents.find(
    ({ kind, mediaType }) => kind === 'binary' && essence(mediaType) === 'application/octet-stream',
  );
  const kin = isJsonType(contentType)
    ? contents.find(({ mediaType }) => essence(mediaType) === 'application/json')
    : undefined;
  return exact ?? ranged ?? kin ?? bytes;
}

/** True for the schema of a file value: content as base64 or as text. */
function isFileSchema(schema: JsonSchema, typing: Typing): boolean {
  const properties = typing.shapeOf(schema)?.keywords['properties'];
  return isObject(properties) && 'base64' in properties && 'mediaType' in properties;
}

interface Reading {
  readonly content: BodyContent;
  readonly names: Names;
  readonly contentType: string;
  readonly typing: Typing;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedText('it is not UTF-8 text');
  }
}

function parse(text: string, what: string): Json {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') throw new MalformedText(`${what} is not JSON: ${parsed.detail}`);
  return parsed.value;
}

/** Stands before each record of a JSON text sequence (RFC 7464). */
const RECORD_SEPARATOR = String.fromCodePoint(0x1e);

function parseLines(text: string): Json {
  const lines = text
    .replaceAll(RECORD_SEPARATOR, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, index) => parse(line, `line ${index + 1}`));
}

function parseMessagePack(bytes: Uint8Array): Json {
  try {
    return fromMessagePack(bytes);
  } catch (error) {
    if (error instanceof MessagePackProblem)
      throw new MalformedText(`it is not MessagePack: ${error.message}`);
    throw error;
  }
}

const DELIMITERS: Readonly<Record<string, RegExp>> = {
  form: /,/,
  spaceDelimited: /%20|\+/,
  pipeDelimited: /\||%7C/i,
  tabDelimited: /%09/,
};

/** Properties whose encoding writes a list as one text. */
function delimitersOf(content: BodyContent): FormDelimiters {
  const rules = Object.entries(content.encoding ?? {}).flatMap(([name, rule]): [string, RegExp][] => {
    const style = rule.style ?? 'form';
    const explode = rule.explode ?? style === 'form';
    const delimiter = DELIMITERS[style];
    return explode || !delimiter || (rule.style === undefined && rule.explode === undefined)
      ? []
      : [[name, delimiter]];
  });
  return new Map(rules);
}

function fileValue(bytes: Uint8Array, filename: string | undefined, mediaType: string): Json {
  return {
    base64: Buffer.from(bytes).toString('base64'),
    ...(filename ? { filename } : {}),
    ...(mediaType ? { mediaType } : {}),
  };
}

/** One part of a multipart body, as its property's schema asks: a file, JSON, or text. */
async function partValue(part: string | File, schema: JsonSchema, typing: Typing): Promise<Json> {
  const types = possibleTypes(schema, typing);
  const single = types.has('array') && !types.has('string') ? itemOf(schema, typing) : schema;
  if (typeof part === 'string') return isFileSchema(single, typing) ? { text: part } : part;
  const bytes = new Uint8Array(await part.arrayBuffer());
  if (isFileSchema(single, typing)) return fileValue(bytes, part.name, essence(part.type));
  return isJsonType(part.type)
    ? parse(decodeUtf8(bytes), `part ${part.name}`)
    : new TextDecoder().decode(bytes);
}

function itemOf(schema: JsonSchema, typing: Typing): JsonSchema {
  return toSchema(typing.shapeOf(schema)?.keywords['items']);
}

async function parseMultipart(bytes: Uint8Array, contentType: string): Promise<FormData> {
  try {
    const response = new Response(Buffer.from(bytes), { headers: { 'content-type': contentType } });
    return await response.formData();
  } catch {
    throw new MalformedText(`it is not ${essence(contentType)}: parts or their boundary cannot be read`);
  }
}

async function readMultipart(bytes: Uint8Array, reading: Reading): Promise<Json> {
  const { content, names, typing } = reading;
  const form = await parseMultipart(
    bytes,
    reading.contentType.replace(/^multipart\/[^;]+/i, 'multipart/form-data'),
  );
  const found = new Map<string, Json[]>();
  const bracketed = emptyTree();
  for (const [wire, part] of form.entries()) {
    const path = bracketPath(wire);
    if (typeof part === 'string' && path && path.length > 1 && names.toKey(wire) === wire) {
      insert(bracketed, path, part);
      continue;
    }
    const key = names.toKey(wire);
    const value = renameMembers(
      await partValue(part, propertySchema(content.schema, key, typing), typing),
      names.toKey,
    );
    found.set(key, [...(found.get(key) ?? []), value]);
  }
  const nested = bracketed.members.size > 0 ? renameMembers(toJson(bracketed), names.toKey) : {};
  const members = [...found].map(([key, values]): [string, Json] => [key, partMember(key, values, reading)]);
  return { ...(isObject(nested) ? coerceMembers(nested, reading) : {}), ...Object.fromEntries(members) };
}

function coerceMembers(value: Json, { content, typing }: Reading): Record<string, Json> {
  const coerced = coerceTree(value, content.schema, typing);
  return isObject(coerced) ? { ...coerced } : {};
}

/** Files and JSON parts are values already; texts become what the schema asks for. */
function partMember(key: string, values: readonly Json[], { content, typing }: Reading): Json {
  const schema = propertySchema(content.schema, key, typing);
  const types = possibleTypes(schema, typing);
  const isList =
    values.length > 1 ||
    (types.has('array') && !types.has('string') && !Array.isArray(values[0]) && !isJsonText(values[0]));
  const value: Json = isList ? [...values] : (values[0] ?? '');
  return coerceTree(value, schema, typing);
}

function isJsonText(value: Json | undefined): boolean {
  return typeof value === 'string' && /^\s*\[/.test(value);
}

async function readValue(bytes: Uint8Array, reading: Reading): Promise<Json> {
  const { content, names, typing } = reading;
  switch (content.kind) {
    case 'json':
      return renameMembers(parse(decodeUtf8(bytes), 'it'), names.toKey);
    case 'ndjson':
      return renameMembers(parseLines(decodeUtf8(bytes)), names.toKey);
    case 'form':
      return readFormText(parsePairs(decodeUtf8(bytes)), {
        rename: names.toKey,
        schema: content.schema,
        typing,
        delimiters: delimitersOf(content),
      });
    case 'multipart':
      return readMultipart(bytes, reading);
    case 'text':
      return coerceText(decodeUtf8(bytes), content.schema, typing);
    case 'xml':
      return readXml(decodeUtf8(bytes), content.schema, {
        form: content.xml ?? { root: {} },
        typing,
        toKey: names.toKey,
      });
    case 'msgpack':
      return renameMembers(parseMessagePack(bytes), names.toKey);
    case 'binary':
      return fileValue(bytes, undefined, essence(reading.contentType));
  }
}

/** Reads a body as the value its content's schema is for. Rejects with MalformedText. */
export async function readBody(
  bytes: Uint8Array,
  given: { readonly binding: BodyBinding; readonly content: BodyContent; readonly contentType: string },
  typing: Typing,
): Promise<BodyValue> {
  const { binding, content, contentType } = given;
  const names = namesOf(...Object.values(binding.renames ?? {}), content.names);
  const value = await readValue(bytes, { content, names, contentType, typing });
  return { content, value, wire: renameMembers(value, names.toWire) };
}
