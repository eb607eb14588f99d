import type { Json, JsonObject } from '@counterpart/schemas';
import { readContent } from '../har/entries/content.ts';
import type { Exchange, Pairs } from '../har/entries/exchange.ts';
import { isObject, listMember, member, objectMember, textMember } from '../openapi/source/json-tree.ts';
import { writtenUrl, type Address } from './address.ts';
import { authSetting, type SavedRequest } from './saved/collection.ts';
import { bodyOf, entriesOf, RAW_TYPES } from './bodies.ts';
import { Variables } from './saved/variables.ts';

/** Stands for a credential that is sent and not shown; a word, so that it is no secret to be looked for elsewhere. */
const UNTOLD = 'required';

/**
 * A saved request and its saved answers as exchanges that might have been recorded: the same code tells their types, their
 * credentials and their secrets.
 */
export function exchangesOf(saved: SavedRequest, address: Address, variables: Variables): Exchange[] {
  const asked = requestPart(saved, saved.request, { address, variables });
  const own: Exchange = { ...asked, status: 0, answerHeaders: [], setCookies: [], answer: undefined };
  const answered = saved.examples.map((example): Exchange => {
    const original = objectMember(example, 'originalRequest');
    // An example keeps the request it was made with: its body is one more sample.
    const body = bodyOf(objectMember(original, 'body'), contentTypeOf(original), variables);
    const headers = pairsIn(member(example, 'header'), variables);
    const type = headers.find(([name]) => name === 'content-type')?.[1];
    const preview = RAW_TYPES[textMember(example, '_postman_previewlanguage')?.toLowerCase() ?? ''];
    const code = Number(member(example, 'code') ?? 0);
    return {
      ...asked,
      body: body ?? asked.body,
      status: code >= 100 && code <= 599 ? code : 0,
      answerHeaders: headers,
      setCookies: [],
      answer: readContent(
        { mimeType: type ?? preview ?? '', text: textMember(example, 'body') ?? '' },
        type ?? preview,
      ),
    };
  });
  return [own, ...answered];
}

type Asked = Omit<Exchange, 'status' | 'answerHeaders' | 'setCookies' | 'answer'>;

function requestPart(
  { auth }: SavedRequest,
  request: JsonObject,
  { address, variables }: { readonly address: Address; readonly variables: Variables },
): Asked {
  const given = pairsIn(member(request, 'header'), variables);
  const credential = credentialOf(auth, variables);
  const isGiven = given.some(([name]) => name === credential.header?.[0]);
  return {
    index: 0,
    method: (textMember(request, 'method') ?? 'GET').toUpperCase(),
    scheme: 'https',
    host: address.origin,
    path: address.path,
    query: [...queryOf(member(request, 'url'), variables), ...(credential.query ? [credential.query] : [])],
    headers: credential.header === undefined || isGiven ? given : [...given, credential.header],
    cookies: [],
    userInfo: undefined,
    body: bodyOf(objectMember(request, 'body'), contentTypeOf(request), variables),
    resourceType: undefined,
  };
}

type Pair = readonly [name: string, value: string];

/** Where the credential of an `auth` travels; Postman adds it when it sends. */
function credentialOf(
  auth: JsonObject | undefined,
  variables: Variables,
): { readonly header?: Pair; readonly query?: Pair } {
  const type = textMember(auth, 'type') ?? '';
  if (auth === undefined || type === '' || type === 'noauth') return {};
  if (type === 'apikey') {
    const name = variables.resolve(authSetting(auth, 'key') ?? '') || 'api_key';
    const pair: Pair = [name, UNTOLD];
    return authSetting(auth, 'in') === 'query' ? { query: pair } : { header: [name.toLowerCase(), pair[1]] };
  }
  const scheme =
    type === 'oauth2' || type === 'jwt' ? 'Bearer' : `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
  return { header: ['authorization', `${scheme} ${UNTOLD}`] };
}

/** Enabled entries of a list of headers; those that are switched off are no part of what is sent. */
function pairsIn(list: Json | undefined, variables: Variables): Pairs {
  if (typeof list === 'string')
    return list.split(/\r?\n/).flatMap((line): Pair[] => {
      const at = line.indexOf(':');
      return at < 1
        ? []
        : [[line.slice(0, at).trim().toLowerCase(), variables.resolve(line.slice(at + 1).trim())]];
    });
  return entriesOf(list).map(({ key, value }): Pair => [key.toLowerCase(), variables.resolve(value)]);
}

const contentTypeOf = (request: JsonObject): string | undefined =>
  pairsIn(member(request, 'header'), new Variables({})).find(([name]) => name === 'content-type')?.[1];

/** Every parameter of the query, those that are switched off too: they are what else may be asked. */
export function queryEntries(url: Json | undefined): readonly JsonObject[] {
  const listed = listMember(url, 'query').filter(isObject);
  if (listed.length > 0) return listed;
  const written = /\?([^#]*)/.exec(writtenUrl(url))?.[1] ?? '';
  return written
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return { key: decoded(key), value: decoded(value.join('=')) };
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const queryOf = (url: Json | undefined, variables: Variables): Pair[] =>
  queryEntries(url).flatMap((entry): Pair[] => {
    const key = textMember(entry, 'key') ?? '';
    const value = variables.resolve(textMember(entry, 'value') ?? '');
    return key === '' ? [] : [[variables.resolve(key), /\{\{|^<.*>$/.test(value) ? '' : value]];
  });
