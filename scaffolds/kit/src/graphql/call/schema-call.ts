import type { Blueprint, GraphqlSchemaCall, Json } from '@counterpart/schemas';
import { ToolFailure } from '../../failure.ts';
import type { Wire } from '../../interpret/wire.ts';
import { isMembers, type Members } from '../../json-value.ts';
import { type Arguments, type CallResult } from '../../tools/tool.ts';
import { describeSchema } from '../explore/describe.ts';
import { searchSchema, type SearchKind } from '../explore/search.ts';
import type { Document, OperationDefinition, OperationKind } from '../language/ast.ts';
import { parseDocument } from '../language/parse-document.ts';
import { GraphqlSyntaxError, placeOf } from '../language/syntax-error.ts';
import { schemaOf } from '../schema/known.ts';
import type { Schema } from '../schema/schema.ts';
import { chooseOperation, validateDocument } from '../validate/validate-document.ts';
import { variableProblems } from '../validate/variable-values.ts';
import { adviceOn, answerOf, errorLines, metaOf } from './answer.ts';
import type { GraphqlRequest } from './request.ts';

const MOST_PROBLEMS = 20;
const LONGEST_DOCUMENT = 100_000;

const textAt = (args: Arguments, key: string): string => {
  const value = args[key];
  return typeof value === 'string' ? value : '';
};

const numberAt = (args: Arguments, key: string): number => {
  const value = args[key];
  return typeof value === 'number' ? value : 0;
};

const membersAt = (args: Arguments, key: string): Members => {
  const value: Json | undefined = args[key];
  return isMembers(value) ? value : {};
};

interface Checked {
  readonly request: GraphqlRequest;
  readonly operation: OperationDefinition;
}

function problemText(lines: readonly string[]): ToolFailure {
  const more = lines.length - MOST_PROBLEMS;
  const shown = [...lines.slice(0, MOST_PROBLEMS), ...(more > 0 ? [`… and ${more} more`] : [])];
  return new ToolFailure(`The document would be refused:\n${shown.join('\n')}`, {
    nextStep:
      'Mend it; describe_type tells the fields of a type. If the service has changed, build this server again.',
  });
}

function parsed(text: string): Document {
  if (text.length > LONGEST_DOCUMENT)
    throw new ToolFailure(`The document has more than ${LONGEST_DOCUMENT} characters.`, {
      nextStep: 'Ask for less at once.',
    });
  try {
    return parseDocument(text);
  } catch (error) {
    if (error instanceof GraphqlSyntaxError)
      throw problemText([`${placeOf(text, error.at)}: ${error.message}`]);
    throw error;
  }
}

/** What a document would ask; throws ToolFailure with every problem, each with its place. */
function checked(schema: Schema, args: Arguments, hasValues: boolean): Checked {
  const text = textAt(args, 'document');
  const document = parsed(text);
  const problems = validateDocument(schema, document).map(
    ({ message, at }) => `${placeOf(text, at)}: ${message}`,
  );
  if (problems.length > 0) throw problemText(problems);
  const name = args['operation_name'];
  const operation = chooseOperation(document, typeof name === 'string' ? name : undefined);
  if ('problem' in operation) throw problemText([operation.problem]);
  const variables = membersAt(args, 'variables');
  const values = hasValues ? variableProblems(schema, operation, variables) : [];
  if (values.length > 0) throw problemText(values);
  const operationName = operation.name === undefined ? {} : { operationName: operation.name };
  return { request: { query: text, variables, ...operationName }, operation };
}

const TOOL_OF: Readonly<Record<OperationKind, string>> = {
  query: 'run_query',
  mutation: 'run_mutation',
  subscription: 'run_subscription',
};

/**
 * The request of a document that a tool may run. A document with another kind of operation is refused even where that
 * operation would not be chosen: what reads must not carry what writes.
 */
export function runnable(schema: Schema, args: Arguments, kind: OperationKind): GraphqlRequest {
  const { request } = checked(schema, args, true);
  const other = parseDocument(request.query).operations.find(({ operation }) => operation !== kind);
  if (other === undefined) return request;
  throw new ToolFailure(`The document has a ${other.operation}, and this tool runs a ${kind} only.`, {
    nextStep: `Use ${TOOL_OF[other.operation]} for it.`,
  });
}

function validated(schema: Schema, args: Arguments): string {
  const { operation } = checked(schema, args, args['variables'] !== undefined);
  const name = operation.name === undefined ? '' : ` ${operation.name}`;
  return `Valid: a ${operation.operation}${name}. ${TOOL_OF[operation.operation]} runs it.`;
}

/** What a tool over the schema answers that needs no service; undefined for one that does. */
export function offlineAnswer(
  blueprint: Blueprint,
  call: GraphqlSchemaCall,
  args: Arguments,
): string | undefined {
  const schema = schemaOf(blueprint);
  const skip = numberAt(args, 'skip');
  switch (call.does) {
    case 'search': {
      const kind = textAt(args, 'kind');
      return searchSchema(schema, textAt(args, 'words'), {
        kind: (kind === '' ? 'any' : kind) as SearchKind,
        skip,
      }); // held to the enum by the input schema
    }
    case 'describe':
      return describeSchema(schema, textAt(args, 'name'), { words: textAt(args, 'words'), skip });
    case 'validate':
      return validated(schema, args);
    case 'query':
    case 'mutation':
    case 'subscription':
      return undefined;
  }
}

/** The part of a wire that an answer to a document passes. */
export function documentExchange(): Pick<Wire, 'fromAnswer' | 'finish'> {
  let beside: Members | undefined;
  return {
    fromAnswer(sent) {
      if (sent.status === 401 || sent.status === 403) return sent;
      const answer = answerOf(sent);
      if (answer === undefined) return sent;
      const { data, errors, extensions } = answer;
      if (data === undefined)
        throw new ToolFailure(`The service refused the document:\n${errorLines(errors)}`, {
          nextStep: adviceOn(errors),
        });
      if (errors.length > 0 || extensions !== undefined) beside = metaOf(answer);
      const value: Members = { data, ...(errors.length === 0 ? {} : { errors }) };
      const headers = { ...sent.headers, 'content-type': 'application/json' };
      return { ...sent, status: 200, headers, body: Buffer.from(JSON.stringify(value)) };
    },
    finish: (result) =>
      beside === undefined ? result : { ...result, _meta: { ...result._meta, ...beside } },
  };
}

/** A text as the result of a call. */
export const textResult = (text: string): CallResult => ({ content: [{ type: 'text', text }] });
