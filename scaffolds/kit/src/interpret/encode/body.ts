import type { BodyBinding, BodyContent, Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { fileBytes, isFileValue } from './file-value.ts';
import { encodeFormBody } from './form.ts';
import { concreteMediaType, encodeMultipart } from './multipart.ts';
import { toWireNames, wireName, type Renames } from '../renames.ts';
import { isList, isMembers } from '../../json-value.ts';
import { textOf } from './text-value.ts';
import { toMessagePack } from '../../message-pack/encode.ts';
import { encodeXml } from '../../xml/encode.ts';

export interface WireBody {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

function formBody(body: Json, content: BodyContent, renames: Renames | undefined): string {
  if (!isMembers(body)) return encodeFormBody(body, content);
  const wired = Object.entries(body).map(
    ([key, value]) => [wireName(key, content.names, renames), toWireNames(value, renames)] as const,
  );
  const encoding = content.encoding ? { encoding: content.encoding } : {};
  return encodeFormBody(Object.fromEntries(wired), encoding);
}

/** One value a line; a JSON text sequence has a record separator before each (RFC 7464, 2.2). */
function jsonLines(body: Json, mediaType: string): string {
  if (!isList(body)) throw new ToolFailure('body: expected a list, one item a line.');
  const start = /json-seq\b/i.test(mediaType) ? '\u001E' : '';
  return body.map((item) => `${start}${JSON.stringify(item)}\n`).join('');
}

function binaryBody(body: Json, mediaType: string): WireBody {
  const file = fileBytes(body, 'body');
  const declared = concreteMediaType(mediaType);
  const vague = declared === undefined || declared === 'application/octet-stream';
  const given = concreteMediaType(file.mediaType);
  return {
    bytes: file.bytes,
    contentType: (vague ? given : undefined) ?? declared ?? given ?? 'application/octet-stream',
  };
}

const text = (content: string, contentType: string): WireBody => ({
  bytes: Buffer.from(content, 'utf8'),
  contentType,
});

const packedBody = (body: Json, contentType = 'application/msgpack'): WireBody => ({
  bytes: toMessagePack(body),
  contentType,
});

function encode(body: Json, content: BodyContent, renames: Renames | undefined): WireBody {
  const declared = concreteMediaType(content.mediaType);
  switch (content.kind) {
    case 'json':
      return text(JSON.stringify(toWireNames(body, renames)), declared ?? 'application/json');
    case 'form':
      return text(formBody(body, content, renames), declared ?? 'application/x-www-form-urlencoded');
    case 'multipart':
      return encodeMultipart(body, content, renames);
    case 'ndjson':
      return text(
        jsonLines(toWireNames(body, renames), content.mediaType),
        declared ?? 'application/x-ndjson',
      );
    case 'text':
      return text(textOf(body), declared ?? 'text/plain; charset=utf-8');
    case 'xml':
      return text(
        encodeXml(toWireNames(body, renames), content.xml ?? { root: {} }),
        declared ?? 'application/xml',
      );
    case 'msgpack':
      return packedBody(toWireNames(body, renames), declared);
    case 'binary':
      return binaryBody(body, content.mediaType);
  }
}

const holdsFile = (value: Json | undefined): boolean =>
  value !== undefined && (isFileValue(value) || (isList(value) && value.some(isFileValue)));

function isSentFor({ sentFor }: BodyContent, body: Json): boolean {
  if (sentFor === undefined || !isMembers(body)) return false;
  const { file, keys = [], files = [] } = sentFor;
  return (
    (file === true && isFileValue(body)) ||
    keys.some((key) => Object.hasOwn(body, key)) ||
    files.some((key) => Object.hasOwn(body, key) && holdsFile(body[key]))
  );
}

/** The content in which a body is sent. */
export function contentFor(
  { contents }: Pick<BodyBinding, 'contents'>,
  body: Json | undefined,
): BodyContent | undefined {
  return body === undefined ? undefined : (contents.find((one) => isSentFor(one, body)) ?? contents[0]);
}

/** The body as bytes; undefined when the caller gave none. */
export function encodeBody(binding: BodyBinding | undefined, body: Json | undefined): WireBody | undefined {
  const content = binding && contentFor(binding, body);
  if (!content || body === undefined) return undefined;
  const wire = encode(body, content, binding.renames?.['**']);
  // Bytes on the wire and the type in a header: text of any script must not reach the header.
  return { bytes: wire.bytes, contentType: Buffer.from(wire.contentType, 'utf8').toString('latin1') };
}
