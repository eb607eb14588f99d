import type { Json, JsonObject } from '@counterpart/schemas';
import { isArray, isObject, member, textMember } from '../../openapi/source/json-tree.ts';
import { jsonOf } from '../entries/content.ts';
import { toolNames } from '../../openapi/text/names.ts';
import { parsedJson } from '../entries/parse-json.ts';
import type { Exchange } from '../entries/exchange.ts';
import { Samples } from '../infer/samples.ts';
import type { Vault } from '../secrets/vault.ts';
import { contentsOf } from './contents.ts';
import { headerParameters, type Reading } from './parameters.ts';
import { securityOf } from './security.ts';

/** What one GraphQL request asks for. */
export interface GraphqlCall {
  readonly exchange: Exchange;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Its operationName, or the first field it asks for. */
  readonly name: string;
  /** Whether the request or its document says that name; one that does not is not sent one. */
  readonly isNamed: boolean;
  /** Undefined for a persisted query, of which only a hash is sent. */
  readonly document: string | undefined;
  readonly variables: Json | undefined;
  readonly extensions: Json | undefined;
}

const DOCUMENT = /^(?:\s|#[^\n]*\n)*(?:(?:query|mutation|subscription)\b|fragment\s|\{)/;

/** The GraphQL calls of an exchange, more than one in a batch; empty when it is none (GraphQL over HTTP). */
export function graphqlCalls(exchange: Exchange): GraphqlCall[] {
  const given = exchange.method === 'GET' ? queryOf(exchange) : jsonOf(exchange.body);
  const requests = isArray(given) ? given : given === undefined ? [] : [given];
  const calls = requests.flatMap((request) => callOf(exchange, request));
  return calls.length === requests.length ? calls : [];
}

function queryOf({ query, path }: Exchange): Json | undefined {
  if (!/graphql|gql/i.test(path)) return undefined;
  const given = new Map(query);
  return Object.fromEntries(
    ['query', 'operationName', 'variables', 'extensions'].flatMap((name) => {
      const value = given.get(name);
      if (value === undefined) return [];
      return [[name, name === 'query' || name === 'operationName' ? value : (parsedJson(value) ?? null)]];
    }),
  );
}

function callOf(exchange: Exchange, request: Json): GraphqlCall[] {
  const document = textMember(request, 'query');
  const extensions = member(request, 'extensions');
  const asked = document === undefined ? NOTHING_SAID : readDocument(document);
  const isPersisted = document === undefined && isObject(member(extensions, 'persistedQuery'));
  if (asked === undefined || (document === undefined && !isPersisted)) return [];
  const name = textMember(request, 'operationName') ?? asked.name;
  return [
    {
      exchange,
      kind: asked.kind,
      name: plainName(name ?? asked.field ?? 'anonymous'),
      isNamed: name !== undefined,
      document,
      variables: member(request, 'variables'),
      extensions,
    },
  ];
}

interface DocumentFacts {
  readonly kind: GraphqlCall['kind'];
  readonly name: string | undefined;
  /** The first field it asks for. */
  readonly field: string | undefined;
}

const NOTHING_SAID: DocumentFacts = { kind: 'query', name: undefined, field: undefined };

/** What a document says of itself; undefined when it is none. Its first operation counts. */
function readDocument(document: string): DocumentFacts | undefined {
  if (!DOCUMENT.test(document)) return undefined;
  const [, word, name] = /\b(query|mutation|subscription)\b\s*([_A-Za-z]\w*)?/.exec(document) ?? [];
  const [, field] = /\{\s*(?:[_A-Za-z]\w*\s*:\s*)?([_A-Za-z]\w*)/.exec(document) ?? [];
  return { kind: kindOf(word), name, field };
}

const kindOf = (word: string | undefined): GraphqlCall['kind'] =>
  word === 'mutation' || word === 'subscription' ? word : 'query';

const plainName = (name: string): string => name.replaceAll(/\W+/g, '_').slice(0, 80) || 'anonymous';

/** It is posted, and reads all the same: a name without a verb says so, and not that something is posted. */
const readingName = (name: string): JsonObject => {
  const [made = ''] = toolNames([{ method: 'GET', path: '/graphql', operationId: name, tag: undefined }]);
  return made.startsWith('get_graphql') ? {} : { 'x-mcp': { name: made } };
};

/** One GraphQL operation as an operation of HTTP: its document is fixed, its variables are asked for. */
export function graphqlOperation(calls: readonly GraphqlCall[], reading: Reading): JsonObject {
  const [first] = calls;
  const exchanges = [...new Set(calls.map(({ exchange }) => exchange))];
  const parameters = headerParameters(exchanges, reading);
  const answers = exchanges.flatMap(({ answer, status }) =>
    answer && status > 0 && status < 300 ? [answer] : [],
  );
  return {
    operationId: first?.name ?? 'anonymous',
    ...(first?.kind === 'mutation' ? {} : readingName(first?.name ?? '')),
    tags: ['graphql'],
    description: `GraphQL ${first?.kind ?? 'query'} ${first?.name ?? ''}, learned from traffic: recorded ${calls.length === 1 ? 'once' : `${calls.length} times`}.`,
    ...(parameters.length > 0 ? { parameters } : {}),
    requestBody: { required: true, content: { 'application/json': { schema: bodySchema(calls, reading) } } },
    responses: { 200: { description: 'OK', content: contentsOf(answers, reading.vault) } },
    ...securityOf(exchanges, reading),
  };
}

function bodySchema(calls: readonly GraphqlCall[], { vault }: Reading): JsonObject {
  const variables = new Samples();
  for (const call of calls) if (isObject(call.variables)) variables.add(vault.json(call.variables));
  const fixed = fixedMembers(calls[0], vault);
  const alwaysVaried = variables.count === calls.length;
  return {
    type: 'object',
    properties: { ...fixed, ...(variables.count === 0 ? {} : { variables: variables.schema() }) },
    required: [...Object.keys(fixed), ...(alwaysVaried ? ['variables'] : [])],
  };
}

/** What is sent with every call as it was recorded: the document or, of a persisted one, its hash. */
function fixedMembers(call: GraphqlCall | undefined, vault: Vault): JsonObject {
  if (call === undefined) return {};
  const { isNamed, name, document, extensions } = call;
  const sent =
    document === undefined
      ? { extensions: { const: vault.json(extensions ?? null) } }
      : { query: { const: vault.text(document), description: 'The document; fixed.' } };
  return { ...(isNamed ? { operationName: { const: name, description: 'Fixed.' } } : {}), ...sent };
}
