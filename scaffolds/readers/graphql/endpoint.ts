import { createHash } from 'node:crypto';
import { hubError, JsonValue, type Json, type JsonObject } from '@counterpart/schemas';
import { isArray, isObject, textMember } from '../openapi/source/json-tree.ts';
import { displayName, type SourceText } from '../source.ts';
import { introspectionQuery } from './introspection-query.ts';
import { schemaMember } from './source/introspection.ts';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** For each question; 30,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Paths at which GraphQL services are found; others are asked only when nothing else can be made of them. */
const USUAL_PATH = /(?:^|\/)(?:graphql|graphiql|gql|playground)(?:\.json|\.php|\/console|\/v\d+)?\/?$/i;

/** True for a URL whose path says that GraphQL is spoken there. */
export const isLikelyEndpoint = (location: string): boolean =>
  /^https?:\/\//i.test(location) && URL.canParse(location) && USUAL_PATH.test(new URL(location).pathname);

/** What a service answered: undefined when it was no answer to a GraphQL request. */
interface Answered {
  readonly schema: JsonObject | undefined;
  readonly errors: readonly string[];
  readonly status: number;
}

/** Credentials before the host: a pair as basic, a single word as a bearer token. */
function authorizationOf(url: URL): string | undefined {
  if (url.username === '') return undefined;
  const [name, secret] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return secret === '' ? `Bearer ${name}` : `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Json | undefined {
  try {
    return JsonValue.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function messagesOf(value: Json): string[] {
  if (!isObject(value) || !isArray(value['errors'])) return [];
  return value['errors'].flatMap((error) => (isObject(error) ? (textMember(error, 'message') ?? []) : []));
}

/** What a service says that wants to know first who asks. */
function complaints(value: Json | undefined): string[] {
  const errors = value === undefined ? [] : messagesOf(value);
  const message = textMember(value, 'message');
  return errors.length > 0 || message === undefined ? errors : [message];
}

async function ask(
  url: URL,
  query: string,
  { signal, timeoutMs = DEFAULT_TIMEOUT_MS }: AskOptions,
): Promise<Answered | undefined> {
  const authorization = authorizationOf(url);
  const timeout = AbortSignal.timeout(timeoutMs);
  const response = await fetch(withoutCredentials(url), {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify({ query, operationName: 'Introspection' }),
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  const value = response.body === null ? undefined : parsed(await readText(response.body));
  const { status } = response;
  if (status === 401 || status === 403) return { schema: undefined, errors: complaints(value), status };
  if (value === undefined) return undefined;
  const [schema, errors] = [schemaMember(value), messagesOf(value)];
  return schema === undefined && errors.length === 0 ? undefined : { schema, errors, status };
}

function refused(location: string, { errors, status }: Answered): Error {
  const words = errors.slice(0, 3).map((message) => message.replace(/\.$/, '').slice(0, 300));
  const said = words.length === 0 ? `it answered ${status}` : words.join('; ');
  return hubError('INTROSPECTION_REFUSED', { source: displayName(location), detail: said });
}

/**
 * The schema that a GraphQL endpoint tells of itself. Undefined when nothing at the URL answers a GraphQL request; rejects
 * with INTROSPECTION_REFUSED when something does and keeps its schema to itself.
 */
export async function introspect(location: string, options: AskOptions): Promise<SourceText | undefined> {
  const url = new URL(location);
  let answered: Answered | undefined;
  // The newest questions first; services that do not know them are asked the oldest ones.
  for (const level of ['new', 'old'] as const) {
    try {
      answered = (await ask(url, introspectionQuery(level), options)) ?? answered;
    } catch {
      options.signal?.throwIfAborted();
      return undefined;
    }
    if (answered === undefined) return undefined;
    if (answered.schema !== undefined) return sourceOf(location, answered.schema);
  }
  throw refused(location, answered ?? { schema: undefined, errors: [], status: 0 });
}

function sourceOf(location: string, schema: JsonObject): SourceText {
  const text = JSON.stringify({ data: { __schema: schema } });
  const url = withoutCredentials(new URL(location));
  return {
    text,
    location: displayName(location),
    sha256: `sha256-${createHash('sha256').update(text).digest('hex')}`,
    endpoint: `${url.origin}${url.pathname}`,
  };
}
