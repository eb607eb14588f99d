import {
  buildASTSchema,
  execute,
  getOperationAST,
  GraphQLError,
  parse,
  subscribe,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLResolveInfo,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import type {
  Blueprint,
  GraphqlFacet,
  GraphqlOperationKind,
  JsonObject,
  Operation,
  TranslationFacet,
} from '@counterpart/schemas';
import type { MirrorState } from '../state/mirror-state.ts';
import type { CallTool } from '../live/call-tool.ts';
import { liveResolver } from './live/resolver.ts';
import type { GraphqlRequest } from './request.ts';
import { isThing, type World } from './world/entities.ts';
import { eventsOf, eventValue, type MirrorEvent } from './world/events.ts';
import { resolveMutation } from './world/mutate.ts';
import { fieldResolver } from './world/resolve.ts';

export interface EngineOptions {
  readonly blueprint: Blueprint;
  readonly state: MirrorState;
  readonly seed: number;
  readonly seedRows: number;
  readonly unknownIds: 'invent' | 'refuse';
  readonly eventful: boolean;
  /** Answers a translated service; the mirror makes nothing up then. */
  readonly call?: CallTool | undefined;
}

/** A document that may be executed. */
export interface Prepared {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly kind: GraphqlOperationKind;
  readonly request: GraphqlRequest;
}

/** Executes documents against what a mirror keeps. */
export interface GraphqlEngine {
  /** Parses and validates; the errors when it is not to be executed. */
  prepare(request: GraphqlRequest): Prepared | { readonly errors: readonly GraphQLError[] };
  /** The operation of the blueprint that a document calls: by its first root field. */
  operationOf(prepared: Prepared): Operation | undefined;
  run(prepared: Prepared): Promise<ExecutionResult>;
  /** Results as events happen, or the one result that says why there will be none. */
  listen(prepared: Prepared): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult>;
}

const KINDS: Readonly<Record<OperationTypeNode, GraphqlOperationKind>> = {
  query: 'query',
  mutation: 'mutation',
  subscription: 'subscription',
};
const MOST_TOKENS = 50_000;
const NO_TOOLS: TranslationFacet = { server: '', fields: {}, joins: {} };

/** The schema of a facet as one text. */
export function schemaText({ roots, types, directives }: GraphqlFacet): string {
  const kinds = Object.entries(roots).map(([operation, name]) => `${operation}: ${name}`);
  return [`schema { ${kinds.join(' ')} }`, ...Object.values(directives), ...Object.values(types)].join('\n');
}

function openWorld(facet: GraphqlFacet, options: EngineOptions): World {
  const { state, seed, seedRows, unknownIds, eventful } = options;
  // The reader has mended what can be mended; what is still against the rules is the service's own.
  const schema = buildASTSchema(parse(schemaText(facet), { noLocation: true }), {
    assumeValidSDL: true,
    assumeValid: true,
  });
  return { schema, state, seed, seedRows, unknownIds, eventful };
}

const refused = (message: string): { readonly errors: readonly GraphQLError[] } => ({
  errors: [new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } })],
});

function parseRequest(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens: MOST_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError)
      return new GraphQLError(error.message, {
        ...(error.source === undefined ? {} : { source: error.source }),
        ...(error.positions === undefined ? {} : { positions: error.positions }),
        extensions: { code: 'GRAPHQL_PARSE_FAILED' },
      });
    if (error instanceof RangeError) return new GraphQLError('The document is nested too deeply.');
    throw error;
  }
}

function typeResolver(value: unknown): string | undefined {
  if (isThing(value)) return value.__typename;
  const name =
    typeof value === 'object' && value !== null && '__typename' in value ? value.__typename : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Resolvers by the kind of field: what is read, what is done, what is heard. */
function resolverOf(
  world: World,
): (source: unknown, args: JsonObject, context: unknown, info: GraphQLResolveInfo) => unknown {
  const read = fieldResolver(world);
  return (source, args, context, info) => {
    const { parentType, fieldName } = info;
    const field = parentType.getFields()[fieldName];
    if (field !== undefined && parentType === world.schema.getMutationType())
      return resolveMutation(world, { source, args, parent: parentType, field });
    if (field !== undefined && parentType === world.schema.getSubscriptionType())
      return eventValue(world, field, source as MirrorEvent); // what `listen` yields
    return read(source, args, context, info);
  };
}

/** Makes the engine of a GraphQL blueprint; the schema is built with the first request. */
export function createGraphqlEngine(options: EngineOptions): GraphqlEngine {
  const facet = options.blueprint.graphql ?? { path: '', roots: {}, types: {}, directives: {} };
  const { blueprint, call } = options;
  let world: World | undefined;
  const opened = (): World => (world ??= openWorld(facet, options));
  const argumentsOf = ({ document, request }: Prepared) => ({
    schema: opened().schema,
    document,
    variableValues: request.variables,
    operationName: request.operationName ?? null,
    fieldResolver:
      call === undefined ? resolverOf(opened()) : liveResolver(blueprint.translation ?? NO_TOOLS, call),
    typeResolver,
  });
  return {
    prepare(request) {
      const document = parseRequest(request.query);
      if (document instanceof GraphQLError) return { errors: [document] };
      const errors = validate(opened().schema, document);
      if (errors.length > 0) return { errors: errors.map(asInvalid) };
      const operation = getOperationAST(document, request.operationName);
      if (operation == null)
        return refused(
          'The document has several operations, or none of this name: say which in `operationName`.',
        );
      return { document, operation, kind: KINDS[operation.operation], request };
    },
    operationOf({ operation, kind }) {
      const [first] = operation.selectionSet.selections;
      const field = first !== undefined && 'name' in first ? first.name?.value : undefined;
      const { operations } = options.blueprint;
      const own = operations.find(
        ({ graphql }) => graphql?.kind === 'field' && graphql.operation === kind && graphql.field === field,
      );
      return own ?? operations.find(({ graphql }) => graphql?.kind === 'schema' && graphql.does === kind);
    },
    run: async (prepared) => execute(argumentsOf(prepared)),
    async listen(prepared) {
      const result = await subscribe({
        ...argumentsOf(prepared),
        subscribeFieldResolver: (
          _source: unknown,
          args: JsonObject,
          _context: unknown,
          info: GraphQLResolveInfo,
        ) => {
          const field = info.parentType.getFields()[info.fieldName];
          return field && eventsOf(opened(), field, args);
        },
      });
      return result;
    },
  };
}

const asInvalid = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
