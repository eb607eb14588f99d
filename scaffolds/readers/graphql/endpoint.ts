import { hubError, type Json, type JsonObject } from '@counterpart/schemas';
import { askService, toldSource, type AskOptions } from '../ask-service.ts';
import { isArray, isObject, textMember } from '../openapi/source/json-tree.ts';
import { displayName, type SourceText } from '../source.ts';
import { introspectionQuery } from './introspection-query.ts';
import { schemaMember } from './source/introspection.ts';

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

async function ask(url: URL, query: string, options: AskOptions): Promise<Answered | undefined> {
  const question = {
    accept: 'application/graphql-response+json, application/json;q=0.9',
    body: { query, operationName: 'Introspection' },
  };
  const { status, value } = await askService(url, question, options);
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
    if (answered.schema !== undefined) return toldSource(location, { data: { __schema: answered.schema } });
  }
  throw refused(location, answered ?? { schema: undefined, errors: [], status: 0 });
}
