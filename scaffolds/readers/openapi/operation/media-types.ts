import type { BodyContent, Json, JsonObject } from '@counterpart/schemas';
import { FILE_VALUE_SCHEMA } from '@counterpart/schemas/blueprint/blueprint';
import { member, objectMember } from '../source/json-tree.ts';

type BodyKind = BodyContent['kind'];

const TEXT_TYPES = new Set([
  'application/xml',
  'application/yaml',
  'application/x-yaml',
  'application/graphql',
  'application/javascript',
  'application/sql',
  'application/toml',
  'application/x-sh',
  'application/jwt',
  'application/soap+xml',
  'application/xhtml+xml',
  'application/edn',
]);
const LINE_TYPES = new Set([
  'application/ndjson',
  'application/x-ndjson',
  'application/jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/json-lines',
  'application/json-seq',
]);

/** Lower case, without parameters. */
const bareType = (mediaType: string): string => (mediaType.split(';')[0] ?? '').trim().toLowerCase();

/** `json` where somebody wrote the last word of a media type only. */
export const wholeType = (mediaType: string): string =>
  /^(?:json|xml)$/i.test(mediaType) ? `application/${mediaType.toLowerCase()}` : mediaType;

/** True for media types whose content is one JSON value. */
export function isJsonType(mediaType: string): boolean {
  const type = bareType(mediaType);
  return /^(?:application|text)\/(?:x-)?json$/.test(type) || type.endsWith('+json') || type === 'text/x-json';
}

/** How content of a media type is written; undefined for what the kit cannot write. */
export function kindOf(mediaType: string): BodyKind | undefined {
  const type = bareType(mediaType);
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return undefined;
  if (LINE_TYPES.has(type)) return 'ndjson';
  if (isJsonType(type) || type === '*/*' || type === 'application/*') return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'multipart/form-data' || type === 'multipart/*') return 'multipart';
  if (type.startsWith('multipart/')) return undefined;
  if (type.startsWith('text/') || type.endsWith('+xml') || type.endsWith('+yaml') || TEXT_TYPES.has(type))
    return 'text';
  return 'binary';
}

/** The type to send for one that stands for several. */
export function concreteType(mediaType: string, kind: BodyKind): string {
  if (!bareType(mediaType).includes('*')) return mediaType;
  if (kind === 'json') return 'application/json';
  if (kind === 'multipart') return 'multipart/form-data';
  return kind === 'text' ? 'text/plain' : 'application/octet-stream';
}

const KIND_RANK: Readonly<Record<BodyKind, number>> = {
  json: 0,
  form: 10,
  multipart: 11,
  text: 12,
  xml: 12,
  ndjson: 13,
  msgpack: 14,
  binary: 14,
};

/** Smaller is better: what a model can write most surely comes first. */
export function preference(mediaType: string, kind: BodyKind): number {
  const type = bareType(mediaType);
  if (kind !== 'json' || type === 'application/json') return KIND_RANK[kind];
  if (type === 'application/merge-patch+json') return 1;
  if (type === 'application/json-patch+json') return 5;
  return type.includes('*') ? 3 : 2;
}

/**
 * The kit's file value with the media type that the service says it takes as the default: what is declared is what a service
 * surely accepts, and a caller without a reason leaves it at that. A range or a list of types has its first full one, if any.
 */
export function fileSchema(declared: string | undefined): JsonObject {
  const [first] = (declared ?? '').split(',').map((one) => one.trim());
  if (first === undefined || !/^[\w.+-]+\/[\w.+-]+$/.test(first)) return FILE_VALUE_SCHEMA;
  const { mediaType, ...others } = FILE_VALUE_SCHEMA.properties;
  return {
    ...FILE_VALUE_SCHEMA,
    properties: { ...others, mediaType: { ...mediaType, default: first } },
  };
}

/** True for what `fileSchema` makes, and for a list of such. */
export function isFileSchema(schema: Json): boolean {
  const one = member(schema, 'items') ?? schema;
  const members = Object.keys(objectMember(one, 'properties'));
  return (
    members.length > 0 &&
    members.every((name) => name in FILE_VALUE_SCHEMA.properties) &&
    member(one, 'additionalProperties') === false
  );
}
