import {
  FILE_VALUE_SCHEMA,
  type BodyBinding,
  type BodyContent,
  type Json,
  type JsonObject,
  type JsonSchema,
} from '@counterpart/schemas';
import type { OperationContext } from '../document/context.ts';
import { isObject, member, objectMember, pointerTo, textMember } from '../source/json-tree.ts';
import { PARAMETER_DESCRIPTION_BUDGET } from '../source/limits.ts';
import { concreteType, kindOf, preference } from './media-types.ts';
import { multipartSchema } from './multipart.ts';
import { Unusable } from '../document/omissions.ts';
import { follow, type Located } from '../document/references.ts';
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
  const contents: BodyContent[] = [];
  const renames = new Map<string, string>();
  for (const [mediaType, media] of entries
    .map(([type, value]): [string, Json] => [type, value])
    .sort(byPreference)) {
    try {
      const pointer = source.schemaPointer ?? pointerTo(source.pointer, 'content', mediaType, 'schema');
      const read = readContent({ mediaType, media: isObject(media) ? media : {}, pointer }, context);
      contents.push(read.content);
      for (const [key, name] of read.renames) renames.set(key, name);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      problems.push(error);
    }
  }
  return finishBody({ source, contents, problems, renames, isRequired }, context);
}

interface Parts {
  readonly source: BodySource;
  readonly contents: readonly BodyContent[];
  readonly problems: readonly Unusable[];
  readonly renames: ReadonlyMap<string, string>;
  readonly isRequired: boolean;
}

function finishBody(
  { source, contents, problems, renames, isRequired }: Parts,
  context: OperationContext,
): ReadBody | undefined {
  const [first] = contents;
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
  return {
    binding: {
      required: isRequired,
      contents: [...contents],
      ...(renames.size > 0 ? { renames: { '**': Object.fromEntries(renames) } } : {}),
    },
    schema: withDescription(first.schema, description),
  };
}

const byPreference = ([a]: [string, Json], [b]: [string, Json]): number => rank(a) - rank(b);

function rank(mediaType: string): number {
  const kind = kindOf(mediaType);
  return kind === undefined ? 99 : preference(mediaType, kind);
}

interface Content {
  readonly mediaType: string;
  readonly media: JsonObject;
  readonly pointer: string;
}

function readContent(
  { mediaType, media, pointer }: Content,
  context: OperationContext,
): { content: BodyContent; renames: Map<string, string> } {
  const raw = member(media, 'schema') ?? member(media, 'itemSchema') ?? {};
  const given = kindOf(mediaType);
  if (given === undefined) {
    throw new Unusable(
      'media-type-unsupported',
      pointer,
      `takes a body of ${mediaType.slice(0, 80)}, which cannot be written`,
    );
  }
  const reference = textMember(raw, '$ref');
  if (reference !== undefined) follow(context.root, reference, pointer);
  const kind = given === 'json' && isBinaryWildcard(mediaType, raw) ? 'binary' : given;
  const base = { mediaType: concreteType(mediaType, kind), kind };
  if (kind === 'binary') return { content: { ...base, schema: FILE_VALUE_SCHEMA }, renames: new Map() };
  if (kind === 'text') return { content: { ...base, schema: { type: 'string' } }, renames: new Map() };
  if (kind === 'multipart') {
    const { schema, renames } = multipartSchema({ raw, pointer, media }, context);
    return { content: { ...base, schema, ...encodingOf(media), ...namesOf(renames) }, renames };
  }
  const draft = context.types.schema(raw, pointer, 'request');
  const renames = context.types.renamesOf(draft);
  if (kind === 'form')
    return { content: { ...base, schema: draft.schema, ...encodingOf(media), ...namesOf(renames) }, renames };
  const isItem = kind === 'ndjson' && !(isObject(raw) && member(raw, 'type') === 'array');
  return {
    content: { ...base, schema: isItem ? { type: 'array', items: draft.schema } : draft.schema },
    renames,
  };
}

function isBinaryWildcard(mediaType: string, schema: Json): boolean {
  return mediaType.includes('*') && textMember(schema, 'format') === 'binary';
}

const namesOf = (renames: ReadonlyMap<string, string>): Pick<BodyContent, 'names'> =>
  renames.size > 0 ? { names: Object.fromEntries(renames) } : {};

type PartEncoding = NonNullable<BodyContent['encoding']>[string];

const STYLES = ['form', 'spaceDelimited', 'pipeDelimited', 'tabDelimited', 'deepObject'] as const;

function encodingOf(media: JsonObject): Pick<BodyContent, 'encoding'> {
  const parts = Object.entries(objectMember(media, 'encoding')).filter(([name]) => name !== '__proto__');
  if (parts.length === 0) return {};
  return { encoding: Object.fromEntries(parts.map(([name, value]) => [name, partEncoding(value)])) };
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
