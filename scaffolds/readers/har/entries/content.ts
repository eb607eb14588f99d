import type { Json } from '@counterpart/schemas';
import { listMember, member, textMember } from '../../openapi/source/json-tree.ts';
import { isJsonType, kindOf } from '../../openapi/operation/media-types.ts';
import { parsedJson } from './parse-json.ts';
import { CUT_TEXT } from './scan.ts';

/** One field of a form or one part of a multipart body. */
export interface Part {
  readonly name: string;
  /** Undefined for a file: its bytes are not kept. */
  readonly value: string | undefined;
}

/** A body as the recording has it. `absent`: it was sent, but the recording lacks its content. */
export type Content =
  | { readonly kind: 'json' | 'text'; readonly mediaType: string; readonly text: string }
  | { readonly kind: 'form' | 'multipart'; readonly mediaType: string; readonly parts: readonly Part[] }
  | { readonly kind: 'binary'; readonly mediaType: string }
  | { readonly kind: 'absent'; readonly mediaType: string; readonly reason: string };

/** Reads `postData` or `content`; undefined for an empty body. `header` is the message's own Content-Type. */
export function readContent(given: Json, header: string | undefined): Content | undefined {
  const mediaType = mediaTypeOf(textMember(given, 'mimeType'), header);
  const text = member(given, 'text');
  const params = listMember(given, 'params');
  if (typeof text !== 'string' || text === '') return withoutText(given, mediaType, params);
  if (text === CUT_TEXT) return absent(mediaType, 'it is larger than is read');
  const encoding = textMember(given, 'encoding') ?? encodingComment(given);
  if (encoding?.toLowerCase() !== 'base64') return contentOf(mediaType, text, params);
  const bytes = decodeBase64(text);
  if (bytes === undefined) return absent(mediaType, 'its base64 does not decode');
  const isText = kindOf(mediaType) !== 'binary' && kindOf(mediaType) !== undefined;
  const decoded = bytes.toString('utf8');
  // Some exporters encode every body, so that its type is known only from what it looks like.
  return isText || looksLikeJson(decoded)
    ? contentOf(mediaType, decoded, params)
    : { kind: 'binary', mediaType };
}

/** Without parameters and in lower case; `application/octet-stream` where nothing is said. */
function mediaTypeOf(...given: readonly (string | undefined)[]): string {
  for (const one of given) {
    const bare = (one?.split(';')[0] ?? '').trim().toLowerCase();
    if (/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(bare) && bare.length <= 100) return spelled(bare);
  }
  return 'application/octet-stream';
}

const spelled = (mediaType: string): string =>
  mediaType === 'application/x-www-urlencoded' ? 'application/x-www-form-urlencoded' : mediaType;

const encodingComment = (given: Json): string | undefined =>
  /^base64$/i.test(textMember(given, 'comment') ?? '') ? 'base64' : undefined;

const absent = (mediaType: string, reason: string): Content => ({ kind: 'absent', mediaType, reason });

function withoutText(given: Json, mediaType: string, params: readonly Json[]): Content | undefined {
  if (params.length > 0) return { kind: formKind(mediaType), mediaType, parts: params.flatMap(partOf) };
  const size = Number(member(given, 'size') ?? 0);
  return size > 0 ? absent(mediaType, 'the recording lacks its content') : undefined;
}

const formKind = (mediaType: string): 'form' | 'multipart' =>
  mediaType.startsWith('multipart/') ? 'multipart' : 'form';

function partOf(param: Json): Part[] {
  const name = textMember(param, 'name');
  if (name === undefined || name === '') return [];
  const isFile = textMember(param, 'fileName') !== undefined;
  const value = textMember(param, 'value');
  return [{ name, value: isFile ? undefined : (value ?? '') }];
}

function contentOf(mediaType: string, text: string, params: readonly Json[]): Content {
  if (mediaType.startsWith('multipart/')) {
    const parts = params.length > 0 ? params.flatMap(partOf) : multipartParts(text);
    return { kind: 'multipart', mediaType, parts };
  }
  if (mediaType === 'application/x-www-form-urlencoded' && !looksLikeJson(text))
    return { kind: 'form', mediaType, parts: formParts(text) };
  if (isJsonType(mediaType)) return labelledJson(mediaType, text);
  const isOpen =
    /^(?:text\/plain|text\/javascript|application\/(?:octet-stream|javascript|x-javascript|x-www-form-urlencoded))$/;
  if (isOpen.test(mediaType) && looksLikeJson(text))
    return { kind: 'json', mediaType: 'application/json', text };
  const kind = kindOf(mediaType);
  return kind === 'binary' || kind === undefined
    ? { kind: 'binary', mediaType }
    : { kind: 'text', mediaType, text };
}

/** What says that it is JSON and is not is taken for what it is. */
function labelledJson(mediaType: string, text: string): Content {
  const bare = withoutGuard(text);
  if (parsesAsJson(bare)) return { kind: 'json', mediaType, text: bare };
  if (/^\s*</.test(text)) return { kind: 'text', mediaType: 'text/html', text };
  return absent(mediaType, 'it says that it is JSON and does not parse');
}

/** Without the line that some services put before JSON so that no script can run it. */
const withoutGuard = (text: string): string =>
  text.replace(/^\u{FEFF}?(?:\)\]\}'?,?\s*|for\s*\(;;\);\s*|while\s*\(1\);\s*)/u, '');

/** An object or a list that parses; a bare number or word is not enough to go by. */
function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text) && parsesAsJson(text);
}

const parsesAsJson = (text: string): boolean => parsedJson(text) !== undefined;

/** The value of a JSON content; undefined for another kind. */
export const jsonOf = (content: Content | undefined): Json | undefined =>
  content?.kind === 'json' ? parsedJson(content.text) : undefined;

const formParts = (text: string): Part[] =>
  [...new URLSearchParams(text.trim())]
    .map(([name, value]) => ({ name, value }))
    .filter(({ name }) => name !== '');

/** Parts of a multipart text (RFC 7578); its boundary is its first line. */
function multipartParts(text: string): Part[] {
  const boundary = /^\s*(--[^\r\n]{1,200})\r?\n/.exec(text)?.[1];
  if (boundary === undefined) return [];
  return text.split(boundary).flatMap((piece): Part[] => {
    const [head = '', ...rest] = piece.split(/\r?\n\r?\n/);
    const name = /content-disposition:[^\r\n]*;\s*name="([^"\r\n]+)"/i.exec(head)?.[1];
    if (name === undefined) return [];
    const isFile = /content-disposition:[^\r\n]*;\s*filename\*?=/i.test(head);
    const value = rest.join('\n\n').replace(/\r?\n$/, '');
    return [{ name, value: isFile ? undefined : value }];
  });
}

/** Bytes of base64 in either alphabet; undefined for what is none. */
function decodeBase64(text: string): Buffer | undefined {
  const bare = text.replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(bare) || bare.replace(/=+$/, '').length % 4 === 1) return undefined;
  return Buffer.from(bare, 'base64');
}
