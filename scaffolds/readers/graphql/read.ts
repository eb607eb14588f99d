import { openSchema } from '@counterpart/kit/graphql';
import {
  hubError,
  type AuthScheme,
  type Blueprint,
  type GraphqlOperationKind,
  type JsonSchema,
  type NameLock,
  type Operation,
} from '@counterpart/schemas';
import { keepNames, lockOf, type FreshName } from '../name-lock.ts';
import { fitBudgets } from '../openapi/operation/budget.ts';
import { toolNames } from '../openapi/text/names.ts';
import { cutText, plainText } from '../openapi/text/text.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { addressOf } from './address.ts';
import { REQUEST_SCHEMA, REQUEST_TYPE } from './operation/binding.ts';
import {
  fieldOperation,
  methodOf,
  withNoun,
  type Making,
  type RootField,
} from './operation/field-operation.ts';
import { InputSchemas } from './operation/input-schema.ts';
import { OutputSchemas } from './operation/output-schema.ts';
import { schemaOperation, schemaTools } from './operation/schema-tools.ts';
import { chooseFields, type NamedField } from './choose.ts';
import { parseSchema, type SchemaSource } from './source/parse.ts';
import { lineOf } from './source/losses.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'graphql@1';

/** Services ask for a token as a rule, and their schemas do not say so: one is sent when it is there. */
const BEARER: AuthScheme = {
  kind: 'bearer',
  description: 'Sent when it is set; the schema does not say whether it must be.',
};

const KINDS: readonly GraphqlOperationKind[] = ['query', 'mutation', 'subscription'];

function rootFields({ definitions }: SchemaSource, making: Making): RootField[] {
  return KINDS.flatMap((operation) => {
    const root = making.schema.root(operation);
    if (root === undefined) return [];
    const lines = new Map(
      definitions.types.get(root.name)?.fields.map((node) => [node.name.value, lineOf(node)]),
    );
    return [...root.fields.values()].map((field) => ({
      operation,
      root: root.name,
      field,
      line: lines.get(field.name),
    }));
  });
}

interface Names {
  readonly fields: readonly NamedField[];
  /** Of the tools over the schema, by what they do. */
  readonly tools: ReadonlyMap<string, string>;
  readonly lock: NameLock;
}

async function nameAll(
  roots: readonly RootField[],
  making: Making,
  title: string,
  { namesOf }: ReadOptions,
): Promise<Names> {
  const fresh = toolNames(
    roots.map((root) => ({
      method: methodOf(root, making.schema),
      path: `/${root.field.name}`,
      operationId: root.field.name,
      tag: root.operation,
    })),
  );
  const tools = schemaTools(new Set(roots.map(({ operation }) => operation)));
  // The tools over the schema first: their names are spoken of in each other's texts.
  const all: FreshName[] = [
    ...tools.map(({ name, does }) => ({ key: `schema ${does}`, operationId: undefined, name })),
    ...roots.map((root, index) => ({
      key: `${root.root}.${root.field.name}`,
      operationId: undefined,
      name: withNoun(fresh[index] ?? '', root),
    })),
  ];
  const names = keepNames(all, await namesOf?.(title));
  return {
    tools: new Map(tools.map(({ does }, index) => [does, names[index] ?? ''])),
    fields: roots.map((root, index) => ({ root, name: names[tools.length + index] ?? '' })),
    lock: lockOf(all, names),
  };
}

/** The name of the file, or the host that was asked: a schema has no title of its own. */
function titleOf({ location, endpoint }: SourceText, id: string): string {
  if (endpoint !== undefined) return new URL(endpoint).hostname;
  const base = (location.split('/').at(-1) ?? '').replace(
    /(?:\.(?:graphqls?|gql|sdl|json|txt|schema|introspection))+$/i,
    '',
  );
  const plain = plainText(base).replaceAll(/\s+/g, ' ');
  return plain === '' || plain === 'standard input' ? id : cutText(plain, 200);
}

/**
 * Compiles a GraphQL schema into a blueprint: a tool for each field of the root types, and tools over the whole schema
 * beside them, or in their place where they would be too many. Rejects with SCHEMA_UNREADABLE, SCHEMA_EMPTY or
 * INCLUDE_UNMATCHED; whatever else is wrong costs only the part it is wrong in and is listed in `omitted`.
 */
export async function readGraphql(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const parsed = parseSchema(source);
  const address = addressOf(source, options.baseUrl, parsed.losses);
  const schema = openSchema(parsed.facet);
  const making: Making = {
    schema,
    path: address.path,
    inputs: new InputSchemas(schema),
    outputs: new OutputSchemas(schema),
  };
  const roots = rootFields(parsed, making);
  if (roots.length === 0)
    throw hubError('SCHEMA_EMPTY', { source: source.location, detail: emptyDetail(parsed) });
  const title = titleOf(source, options.id);
  const names = await nameAll(roots, making, title, options);
  const chosen = chooseFields(
    names.fields,
    { ...options, always: [...names.tools.values()], source: source.location },
    parsed.losses,
  );
  const operations: Operation[] = schemaTools(new Set(roots.map(({ operation }) => operation))).map((tool) =>
    schemaOperation(tool, names.tools.get(tool.does) ?? tool.name, address.path),
  );
  for (const [index, { root, name }] of chosen.entries()) {
    operations.push(fieldOperation(root, name, making));
    options.onProgress?.({ done: index + 1, total: chosen.length });
  }
  const types = new Map<string, JsonSchema>([[REQUEST_TYPE, REQUEST_SCHEMA], ...making.inputs.types]);
  const fitted = fitBudgets(operations, types);
  const blueprint = assemble({ source, options, parsed, title, address, lock: names.lock, ...fitted });
  return { blueprint, total: roots.length };
}

function emptyDetail({ definitions }: SchemaSource): string {
  const { size } = definitions.types;
  if (size === 0) return 'it defines no type';
  return `it defines ${size} ${size === 1 ? 'type' : 'types'}, and none of them is the query, mutation or subscription type with a field`;
}

interface Parts {
  readonly source: SourceText;
  readonly options: ReadOptions;
  readonly parsed: SchemaSource;
  readonly title: string;
  readonly address: ReturnType<typeof addressOf>;
  readonly lock: NameLock;
  readonly operations: readonly Operation[];
  readonly types: ReadonlyMap<string, JsonSchema>;
}

function assemble({ source, options, parsed, title, address, lock, operations, types }: Parts): Blueprint {
  const about = cutText(plainText(parsed.definitions.description ?? ''), 2_000);
  const { include = [] } = options;
  return {
    blueprint: 1,
    id: options.id,
    title,
    version: '',
    ...(about === '' ? {} : { description: about }),
    source: {
      kind: 'graphql',
      location: source.location,
      sha256: source.sha256,
      format: parsed.format,
      reader: READER,
      ...(include.length === 0 ? {} : { include: [...include] }),
    },
    servers: address.servers,
    auth: { schemes: { bearer: BEARER }, default: [{ bearer: [] }, {}] },
    operations: [...operations],
    types: Object.fromEntries(types),
    omitted: parsed.losses.list(),
    names: lock,
    graphql: { path: address.path, ...parsed.facet },
  };
}
