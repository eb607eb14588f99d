import { createHash } from 'node:crypto';
import {
  effectOf,
  hubError,
  type Blueprint,
  type Json,
  type JsonObject,
  type ServerId,
  type ToolDefinition,
  type TranslatedField,
  type TranslationFacet,
} from '@counterpart/schemas';
import { isObject } from '../mirror/schema/json-value.ts';
import { readGraphql } from '../readers/graphql/read.ts';
import { addJoins } from './joins.ts';
import { isGraphqlName, toGraphqlName, UniqueNames } from './names.ts';
import { described, mustBeGiven, TypeBook } from './type-book.ts';

/** What is translated. */
export interface Translated {
  /** The server in the hub whose tools answer. */
  readonly server: string;
  readonly tools: readonly ToolDefinition[];
  /** Its own description, where it has one: a database's tells how rows belong together. */
  readonly blueprint: Blueprint | undefined;
}

/** A GraphQL schema whose root fields are tools. */
export interface GraphqlText {
  readonly text: string;
  readonly facet: TranslationFacet;
}

const ROOTS = ['Query', 'Mutation'] as const;
type Root = (typeof ROOTS)[number];

interface Making {
  readonly book: TypeBook;
  readonly fields: Record<string, TranslatedField>;
  /** Type of the answer by tool. */
  readonly answers: Map<string, string>;
  readonly lines: Readonly<Record<Root, string[]>>;
  readonly names: Readonly<Record<Root, UniqueNames>>;
}

/** Writes the schema: what reads is a query, everything else a mutation; each argument and answer as its tool declares it. */
export function graphqlText({ server, tools, blueprint }: Translated): GraphqlText {
  const making: Making = {
    book: new TypeBook([]),
    fields: {},
    answers: new Map(),
    lines: { Query: [], Mutation: [] },
    names: { Query: new UniqueNames(), Mutation: new UniqueNames() },
  };
  for (const tool of tools) addField(tool, making);
  const joins = blueprint === undefined ? {} : addJoins(blueprint, making.book, making.answers);
  // A schema has to have a query, also of a server that only does things.
  if (making.lines.Query.length === 0)
    making.lines.Query.push(`${described('The server that answers.')}server: String`);
  const roots = ROOTS.filter((root) => making.lines[root].length > 0).map(
    (root) => `type ${root} {\n  ${making.lines[root].join('\n  ')}\n}`,
  );
  return {
    text: [...making.book.definitions(), ...roots].join('\n\n'),
    facet: { server, fields: making.fields, joins },
  };
}

function addField(tool: ToolDefinition, { book, fields, answers, lines, names }: Making): void {
  const root: Root = effectOf(tool) === 'read' ? 'Query' : 'Mutation';
  const name = names[root].take(toGraphqlName(tool.name));
  const { text, renamed } = argumentsText(tool, name, book);
  const type = answerType(tool, name, book);
  answers.set(tool.name, type);
  fields[`${root}.${name}`] = {
    tool: tool.name,
    ...(Object.keys(renamed).length === 0 ? {} : { arguments: renamed }),
  };
  lines[root].push(`${described(tool.description ?? tool.title)}${name}${text}: ${type}`);
}

/** Schemas of tools are JSON, whatever the type of the parsed definition says. */
const asJson = (schema: unknown): Json => schema as Json;

const definitionsOf = (schema: Json): JsonObject =>
  isObject(schema) && isObject(schema['$defs']) ? schema['$defs'] : {};

function answerType({ outputSchema }: ToolDefinition, name: string, book: TypeBook): string {
  if (outputSchema === undefined) return 'JSON';
  const schema = asJson(outputSchema);
  return book.output({ schema, definitions: definitionsOf(schema) }, `${name}_answer`);
}

function argumentsText(
  { inputSchema }: ToolDefinition,
  field: string,
  book: TypeBook,
): { readonly text: string; readonly renamed: Record<string, string> } {
  const schema = asJson(inputSchema);
  const definitions = definitionsOf(schema);
  const { properties = {}, required = [] } = isObject(schema) ? schema : {};
  const needed = new Set([required].flat());
  const names = new UniqueNames();
  const renamed: Record<string, string> = {};
  const parts = Object.entries(isObject(properties) ? properties : {}).map(([key, property]) => {
    const name = names.take(isGraphqlName(key) ? key : toGraphqlName(key));
    if (name !== key) renamed[name] = key;
    const type = book.input({ schema: property, definitions }, `${field}_${key}`);
    const text = described(isObject(property) ? property['description'] : undefined);
    return `${text}${name}: ${type}${mustBeGiven(key, property, needed) ? '!' : ''}`;
  });
  return { text: parts.length === 0 ? '' : `(${parts.join(', ')})`, renamed };
}

/** The blueprint of a server's GraphQL twin, answered by its tools. Rejects with TRANSLATION_EMPTY. */
export async function toGraphql(translated: Translated, id: ServerId): Promise<Blueprint> {
  const { server, tools, blueprint: own } = translated;
  if (tools.length === 0) throw hubError('TRANSLATION_EMPTY', { server });
  const { text, facet } = graphqlText(translated);
  const sha256 = `sha256-${createHash('sha256').update(text).digest('hex')}`;
  const { blueprint } = await readGraphql(
    { text, location: `${server}.graphql`, sha256 },
    { id, baseUrl: '/graphql', whole: true },
  );
  return {
    ...blueprint,
    title: `${own?.title ?? server} in GraphQL`,
    // Who reaches the twin is asked by the hub, as for the server's tools.
    auth: { schemes: {}, default: [] },
    operations: blueprint.operations.map((operation) => ({ ...operation, auth: [] })),
    translation: facet,
  };
}
