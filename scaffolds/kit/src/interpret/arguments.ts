import type { Blueprint, Operation, ToolDefinition } from '@counterpart/schemas';
import { addedInput } from '../compile/added-input.ts';
import { isMembers } from '../json-value.ts';
import { errorResult, type Arguments, type CallResult } from '../tools/tool.ts';
import { check } from '../validate/check.ts';
import { nearest } from '../validate/nearest.ts';
import { problemText } from '../validate/problem.ts';

const MOST_PROBLEMS = 12;

/** An operation and what the caller was told of it. */
export interface Described {
  readonly blueprint: Blueprint;
  readonly operation: Operation;
  readonly definition: ToolDefinition;
}

/** Keys that the binding carries; of a GraphQL, RPC, SOAP or gRPC call all inputs are, inside its body; of a data call and of a stream's bounds the kit answers to all. */
function boundKeys({ http, graphql, data, rpc, soap, grpc, stream, input }: Operation): string[] {
  if ([graphql, data, rpc, soap, grpc, stream].every((style) => style === undefined))
    return [...http.parameters.map(({ key }) => key), ...(http.body ? ['body'] : [])];
  const properties = typeof input === 'boolean' ? undefined : input['properties'];
  return isMembers(properties) ? Object.keys(properties) : [];
}

/** Arguments that nothing would carry to the service: better refused than dropped in silence. */
function unknownArguments(blueprint: Blueprint, operation: Operation, args: Arguments): string[] {
  const known = [...new Set([...boundKeys(operation), ...Object.keys(addedInput(blueprint, operation))])];
  return Object.keys(args)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const similar = nearest(key, known);
      const takes =
        known.length === 0 ? 'this tool takes none' : `this tool takes ${known.slice(0, 30).join(', ')}`;
      return `${key}: unknown argument; ${similar === undefined ? takes : `did you mean ${similar}?`}`;
    });
}

function inputProblems({ blueprint, operation, definition }: Described, args: Arguments): string[] {
  const problems = check(definition.inputSchema as Parameters<typeof check>[0], args)
    // What the schema forbids by name is already told as an unknown argument.
    .filter(({ keyword, path }) => !(keyword === 'unknown' && path.length === 1))
    .map(problemText);
  return [...new Set([...unknownArguments(blueprint, operation, args), ...problems])];
}

/** The answer to arguments that the tool does not take; undefined when it takes them. */
export function rejection(described: Described, args: Arguments): CallResult | undefined {
  const problems = inputProblems(described, args);
  if (problems.length === 0) return undefined;
  const { name } = described.operation;
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  return errorResult(
    [`Invalid arguments for ${name}:`, ...problems.slice(0, MOST_PROBLEMS), ...more].join('\n'),
  );
}
