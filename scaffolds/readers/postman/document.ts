import type { Json, JsonObject, Omission } from '@counterpart/schemas';
import { operationOf } from '../har/document/operation.ts';
import type { Reading } from '../har/document/parameters.ts';
import { jsonOf } from '../har/entries/content.ts';
import type { Exchange } from '../har/entries/exchange.ts';
import { Samples } from '../har/infer/samples.ts';
import { Vault } from '../har/secrets/vault.ts';
import {
  isArray,
  isObject,
  listMember,
  objectMember,
  pointerTo,
  textMember,
} from '../openapi/source/json-tree.ts';
import { nameHint } from '../styles/name-hint.ts';
import { isSecretName } from '../../secrets/names.ts';
import type { Address } from './address.ts';
import { rpcContent } from './asked.ts';
import { callOf, isAtHome, keyOf, mainOrigin, methodOf, subjectOf, type Call } from './call.ts';
import { withFields } from './fields.ts';
import { isDeprecated, operationIdOf, tidyName } from './names.ts';
import { describedAs, requestsOf, type SavedRequest } from './saved/collection.ts';
import { authOf } from './auth.ts';
import { parametersOf } from './parameters.ts';
import { Variables } from './saved/variables.ts';

/** A collection as an OpenAPI document, and where its operations come from. */
export interface DescribedCollection {
  readonly document: JsonObject;
  readonly vault: Vault;
  /** Pointer of an operation in the document → pointer of the first request that it was read from. */
  readonly origin: ReadonlyMap<string, string>;
  /** Pointers of operations that only read, whatever their method says. */
  readonly reading: ReadonlySet<string>;
  readonly omitted: readonly Omission[];
}

/** Names of further requests that one tool stands for. */
const MAX_ALIASES = 8;

/** Describes what the requests of a collection ask; requests that differ in their values only are one operation. */
export function describeCollection(collection: JsonObject): DescribedCollection {
  const variables = new Variables(collection);
  const omitted: Omission[] = [];
  const calls = requestsOf(collection).flatMap((saved) => callOf(saved, variables, omitted));
  const home = mainOrigin(calls);
  const here = calls.filter((call) => isAtHome(call, home, omitted));
  const exchanges = here.flatMap((call) => call.exchanges);
  const vault = vaultOf(exchanges, variables);
  const auth = authOf(here, variables);
  const origin = new Map<string, string>();
  const reading = new Set<string>();
  const paths = new Map<string, Record<string, Json>>();
  for (const group of Map.groupBy(here, keyOf).values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { address, saved } = first;
    const path = pathKey(first, home);
    const method = methodOf(saved).toLowerCase();
    const servers = address.origin === home?.origin ? {} : { servers: [{ url: address.origin }] };
    const operation = { ...describeGroup(group, { vault, auth }, variables), ...servers };
    paths.set(path, { ...paths.get(path), [method]: operation });
    const pointer = pointerTo('#', 'paths', path, method);
    origin.set(pointer, saved.pointer);
    if (first.asked?.isReading === true) reading.add(pointer);
    if (group.length > MAX_ALIASES + 1) omitted.push(merged(saved, group.length));
    for (const piece of address.guessed) omitted.push(guess(saved, piece));
  }
  const document = {
    openapi: '3.2.0',
    info: infoOf(collection),
    servers: home?.isKnown === true ? [{ url: home.origin }] : [],
    paths: Object.fromEntries(paths),
    components: { securitySchemes: Object.fromEntries(auth.schemes) },
  };
  return { document, vault, origin, reading, omitted };
}

