import type { Json } from '@counterpart/schemas';
import { listMember, member, objectMember, textMember } from '../../openapi/source/json-tree.ts';
import { readContent, type Content } from './content.ts';
import { parsedJson } from './parse-json.ts';

/** Names and values in the order of the recording. */
export type Pairs = readonly (readonly [name: string, value: string])[];

/** One request and its answer, with what a recording says about them and nothing else. */
export interface Exchange {
  /** Place among the entries of the recording. */
  readonly index: number;
  readonly method: string;
  readonly scheme: string;
  /** With its port when that is not the scheme's own; lower case. */
  readonly host: string;
  /** Still encoded, beginning with a slash. */
  readonly path: string;
  readonly query: Pairs;
  /** Names in lower case. */
  readonly headers: Pairs;
  readonly cookies: Pairs;
  /** From `https://user:password@host/`. */
  readonly userInfo: string | undefined;
  readonly body: Content | undefined;
  /** 0 when no answer was recorded. */
  readonly status: number;
  readonly answerHeaders: Pairs;
  readonly setCookies: Pairs;
  readonly answer: Content | undefined;
  /** What the browser fetched it for: `xhr`, `script`, `document`; absent in most exports. */
  readonly resourceType: string | undefined;
}

export type ReadEntry =
  | { readonly exchange: Exchange }
  | { readonly problem: string }
  | { readonly aside: string };

/** Reads one element of `entries`. Never throws, whatever is in it; what it says never holds a value of the recording. */
export function readEntry(text: string, index: number): ReadEntry {
  const entry = parsedJson(text);
  if (entry === undefined) return { problem: 'its JSON does not parse' };
  const request = objectMember(entry, 'request');
  const written = textMember(request, 'url');
  if (written === undefined) return { problem: 'it has no request with a URL' };
  if (!URL.canParse(written)) return { problem: 'its URL does not parse' };
  const url = new URL(written);
  if (/^wss?:$/.test(url.protocol)) return { aside: 'websocket' };
  if (!/^https?:$/.test(url.protocol)) return { aside: `${url.protocol.replace(/:$/, '')} URL` };
  const method = (textMember(request, 'method') ?? 'GET').toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method)) return { problem: 'its method is none of HTTP' };
  return { exchange: { ...requestOf(request, url, { index, method }), ...answerOf(entry) } };
}

interface Place {
  readonly index: number;
  readonly method: string;
}

type RequestPart = Omit<Exchange, 'status' | 'answerHeaders' | 'setCookies' | 'answer' | 'resourceType'>;

function requestOf(request: Json, url: URL, { index, method }: Place): RequestPart {
  const headers = headersOf(request);
  const cookies = pairsOf(listMember(request, 'cookies'));
  const posted = member(request, 'postData');
  const inUrl: Pairs = [...url.searchParams];
  const query = inUrl.length > 0 ? inUrl : pairsOf(listMember(request, 'queryString'));
  const mediaType = headerOf(headers, 'content-type');
  return {
    index,
    method,
    scheme: url.protocol.replace(/:$/, ''),
    host: url.host.toLowerCase(),
    path: url.pathname,
    query,
    headers,
    cookies: cookies.length > 0 ? cookies : cookiesOf(headers),
    userInfo: url.username === '' ? undefined : `${url.username}:${url.password}`,
    body: posted === undefined || posted === null ? undefined : readContent(posted, mediaType),
  };
}

function answerOf(
  entry: Json,
): Pick<Exchange, 'status' | 'answerHeaders' | 'setCookies' | 'answer' | 'resourceType'> {
  const response = objectMember(entry, 'response');
  const recorded = Number(member(response, 'status') ?? 0);
  const status = Number.isInteger(recorded) && recorded >= 100 && recorded <= 599 ? recorded : 0;
  const answerHeaders = headersOf(response);
  const content = member(response, 'content');
  const setCookies = pairsOf(listMember(response, 'cookies'));
  return {
    status,
    answerHeaders,
    setCookies: [...setCookies, ...setCookiesOf(answerHeaders)],
    answer:
      content === undefined || content === null
        ? undefined
        : readContent(content, headerOf(answerHeaders, 'content-type')),
    resourceType: textMember(entry, '_resourceType')?.toLowerCase(),
  };
}

/** The first header of this name, in lower case. */
export const headerOf = (headers: Pairs, name: string): string | undefined =>
  headers.find(([known]) => known === name)?.[1];

/** Headers as they are sent; the pseudo headers of HTTP/2 stand in the URL already. */
const headersOf = (message: Json): Pairs =>
  pairsOf(listMember(message, 'headers'))
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !name.startsWith(':'));

function pairsOf(list: readonly Json[]): Pairs {
  return list.flatMap((one) => {
    const name = textMember(one, 'name');
    const value = member(one, 'value');
    if (name === undefined || name === '' || value === undefined || value === null) return [];
    return typeof value === 'object' ? [] : [[name, String(value)] as const];
  });
}

const pairOf = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
};

const cookiesOf = (headers: Pairs): Pairs =>
  headers
    .filter(([name]) => name === 'cookie')
    .flatMap(([, value]) => value.split(';').map(pairOf))
    .filter(([name]) => name !== '');

const setCookiesOf = (headers: Pairs): Pairs =>
  headers
    .filter(([name]) => name === 'set-cookie')
    .flatMap(([, value]) => value.split('\n').map((line) => pairOf(line.split(';')[0] ?? '')));
