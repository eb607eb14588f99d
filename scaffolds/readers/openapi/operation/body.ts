import type { BodyBinding, BodyContent, Json, JsonObject, JsonSchema } from '@counterpart/schemas';
import type { OperationContext } from '../document/context.ts';
import { isObject, member, objectMember, pointerTo, textMember } from '../source/json-tree.ts';
import { PARAMETER_DESCRIPTION_BUDGET } from '../source/limits.ts';
import { isMessagePackType } from '@counterpart/kit/message-pack';
import { concreteType, fileSchema, kindOf, preference, wholeType } from './media-types.ts';
import { isStructured, isXmlType, xmlForm } from '../facets/xml.ts';
import { bodyChoice, type Offer } from './choices.ts';
import { multipartSchema } from './multipart.ts';
import { Unusable } from '../document/omissions.ts';
import type { Located } from '../document/references.ts';
import { shortDescription } from '../text/text.ts';

/** A request body as the tool has it. */
export interface ReadBody {
  readonly binding: BodyBinding;
  /** Of the input's `body`. */
  readonly schema: JsonSchema;
}

/** A request body in OpenAPI 3 form and where its media types stand: under `content` by name, or (2.0) in one place for all. */
export interface BodySource extends Located<JsonObject> {
  readonly schemaPointer?: string | undefined;
}

/** Reads a request body. Undefined when it holds nothing; throws Unusable when it is required and cannot be written. */
export function readBody(source: BodySource, context: OperationContext): ReadBody | undefined {
  const isRequired = member(source.value, 'required') === true;
  const entries = Object.entries(objectMember(source.value, 'content'));
  const problems: Unusable[] = [];
  const offers: Offer[] = [];
  const schemas = new Set<string>();
  const renames = new Map<string, string>();
  for (const [name, media] of entries
    .map(([type, value]): [string, Json] => [type, value])
    .sort(byPreference)) {
    try {
      const pointer = source.schemaPointer ?? pointerTo(source.pointer, 'content', name, 'schema');
      const mediaType = wholeType(name);
      const read = readContent({ mediaType, media: isObject(media) ? media : {}, pointer, schemas }, context);
      const raw = schemaOf(media);
      offers.push({ content: read.content, at: { value: raw, pointer }, renames: read.renames });
      schemas.add(JSON.stringify(member(media, 'schema')));
      for (const [key, wire] of read.renames) renames.set(key, wire);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      problems.push(error);
    }
  }
  return finishBody({ source, offers, problems, renames, isRequired }, context);
}

interface Parts {
  readonly source: BodySource;
  readonly offers: readonly Offer[];
  readonly problems: readonly Unusable[];
  readonly renames: ReadonlyMap<string, string>;
  readonly isRequired: boolean;
}

function finishBody(
  { source, offers, problems, renames, isRequired }: Parts,
  context: OperationContext,
): ReadBody | undefined {
  const [first, ...others] = offers;
  const [problem] = problems;
  if (first === undefined && problem !== undefined && isRequired) throw problem;
  for (const { code, pointer, message } of problems) {
    context.lose({ code, severity: 'part', part: 'request body', pointer, reason: message });
  }
  if (first === undefined) {
    if (isRequired)
      throw new Unusable(
        'media-type-unsupported',
        source.pointer,
        'has a required body without a media type',
      );
    return undefined;
  }
  const description = shortDescription(textMember(source.value, 'description'), PARAMETER_DESCRIPTION_BUDGET);
  const { contents, schema } = bodyChoice([first, ...others], context);
  return {
    binding: {
      required: isRequired,
      contents,
      ...(renames.size > 0 ? { renames: { '**': Object.fromEntries(renames) } } : {}),
    },
    schema: withDescription(schema, description),
  };
}

const schemaOf = (media: Json): Json => member(media, 'schema') ?? member(media, 'itemSchema') ?? {};

const byPreference = ([a]: [string, Json], [b]: [string, Json]): number => rank(a) - rank(b);

function rank(mediaType: string): number {
  const kind = kindOf(wholeType(mediaType));
  return kind === undefined ? 99 : preference(mediaType, kind);
}

interface Content {
  readonly mediaType: string;
  readonly media: JsonObject;
  readonly pointer: string;
  /** Of the contents before this one. */
  readonly schemas: ReadonlySet<string>;
}

interface ReadContent {
  readonly content: BodyContent;
  readonly renames: Map<string, string>;
}