/** What tells calls to one path apart stands in the fragment: another origin, or what the body asks for. */
function pathKey(call: Call, home: Address | undefined): string {
  const { address, asked } = call;
  const marks = [
    ...(address.origin === home?.origin ? [] : [address.origin.replace(/^\w+:\/\//, '')]),
    ...(asked === undefined ? [] : [asked.name]),
  ];
  return marks.length === 0 ? address.path : `${address.path}#${marks.join(' ')}`;
}

function infoOf(collection: JsonObject): JsonObject {
  const info = objectMember(collection, 'info');
  const description = describedAs(info) ?? describedAs(collection);
  return {
    title: textMember(info, 'name') ?? textMember(collection, 'name') ?? '',
    version: '',
    ...(description === undefined ? {} : { description }),
  };
}

/**
 * Knows the credentials that were saved with requests and in variables. Words in their places (`Bearer token`, `<key>`) say
 * what to put there: taken for secrets they would be cut out of every text that names them.
 */
function vaultOf(exchanges: readonly Exchange[], variables: Variables): Vault {
  const vault = new Vault('keep');
  const sent = exchanges.flatMap(({ headers, query }) => [...headers, ...query]);
  for (const [name, value] of [...sent, ...variables.entries()]) {
    const credential = value.replace(/^(?:bearer|basic|token)\s+/i, '');
    const isSecret = name === 'authorization' || isSecretName(name);
    if (isSecret && /^[^\s<>{}]{8,}$/.test(credential) && /\d/.test(credential)) vault.add(credential);
  }
  return vault;
}

const guess = (saved: SavedRequest, piece: string): Omission => ({
  code: 'guessed',
  severity: 'notice',
  subject: subjectOf(saved),
  reason: `${JSON.stringify(piece.slice(0, 60))} in its path is taken for the value of a parameter.`,
  source: { pointer: saved.pointer },
});

const merged = (saved: SavedRequest, count: number): Omission => ({
  code: 'guessed',
  severity: 'notice',
  subject: subjectOf(saved),
  reason: `${count} saved requests ask one address and differ in their bodies; they are taken for one tool.`,
  source: { pointer: saved.pointer },
});

function describeGroup(group: readonly Call[], reading: Reading, variables: Variables): JsonObject {
  const [first] = group;
  if (first === undefined) return {};
  const exchanges = group.flatMap(({ exchanges: some }) => some);
  const { path, parameters } = first.address;
  const operation = operationOf({ path, parameters, hits: [] }, exchanges, reading);
  const body = objectMember(operation, 'requestBody');
  const names = [...new Set(group.map(({ saved }) => saved.name).filter((name) => name !== ''))];
  const tags = [...new Set(first.saved.folders.filter((folder) => folder !== '').toReversed())];
  const summary = names.map(tidyName).find((name) => name !== undefined);
  const told = { reading, variables };
  const given = parametersOf(group, listMember(operation, 'parameters'), told);
  const sampled = withFields(looseContent(objectMember(body, 'content')), group, told);
  const content = askedContent(first, sampled);
  return {
    ...operation,
    ...(given.length === 0 ? {} : { parameters: given }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(Object.keys(content).length === 0 ? {} : { requestBody: { ...body, content } }),
    ...identityOf(first, names),
    ...(summary === undefined ? {} : { summary }),
    ...(names.length > 0 && names.every(isDeprecated) ? { deprecated: true } : {}),
    description: descriptionOf(group, names),
  };
}

/** A call of JSON-RPC has a name of its own, everything else that of its requests. */
function identityOf({ asked }: Call, names: readonly string[]): JsonObject {
  if (asked?.style === 'json-rpc') return { operationId: asked.name, ...nameHint(asked.name) };
  const operationId = operationIdOf(names);
  return operationId === undefined ? {} : { operationId };
}

function askedContent(call: Call, sampled: JsonObject): JsonObject {
  if (call.asked?.style === 'graphql') return queryOf(call);
  return call.asked === undefined ? sampled : rpcContent(sampled, call.exchanges[0]?.body);
}

/** The body of a saved GraphQL query: the document is sent as it was saved, its variables are asked for. */
function queryOf({ exchanges }: Call): JsonObject {
  const [value] = exchanges.flatMap(({ body }) => jsonOf(body) ?? []);
  const samples = new Samples();
  samples.add(objectMember(value, 'variables'));
  const properties = {
    query: { const: textMember(value, 'query') ?? '', description: 'The document; fixed.' },
    variables: loosened(samples.schema()),
  };
  return { 'application/json': { schema: { type: 'object', properties, required: ['query'] } } };
}

/** What was in every saved body is no more required for that, and what was not may be chosen as well. */
function loosened(value: Json): Json {
  if (isArray(value)) return value.map(loosened);
  if (!isObject(value)) return value;
  const { required: _required, enum: choices, ...rest } = value;
  const kept = Object.entries(rest).map(([key, one]): [string, Json] => [
    key,
    key === 'examples' ? one : key === 'properties' ? looseProperties(one) : loosened(one),
  ]);
  return { ...Object.fromEntries(kept), ...(isArray(choices) ? { examples: choices.slice(0, 3) } : {}) };
}

const looseContent = (content: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(content).map(([mediaType, media]) => [mediaType, loosened(media)]));

const looseProperties = (properties: Json): Json =>
  isObject(properties)
    ? Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, loosened(one)]))
    : properties;

function descriptionOf(group: readonly Call[], names: readonly string[]): string {
  const told = group.map(({ saved }) => describedAs(saved.request)).find((text) => text !== undefined) ?? '';
  const others = names.slice(1, MAX_ALIASES + 1);
  const more = names.length - 1 - others.length;
  const also =
    others.length === 0 ? '' : `Also saved as: ${others.join('; ')}${more > 0 ? ` and ${more} more` : ''}.`;
  return [told, also].filter((text) => text !== '').join('\n\n');
}
