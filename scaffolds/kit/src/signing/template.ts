import { createHash, createHmac, type BinaryToTextEncoding } from 'node:crypto';
import type { TemplateSignature } from '@counterpart/schemas';
import { withQuery } from '../http/compose.ts';
import { encodeStrict } from '../http/percent.ts';
import { urlParts, type Signable } from './wire.ts';

/** The key, and what tells the service which one it is. */
export interface SigningKey {
  readonly key: string;
  readonly keyId?: string | undefined;
}

/** What makes each signature another one. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Used once. */
  readonly nonce: string;
}

const PLACEHOLDER = /\{([a-z][\w:-]*)\}/g;

/** A moment as the service wants it written. */
export function timestampText(form: TemplateSignature['timestamp'], now: number): string {
  switch (form) {
    case 'unix-ms':
      return String(now);
    case 'iso8601':
      return new Date(now).toISOString();
    case 'http-date':
      return new Date(now).toUTCString();
    case 'unix':
    case undefined:
      return String(Math.floor(now / 1_000));
  }
}

/** Milliseconds since 1970 of such a text; NaN when it is none. */
export function timestampOf(form: TemplateSignature['timestamp'], text: string): number {
  if (form === 'iso8601' || form === 'http-date') return Date.parse(text);
  if (!/^\d{1,16}$/.test(text)) return Number.NaN;
  return Number(text) * (form === 'unix-ms' ? 1 : 1_000);
}

/** The bytes that a key's text stands for. */
export const keyBytes = (key: string, encoding: 'utf8' | 'base64' | 'hex' = 'utf8'): Buffer =>
  Buffer.from(key, encoding);

/** The values of placeholders for one request. */
type Values = (name: string) => string | Uint8Array;

const sorted = (query: string): string => query.split('&').sort().join('&');

function digestOf({ bodyDigest }: TemplateSignature, body: Uint8Array): string {
  const encoding: BinaryToTextEncoding = bodyDigest?.encoding ?? 'hex';
  return createHash(bodyDigest?.algorithm ?? 'sha256')
    .update(body)
    .digest(encoding);
}

/** What the request's own parts are called in templates. */
function partsOf(signature: TemplateSignature, request: Signable): Record<string, () => string | Uint8Array> {
  const { host, path, query } = urlParts(request.url);
  return {
    method: () => request.method,
    path: () => path,
    query: () => query,
    'sorted-query': () => sorted(query),
    target: () => (query === '' ? path : `${path}?${query}`),
    url: () => request.url,
    host: () => host,
    body: () => request.body,
    'body-digest': () => digestOf(signature, request.body),
  };
}

/** What placeholders stand for; `sent` are those of the caller's own making. */
function valuesOf(
  signature: TemplateSignature,
  request: Signable,
  sent: Readonly<Record<string, string>>,
): Values {
  const parts = partsOf(signature, request);
  return (name) =>
    name.startsWith('header:')
      ? (request.headers[name.slice('header:'.length).toLowerCase()] ?? '')
      : (parts[name]?.() ?? sent[name] ?? '');
}

/** A template as bytes: a body need not be text. */
function filled(template: string, values: Values): Buffer {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const value = values(match[1] ?? '');
    parts.push(
      Buffer.from(template.slice(at, match.index)),
      typeof value === 'string' ? Buffer.from(value) : value,
    );
    at = match.index + match[0].length;
  }
  return Buffer.concat([...parts, Buffer.from(template.slice(at))]);
}

/** The signature of a request that already has what its other places hold. */
export function templateSignature(
  signature: TemplateSignature,
  request: Signable,
  { key, sent }: { readonly key: string; readonly sent: Readonly<Record<string, string>> },
): string {
  const content = filled(signature.content, valuesOf(signature, request, sent));
  return createHmac(signature.algorithm.replace('hmac-', ''), keyBytes(key, signature.keyEncoding))
    .update(content)
    .digest(signature.encoding ?? 'hex');
}

type Place = TemplateSignature['places'][number];

/** Whether a place is filled last. */
export const holdsSignature = ({ value }: Place): boolean => value.includes('{signature}');

function put(request: Signable, place: Place, value: string): Signable {
  return place.in === 'header'
    ? { ...request, headers: { ...request.headers, [place.name.toLowerCase()]: value } }
    : { ...request, url: withQuery(request.url, [`${encodeStrict(place.name)}=${encodeStrict(value)}`]) };
}

/** The request with everything in place that proves it was made by the holder of the key. */
export function signByTemplate(
  signature: TemplateSignature,
  request: Signable,
  { key, keyId }: SigningKey,
  { now, nonce }: Moment,
): Signable {
  const sent = { timestamp: timestampText(signature.timestamp, now), nonce, 'key-id': keyId ?? '' };
  const fill = (into: Signable, place: Place, more: Readonly<Record<string, string>> = {}): Signable =>
    put(into, place, filled(place.value, valuesOf(signature, into, { ...sent, ...more })).toString());
  const prepared = signature.places
    .filter((place) => !holdsSignature(place))
    .reduce((into, place) => fill(into, place), request);
  const made = templateSignature(signature, prepared, { key, sent });
  return signature.places
    .filter(holdsSignature)
    .reduce((into, place) => fill(into, place, { signature: made }), prepared);
}