function readContent(
  { mediaType, media, pointer, schemas }: Content,
  context: OperationContext,
): ReadContent {
  const raw = schemaOf(media);
  const given = kindOf(mediaType);
  if (given === undefined) {
    throw new Unusable(
      'media-type-unsupported',
      pointer,
      `takes a body of ${mediaType.slice(0, 80)}, which cannot be written`,
    );
  }
  const kind = given === 'json' && isBinaryWildcard(mediaType, raw) ? 'binary' : given;
  const base = { mediaType: concreteType(mediaType, kind), kind };
  if (isMessagePackType(mediaType) && isRetold(raw, { root: context.root, schemas }))
    return structured({ ...base, kind: 'msgpack' }, { raw, pointer }, context);
  if (kind === 'binary') return { content: { ...base, schema: fileSchema(mediaType) }, renames: new Map() };
  if (isXmlType(mediaType) && isRetold(raw, { root: context.root, schemas })) {
    const xml = xmlForm(context.root, raw, { whole: schemas.size === 0 });
    const content = { ...base, kind: 'xml' as const, ...(xml === undefined ? {} : { xml }) };
    return structured(content, { raw, pointer }, context);
  }
  return contentOf(base, { raw, pointer, media }, context);
}

function contentOf(
  base: Pick<BodyContent, 'mediaType' | 'kind'>,
  { raw, pointer, media }: { readonly raw: Json; readonly pointer: string; readonly media: JsonObject },
  context: OperationContext,
): ReadContent {
  const { kind } = base;
  if (kind === 'text') return { content: { ...base, schema: { type: 'string' } }, renames: new Map() };
  if (kind === 'multipart') {
    const { schema, renames, mediaTypes } = multipartSchema({ raw, pointer, media }, context);
    return { content: { ...base, schema, ...encodingOf(media, mediaTypes), ...namesOf(renames) }, renames };
  }
  const read = structured(base, { raw, pointer }, context);
  if (kind === 'form')
    return { ...read, content: { ...read.content, ...encodingOf(media), ...namesOf(read.renames) } };
  const isItem = kind === 'ndjson' && !(isObject(raw) && member(raw, 'type') === 'array');
  return isItem
    ? { ...read, content: { ...read.content, schema: { type: 'array', items: read.content.schema } } }
    : read;
}

/** A content whose value is that of its schema, with the keys that stand for other names. */
function structured(
  base: Omit<BodyContent, 'schema'>,
  { raw, pointer }: { readonly raw: Json; readonly pointer: string },
  context: OperationContext,
): ReadContent {
  const draft = context.types.schema(raw, pointer, 'request');
  return { content: { ...base, schema: draft.schema }, renames: context.types.renamesOf(draft) };
}

/**
 * True for a body that is written in another form than JSON from an object. Beside others only one of the same schema is: a schema of its own
 * would bring types that no tool has, and with them other names for those that tools have.
 */
function isRetold(
  raw: Json,
  { root, schemas }: { readonly root: JsonObject; readonly schemas: ReadonlySet<string> },
): boolean {
  const isKnown = schemas.size === 0 || schemas.has(JSON.stringify(raw));
  return isKnown && isStructured(root, raw);
}

function isBinaryWildcard(mediaType: string, schema: Json): boolean {
  return mediaType.includes('*') && textMember(schema, 'format') === 'binary';
}

const namesOf = (renames: ReadonlyMap<string, string>): Pick<BodyContent, 'names'> =>
  renames.size > 0 ? { names: Object.fromEntries(renames) } : {};

type PartEncoding = NonNullable<BodyContent['encoding']>[string];

const STYLES = ['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'] as const;

/** How parts are written: as their encoding says, and of the given type where it says none. */
function encodingOf(
  media: JsonObject,
  mediaTypes: ReadonlyMap<string, string> = new Map(),
): Pick<BodyContent, 'encoding'> {
  const said = Object.entries(objectMember(media, 'encoding')).filter(([name]) => name !== '__proto__');
  const parts = new Map(said.map(([name, value]) => [name, partEncoding(value)]));
  for (const [name, contentType] of mediaTypes) parts.set(name, { contentType, ...parts.get(name) });
  return parts.size === 0 ? {} : { encoding: Object.fromEntries(parts) };
}

function partEncoding(value: Json): PartEncoding {
  const contentType = textMember(value, 'contentType');
  const style = STYLES.find((one) => one === textMember(value, 'style'));
  const explode = member(value, 'explode');
  return {
    ...(contentType === undefined ? {} : { contentType }),
    ...(style === undefined ? {} : { style }),
    ...(typeof explode === 'boolean' ? { explode } : {}),
    ...(member(value, 'allowReserved') === true ? { allowReserved: true } : {}),
  };
}

/** The body's own description stands before that of its schema. */
function withDescription(schema: JsonSchema, description: string | undefined): JsonSchema {
  if (description === undefined || schema === false) return schema;
  const { description: _own, ...rest } = schema === true ? {} : schema;
  return { description, ...rest };
}
