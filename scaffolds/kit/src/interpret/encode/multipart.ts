import { randomBytes } from 'node:crypto';
import type { BodyContent, Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { fileBytes, isFileValue } from './file-value.ts';
import { saysJson } from '../media.ts';
import { toWireNames, wireName, type Renames } from '../renames.ts';
import { deepPairs, explodedPairs, flat } from './styles.ts';
import { isList, isMembers } from '../../json-value.ts';
import { textOf } from './text-value.ts';

interface Part {
  readonly name: string;
  readonly filename?: string | undefined;
  readonly contentType?: string | undefined;
  readonly bytes: Buffer;
}

/** Names and file names inside quotes, as browsers write them (WHATWG, multipart/form-data encoding). */
function quoted(text: string): string {
  return text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}

/** A media type that is safe in a header and says one type; undefined for wildcards, lists and junk. */
export function concreteMediaType(text: string | undefined): string | undefined {
  const first = text?.split(',')[0]?.trim();
  return first !== undefined && /^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/.test(first) ? first : undefined;
}

function filePart(name: string, value: Json, declared: string | undefined, place: string): Part {
  const file = fileBytes(value, place);
  return {
    name,
    filename: file.filename ?? name,
    contentType: concreteMediaType(file.mediaType) ?? declared ?? 'application/octet-stream',
    bytes: file.bytes,
  };
}

interface Field {
  readonly key: string;
  readonly name: string;
  readonly contentType: string | undefined;
  /** How a compound value is written where the encoding names a style; its values stay as they are. */
  readonly style: Pick<PartRule, 'style' | 'explode'> | undefined;
}

type PartRule = NonNullable<BodyContent['encoding']>[string];

const asItIs = (text: string): string => text;

/** A compound value in the style of its encoding: a part a pair, nothing percent-encoded (OpenAPI 3.2, "Encoding Object"). */
function styledParts(
  name: string,
  value: Json,
  { style = 'form', explode = style === 'form' }: PartRule,
): Part[] {
  if (style !== 'deepObject' && !explode && typeof value === 'object') {
    const delimiter = PART_DELIMITERS[style] ?? ',';
    return [{ name, bytes: Buffer.from(flat(value, asItIs).join(delimiter)) }];
  }
  const pairs = style === 'deepObject' ? deepPairs(name, value) : explodedPairs(name, value);
  return pairs.map((pair) => ({ name: pair.name, bytes: Buffer.from(pair.value) }));
}

const PART_DELIMITERS: Partial<Record<NonNullable<PartRule['style']>, string>> = {
  spaceDelimited: ' ',
  pipeDelimited: '|',
  tabDelimited: '\t',
};

function valueParts(field: Field, value: Json): Part[] {
  const { name, contentType } = field;
  if (isFileValue(value)) return [filePart(name, value, contentType, `body.${field.key}`)];
  // No style writes a file: a list of them is a part a file, whatever its encoding names.
  if (isList(value) && value.some(isFileValue)) return value.flatMap((item) => valueParts(field, item));
  if (contentType !== undefined && saysJson(contentType))
    return [{ name, contentType, bytes: Buffer.from(JSON.stringify(value)) }];
  if (field.style !== undefined && typeof value === 'object' && value !== null)
    return styledParts(name, value, field.style);
  if (isList(value)) return value.flatMap((item: Json) => valueParts(field, item));
  if (isMembers(value))
    return [{ name, contentType: 'application/json', bytes: Buffer.from(JSON.stringify(value)) }];
  return [{ name, contentType, bytes: Buffer.from(value === null ? '' : textOf(value)) }];
}

function partHead({ name, filename, contentType }: Part): string {
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
  const type = contentType === undefined ? '' : `content-type: ${contentType}\r\n`;
  return `content-disposition: form-data; name="${quoted(name)}"${file}\r\n${type}\r\n`;
}

export interface MultipartBody {
  readonly bytes: Buffer;
  readonly contentType: string;
}

/**
 * An object as multipart: files with name and type, lists as one part an item, objects as JSON parts, the rest as text.
 * `boundary` must not occur in the content; the default is random.
 */
export function encodeMultipart(
  body: Json,
  content: Pick<BodyContent, 'mediaType' | 'encoding' | 'names'>,
  renames?: Renames,
  boundary = `counterpart-${randomBytes(16).toString('hex')}`,
): MultipartBody {
  if (!isMembers(body)) throw new ToolFailure('body: a multipart body is an object of fields.');
  const { encoding = {}, names } = content;
  const parts = Object.entries(body).flatMap(([key, value]) => {
    const name = wireName(key, names, renames);
    const rule = Object.hasOwn(encoding, name) ? encoding[name] : undefined;
    const field = {
      key,
      name,
      contentType: concreteMediaType(rule?.contentType),
      style: rule?.style === undefined && rule?.explode === undefined ? undefined : rule,
    };
    return valueParts(field, toWireNames(value, renames));
  });
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${partHead(part)}`),
    part.bytes,
    Buffer.from('\r\n'),
  ]);
  const [mediaType = 'multipart/form-data'] = content.mediaType.split(';');
  const type = mediaType.trim().includes('*') ? 'multipart/form-data' : mediaType.trim();
  return {
    bytes: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
    contentType: `${type}; boundary=${boundary}`,
  };
}
