import { isMessagePackType } from '@counterpart/kit/message-pack';
import type { Json, JsonObject, JsonSchema, ResponseBinding } from '@counterpart/schemas';
import type { OperationContext } from '../document/context.ts';
import { isXmlType, xmlForm } from '../facets/xml.ts';
import { mediaExamples } from './examples.ts';
import {
  isArray,
  isObject,
  listMember,
  member,
  objectMember,
  pointerTo,
  textMember,
  texts,
} from '../source/json-tree.ts';
import { isJsonType, wholeType } from './media-types.ts';
import { Unusable } from '../document/omissions.ts';
import { resolveObject, type Located } from '../document/references.ts';
import { upgradeResponse } from '../source/swagger2.ts';
import { shortDescription } from '../text/text.ts';

/** The declared answers of an operation; one that cannot be read is reported, and known by its status only. */
export function readResponses(operation: Located<JsonObject>, context: OperationContext): ResponseBinding[] {
  const home = pointerTo(operation.pointer, 'responses');
  return Object.entries(objectMember(operation.value, 'responses')).flatMap(
    ([key, value]): ResponseBinding[] => {
      if (key.startsWith('x-')) return [];
      const pointer = pointerTo(home, key);
      const status = statusOf(key);
      try {
        if (status === undefined)
          throw new Unusable(
            'operation-invalid',
            pointer,
            `is a response for ${JSON.stringify(key.slice(0, 20))}, which is no status`,
          );
        return [
          { status, ...readResponse(resolveObject(context.root, { value, pointer }), operation, context) },
        ];
      } catch (error) {
        if (!(error instanceof Unusable)) throw error;
        context.lose({
          code: error.code,
          severity: 'part',
          part: `response ${key.slice(0, 20)}`,
          pointer: error.pointer,
          reason: error.message,
        });
        // Without it an answer for errors would pass for what success looks like.
        return status === undefined ? [] : [{ status, contents: [] }];
      }
    },
  );
}

function statusOf(key: string): string | undefined {
  if (key === 'default') return key;
  const status = key.toUpperCase();
  return /^[1-5](?:\d\d|XX)$/.test(status) ? status : undefined;
}

function readResponse(
  given: Located<JsonObject>,
  operation: Located<JsonObject>,
  context: OperationContext,
): Omit<ResponseBinding, 'status'> {
  // A schema without a media type around it is written as in Swagger 2.0.
  const isBare = member(given.value, 'schema') !== undefined && member(given.value, 'content') === undefined;
  const isOld = context.dialect === '2.0' || isBare;
  const response = isOld
    ? upgradeResponse(given, mediaTypesOf('produces', operation.value, context.root))
    : given.value;
  const contents = Object.entries(objectMember(response, 'content')).map(([name, media]) => {
    const pointer = isOld
      ? pointerTo(given.pointer, 'schema')
      : pointerTo(given.pointer, 'content', name, 'schema');
    return readContent({ mediaType: wholeType(name), media, pointer }, context);
  });
  const headers = readHeaders(response, given.pointer, context);
  const description = shortDescription(textMember(response, 'description'), 300);
  return {
    ...(description === undefined ? {} : { description }),
    contents,
    ...(headers === undefined ? {} : { headers }),
  };
}

/** `consumes` or `produces` of a Swagger operation, else of the document. */
export function mediaTypesOf(
  keyword: 'consumes' | 'produces',
  operation: JsonObject,
  root: JsonObject,
): string[] {
  const own = member(operation, keyword);
  return texts(isArray(own) ? own : listMember(root, keyword));
}

type ResponseContent = ResponseBinding['contents'][number];

interface Content {
  readonly mediaType: string;
  readonly media: Json;
  readonly pointer: string;
}

function readContent({ mediaType, media, pointer }: Content, context: OperationContext): ResponseContent {
  const item = member(media, 'itemSchema');
  const raw = member(media, 'schema');
  const examples = mediaExamples(media, context.root).map(({ value }) => value);
  const base = { mediaType, ...(examples.length > 0 ? { examples } : {}) };
  if (raw !== undefined) {
    const xml = isXmlType(mediaType) ? xmlForm(context.root, raw, { whole: false }) : undefined;
    return {
      ...base,
      schema: context.types.schema(raw, pointer, 'response').schema,
      ...(xml === undefined ? {} : { xml }),
    };
  }
  if (item === undefined) return base;
  return {
    ...base,
    schema: { type: 'array', items: context.types.schema(item, pointer, 'response').schema },
  };
}

function readHeaders(
  response: JsonObject,
  pointer: string,
  context: OperationContext,
): Record<string, JsonSchema> | undefined {
  const entries = Object.entries(objectMember(response, 'headers')).flatMap(
    ([name, value]): [string, JsonSchema][] => {
      try {
        const at = resolveObject(context.root, { value, pointer: pointerTo(pointer, 'headers', name) });
        const schema = member(at.value, 'schema');
        if (schema === undefined || name === '__proto__') return [];
        return [[name, context.types.schema(schema, pointerTo(at.pointer, 'schema'), 'response').schema]];
      } catch (error) {
        if (error instanceof Unusable) return [];
        throw error;
      }
    },
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const isSuccess = (status: string): boolean => status.startsWith('2');

function successes(responses: readonly ResponseBinding[]): readonly ResponseBinding[] {
  const found = responses
    .filter(({ status }) => isSuccess(status))
    .toSorted((a, b) => (a.status < b.status ? -1 : 1));
  return found.length > 0 ? found : responses.filter(({ status }) => status === 'default');
}

/** Schema of the JSON, or MessagePack, that success brings: one, or any of several; undefined when success is not JSON. */
export function outputOf(responses: readonly ResponseBinding[]): JsonSchema | undefined {
  const json = successes(responses).flatMap(({ contents }) => {
    const plain = contents.filter(({ mediaType }) => isJsonType(mediaType) || mediaType === '*/*');
    const packed = contents.filter(({ mediaType }) => isMessagePackType(mediaType));
    return [...plain, ...packed].slice(0, 1);
  });
  const schemas = json.flatMap(({ schema }) => (schema === undefined ? [] : [schema]));
  const distinct = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
  if (distinct.length === 0) return undefined;
  const [first] = distinct;
  // `oneOf` would refuse an answer that fits two of them, which similar answers do.
  return distinct.length === 1
    ? first
    : { anyOf: distinct.map((schema) => (isObject(schema) ? schema : {})) };
}

/** Media types to accept, best first: JSON before others, each in the order of the description. */
export function acceptOf(responses: readonly ResponseBinding[], constant: string | undefined): string[] {
  const types = [
    ...new Set(successes(responses).flatMap(({ contents }) => contents.map(({ mediaType }) => mediaType))),
  ];
  const json = types.filter(isJsonType);
  const rest = types.filter((type) => !isJsonType(type));
  const all = [...new Set([...(constant === undefined ? [] : [constant]), ...json, ...rest])];
  return all.length === 0 ? ['application/json', '*/*'] : all;
}
