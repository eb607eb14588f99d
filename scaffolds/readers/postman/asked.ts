import type { JsonObject } from '@counterpart/schemas';
import { graphqlCalls } from '../har/document/graphql.ts';
import { jsonOf } from '../har/entries/content.ts';
import type { Exchange } from '../har/entries/exchange.ts';
import { isObject, member, objectMember, textMember } from '../openapi/source/json-tree.ts';
import { effectOfName } from '../styles/effect.ts';
import type { SavedRequest } from './saved/collection.ts';

/** What the body of a request asks for, in styles in which everything is posted to one address. */
export interface Asked {
  readonly style: 'graphql' | 'json-rpc';
  /** Requests that ask for the same have the same. */
  readonly name: string;
  readonly isReading: boolean;
}

/** Undefined for a request that is told by its path: a GraphQL query counts, written in whichever editor, and a JSON-RPC call. */
export function askedBy({ name, request }: SavedRequest, [exchange]: readonly Exchange[]): Asked | undefined {
  if (exchange === undefined) return undefined;
  const [query] = graphqlCalls(exchange);
  if (query !== undefined) return { style: 'graphql', name, isReading: query.kind === 'query' };
  // A document that no parser takes was still chosen to be one.
  if (textMember(objectMember(request, 'body'), 'mode') === 'graphql')
    return { style: 'graphql', name, isReading: false };
  const body = jsonOf(exchange.body);
  const method = textMember(body, 'method');
  return isObject(body) && textMember(body, 'jsonrpc') !== undefined && method !== undefined
    ? { style: 'json-rpc', name: method, isReading: effectOfName(method).effect === 'read' }
    : undefined;
}

/** The content of a JSON-RPC body: what makes it this call is sent as it was saved, its parameters are asked for. */
export function rpcContent(content: JsonObject, body: Exchange['body']): JsonObject {
  const value = jsonOf(body);
  const fixed = ['jsonrpc', 'method', 'id'].flatMap((key) => {
    const saved = member(value, key);
    return saved === undefined ? [] : [[key, { const: saved }] as const];
  });
  const entries = Object.entries(content).map(([mediaType, media]) => {
    const schema = objectMember(media, 'schema');
    const properties = { ...objectMember(schema, 'properties'), ...Object.fromEntries(fixed) };
    return [mediaType, { schema: { ...schema, properties, required: fixed.map(([key]) => key) } }] as const;
  });
  return Object.fromEntries(entries);
}
