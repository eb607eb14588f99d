import { isMessagePackType, toMessagePack } from '@counterpart/kit/message-pack';
import { encodeXml } from '@counterpart/kit/xml';
import type { Json, XmlForm } from '@counterpart/schemas';
import { isArray, isObject } from '../schema/json-value.ts';
import { essence, isJsonType } from '../request/media-type.ts';
import { isRowFile, toRowFile } from './row-files.ts';
import { toTable } from './table.ts';
import { tinyFile } from './tiny-files.ts';

/** A body as it goes out. */
export interface RenderedBody {
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

const TEXT_TYPES = /^text\/|(?:[/+]|\bx-)(?:xml|yaml|javascript|graphql|toml)$|^application\/(?:sql|x-sh)$/;

/** True for types whose bytes are no text. */
export function isBinaryType(mediaType: string): boolean {
  const type = essence(mediaType);
  const isText =
    isJsonType(type) ||
    TEXT_TYPES.test(type) ||
    isLines(type) ||
    isForm(type) ||
    isXml(type) ||
    isRowFile(type);
  return !isText && !isMessagePackType(type) && type !== '*/*';
}

const isLines = (type: string): boolean => /(?:ndjson|jsonl|json-?lines|json-seq|stream\+json)$/.test(type);
const isTable = (type: string): boolean => /^text\/(?:csv|tab-separated-values)$/.test(type);
const isForm = (type: string): boolean => type === 'application/x-www-form-urlencoded';
const isXml = (type: string): boolean => /[/+]xml$|^application\/x-ofx$/.test(type);

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An XML name: what it cannot hold becomes `_` (XML 1.0, production 5, ASCII only). */
function elementName(name: string): string {
  const safe = name.replaceAll(/[^\w.-]/g, '_');
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
}

function toXml(name: string, value: Json): string {
  if (isArray(value)) return value.map((item) => toXml(name, item)).join('');
  const tag = elementName(name);
  if (isObject(value)) {
    const members = Object.entries(value).map(([key, member]) => toXml(key, member));
    return `<${tag}>${members.join('')}</${tag}>`;
  }
  return value === null ? `<${tag}/>` : `<${tag}>${escapeXml(String(value))}</${tag}>`;
}

/** A document has one root: a list gets one around its items. */
function toXmlDocument(value: Json, name: string): string {
  const root = isArray(value) ? `<items>${toXml(name, value)}</items>` : toXml(name, value);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function toForm(value: Json): string {
  if (!isObject(value)) return asText(value);
  const pairs = Object.entries(value).map(([key, member]): [string, string] => [key, asText(member)]);
  return new URLSearchParams(pairs).toString();
}

/** A value as text: strings as they are, the rest as JSON. */
export function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toLines(type: string, value: Json): string {
  const lead = type.endsWith('json-seq') ? '\u001e' : '';
  return (isArray(value) ? value : [value]).map((item) => `${lead}${JSON.stringify(item)}\n`).join('');
}

function toEvents(value: Json): string {
  return (isArray(value) ? value : [value])
    .map((item) => `data: ${asText(item).replaceAll('\n', '\ndata: ')}\n\n`)
    .join('');
}

function textOf(type: string, value: Json, name: string): string {
  if (type === 'text/event-stream') return toEvents(value);
  if (isLines(type)) return toLines(type, value);
  if (isForm(type)) return toForm(value);
  const file = isRowFile(type) ? toRowFile(type, value) : undefined;
  if (file !== undefined) return file;
  if (isXml(type))
    return typeof value === 'string' && value.trimStart().startsWith('<')
      ? value
      : toXmlDocument(value, name);
  if (isTable(type) && typeof value !== 'string') return toTable(value, type === 'text/csv' ? ',' : '\t');
  return isJsonType(type) || type === '*/*' ? JSON.stringify(value) : asText(value);
}

/** As the description says; what XML cannot hold in that form is written in the usual one. */
function toDescribedXml(value: Json, xml: XmlForm, name: string): string {
  const { root } = xml;
  const isNamed = root.name !== undefined || root.type !== undefined || isArray(value);
  try {
    return encodeXml(value, isNamed ? xml : { ...xml, root: { ...root, name: elementName(name) } });
  } catch {
    return toXmlDocument(value, name);
  }
}

/** A concrete type for a declared one: a wildcard is answered with JSON where there is a value, else with bytes. */
function concrete(mediaType: string, hasValue: boolean): string {
  const type = essence(mediaType);
  if (!type.includes('*')) return mediaType;
  if (type.startsWith('image/')) return 'image/png';
  if (type.startsWith('text/')) return 'text/plain';
  return hasValue ? 'application/json' : 'application/octet-stream';
}

/**
 * A value in a media type; without one, the smallest file of the type. `name`: what the thing is called, for XML; `xml`: how
 * the description writes it.
 */
export function renderBody(
  mediaType: string,
  value: Json | undefined,
  name = 'item',
  xml?: XmlForm,
): RenderedBody {
  const contentType = concrete(mediaType, value !== undefined);
  const type = essence(contentType);
  if (value === undefined || isBinaryType(type)) return { bytes: tinyFile(type), contentType };
  if (isMessagePackType(type)) return { bytes: toMessagePack(value), contentType };
  if (xml !== undefined && isXml(type) && typeof value !== 'string')
    return { bytes: Buffer.from(toDescribedXml(value, xml, name)), contentType };
  const charset = type.startsWith('text/') && !contentType.includes(';') ? '; charset=utf-8' : '';
  return { bytes: Buffer.from(textOf(type, value, name)), contentType: `${contentType}${charset}` };
}
