import type { Blueprint, Operation, ToolDefinition } from '@counterpart/schemas';
import { addedInput } from '../compile/added-input.ts';
import { isMembers } from '../json-value.ts';
import { errorResult, type Arguments, type CallResult } from '../tools/tool.ts';
import { check } from '../validate/check.ts';
import { nearest } from '../validate/nearest.ts';
import { problemText } from '../validate/problem.ts';
import type { Keywords } from '../validate/schema.ts';
import { withWholeNumbers } from '../validate/whole-numbers.ts';

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
    return [
      ...http.parameters.flatMap(({ key, made }) => (made === undefined ? [key] : [])),
      ...(http.body ? ['body'] : []),
    ];
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
  const problems = check(definition.inputSchema as Keywords, args)
    // What the schema forbids by name is already told as an unknown argument.
    .filter(({ keyword, path }) => !(keyword === 'unknown' && path.length === 1))
    .map(problemText);
  return [...new Set([...unknownArguments(blueprint, operation, args), ...problems])];
}

export type Checked =
  | { readonly kind: 'accepted'; readonly args: Arguments }
  | { readonly kind: 'refused'; readonly answer: CallResult };

/** The arguments as the tool takes them, or the answer to those that it does not take. */
export function checkArguments(described: Described, given: Arguments): Checked {
  const problems = inputProblems(described, given);
  if (problems.length === 0) return { kind: 'accepted', args: given };
  const args = withWholeNumbers(described.definition.inputSchema as Keywords, given);
  if (isMembers(args) && inputProblems(described, args).length === 0) return { kind: 'accepted', args };
  return { kind: 'refused', answer: refusal(described, problems) };
}

function refusal({ operation: { name } }: Described, problems: readonly string[]): CallResult {
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  return errorResult(
    [`Invalid arguments for ${name}:`, ...problems.slice(0, MOST_PROBLEMS), ...more].join('\n'),
  );
}
