import type { Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import { isMembers } from '../../json-value.ts';

/** A file the caller gave, as bytes. */
export interface FileBytes {
  readonly bytes: Buffer;
  readonly filename: string | undefined;
  readonly mediaType: string | undefined;
}

const MEMBERS = new Set(['base64', 'text', 'filename', 'mediaType']);
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** True for the shape of the kit's file value: content and nothing that a file does not have. */
export function isFileValue(value: Json): boolean {
  if (!isMembers(value)) return false;
  const hasContent = typeof value['base64'] === 'string' || typeof value['text'] === 'string';
  return hasContent && Object.keys(value).every((key) => MEMBERS.has(key));
}

const optional = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The file's bytes; plain text stands for a text file. Throws ToolFailure, naming `place`, when there is no content. */
export function fileBytes(value: Json, place: string): FileBytes {
  if (typeof value === 'string')
    return { bytes: Buffer.from(value, 'utf8'), filename: undefined, mediaType: undefined };
  if (!isMembers(value))
    throw new ToolFailure(`${place}: expected a file, as { "base64": … } or { "text": … }.`);
  const { base64, text, filename, mediaType } = value;
  const named = { filename: optional(filename), mediaType: optional(mediaType) };
  if (typeof base64 === 'string') {
    const packed = base64.replace(/\s+/g, '');
    if (!BASE64.test(packed)) throw new ToolFailure(`${place}.base64: not base64.`);
    return { bytes: Buffer.from(packed, 'base64'), ...named };
  }
  if (typeof text === 'string') return { bytes: Buffer.from(text, 'utf8'), ...named };
  throw new ToolFailure(`${place}: a file needs its content, as "base64" or "text".`);
}
