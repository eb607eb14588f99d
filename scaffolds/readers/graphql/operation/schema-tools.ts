import type { GraphqlOperationKind, GraphqlSchemaCall, JsonObject, Operation } from '@counterpart/schemas';
import { bindingAt } from './binding.ts';

/** The tools over a whole schema, with the names that no tool of a field takes from them. */
interface SchemaTool {
  readonly name: string;
  readonly does: GraphqlSchemaCall['does'];
  readonly description: string;
  readonly properties: JsonObject;
  readonly required: readonly string[];
}

const text = (description: string, example?: string): JsonObject => ({
  type: 'string',
  description,
  ...(example === undefined ? {} : { examples: [example] }),
});

const DOCUMENT = { document: text('GraphQL text.', '{ __typename }') };
const EXECUTION: JsonObject = {
  ...DOCUMENT,
  variables: { type: 'object', description: 'Values of its variables.' },
  operation_name: text('Which operation to run, when the document has several.'),
};

const TOOLS: readonly SchemaTool[] = [
  {
    name: 'search_schema',
    does: 'search',
    description:
      "Finds fields and types of the service's GraphQL schema by words, best first, and says how to reach each from a query. Start here, then describe_type.",
    properties: {
      words: text('What to look for, such as: close issue.'),
      kind: {
        type: 'string',
        enum: ['any', 'query', 'mutation', 'subscription', 'type', 'input', 'enum'],
        default: 'any',
        description: 'Look among these only.',
      },
      skip: { type: 'integer', minimum: 0, default: 0, description: 'Pass over this many of the best.' },
    },
    required: ['words'],
  },
  {
    name: 'describe_type',
    does: 'describe',
    description:
      'Describes a type (`Issue`) or one field (`Mutation.createIssue`) in short GraphQL, with a document to start from. Long types come in pages.',
    properties: {
      name: text('`Type` or `Type.field`.', 'String'),
      words: text('Only fields with one of these words.'),
      skip: { type: 'integer', minimum: 0, default: 0, description: 'Pass over this many fields.' },
    },
    required: ['name'],
  },
  {
    name: 'validate_document',
    does: 'validate',
    description:
      'Checks a GraphQL document against the schema without sending it: each problem with place and advice.',
    properties: { ...DOCUMENT, variables: EXECUTION['variables'] ?? {} },
    required: ['document'],
  },
  {
    name: 'run_query',
    does: 'query',
    description: 'Runs a GraphQL query. Reads only: a document with a mutation is refused.',
    properties: EXECUTION,
    required: ['document'],
  },
  {
    name: 'run_mutation',
    does: 'mutation',
    description: 'Runs a GraphQL mutation, which may change or remove anything that the schema allows to.',
    properties: { ...EXECUTION, document: text('GraphQL text.', 'mutation { __typename }') },
    required: ['document'],
  },
  {
    name: 'run_subscription',
    does: 'subscription',
    description:
      'Runs a GraphQL subscription and collects its events, until enough came or the time is over.',
    properties: {
      ...EXECUTION,
      events: {
        type: 'integer',
        minimum: 1,
        maximum: 1_000,
        default: 10,
        description: 'Stop after this many.',
      },
      seconds: {
        type: 'integer',
        minimum: 1,
        maximum: 300,
        default: 10,
        description: 'Stop after this long.',
      },
    },
    required: ['document'],
  },
];

const ANSWER: JsonObject = {
  type: 'object',
  properties: {
    data: { type: ['object', 'null'], description: 'What was asked, in the shape of the document.' },
    errors: { type: 'array', items: { type: 'object' } },
    extensions: { type: 'object' },
  },
};

const EVENTS: JsonObject = {
  type: 'object',
  properties: { events: { type: 'array', items: { type: 'object' } }, ended: { type: 'string' } },
};

const OUTPUTS: Readonly<Partial<Record<GraphqlSchemaCall['does'], JsonObject>>> = {
  query: ANSWER,
  mutation: ANSWER,
  subscription: EVENTS,
};

const OFFLINE: ReadonlySet<string> = new Set(['search', 'describe', 'validate']);

/** The tools that a schema with these kinds of operations has. */
export function schemaTools(kinds: ReadonlySet<GraphqlOperationKind>): readonly SchemaTool[] {
  const isOffered = ({ does }: SchemaTool): boolean =>
    OFFLINE.has(does) || kinds.has(does as GraphqlOperationKind); // the rest of its values
  return TOOLS.filter(isOffered);
}

/** A tool over the schema as an operation. */
export function schemaOperation(tool: SchemaTool, name: string, path: string): Operation {
  const { does, description, properties, required } = tool;
  const output = OUTPUTS[does];
  return {
    name,
    description,
    tags: ['schema'],
    effect: does === 'mutation' ? 'destructive' : 'read',
    idempotent: does !== 'mutation',
    source: { pointer: '#/schema' },
    input: { type: 'object', properties, required: [...required], additionalProperties: false },
    ...(output === undefined ? {} : { output }),
    http: bindingAt(path),
    graphql: { kind: 'schema', does },
  };
}
