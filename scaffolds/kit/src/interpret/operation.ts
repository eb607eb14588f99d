import { randomUUID } from 'node:crypto';
import { CounterpartError } from '@counterpart/schemas/errors';
import type { Blueprint, Operation, ToolDefinition } from '@counterpart/schemas';
import { baseUrlName, maxResultBytesName, timeoutName } from '../compile/env-names.ts';
import { permissionsOf } from '../compile/slots.ts';
import { isWrapped, toToolDefinition } from '../compile/tool-definition.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { addressOf } from '../http/address.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { send, type Sent } from '../http/send.ts';
import { isMembers } from '../json-value.ts';
import { errorResult, type Arguments, type CallResult, type Tool, type ToolContext } from '../tool.ts';
import { check } from '../validate/check.ts';
import { nearest } from '../validate/nearest.ts';
import { problemText } from '../validate/problem.ts';
import {
  CONNECT_TIMEOUT_MS,
  DEFAULT_RESULT_BYTES,
  DEFAULT_TIMEOUT_MS,
  LARGEST_ANSWER_BYTES,
} from '../http/limits.ts';
import { wantedVariables } from './auth.ts';
import { allPages, atAddress, onePage, type Answered } from './paging/paged-call.ts';
import { pagingKeys, takePaging } from './paging/paging-input.ts';
import type { Wanted } from './paging/read-pages.ts';
import { redactor } from './redact.ts';
import { buildRequest, type BuiltRequest } from './request.ts';
import { toResult, type ResponseRules } from './response.ts';
import { wireOf } from './wire.ts';

const MOST_PROBLEMS = 12;

/** What compiled tools share: the blueprint and the settings around it. */
export interface Compiled {
  readonly blueprint: Blueprint;
  readonly env: Env;
}

/** A positive whole number from the environment, at most `most`. Throws ToolFailure for anything else that is set. */
function setting(env: Env, name: string, { usual, most }: { usual: number; most: number }): number {
  const text = env(name);
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new ToolFailure(`${name}: expected a positive whole number.`);
  return Math.min(Number(text), most);
}

function inputKeys(operation: Operation): string[] {
  const { input, http, graphql } = operation;
  const paging = pagingKeys(operation);
  const own = paging === undefined ? [] : [paging.all, paging.maxItems];
  if (graphql === undefined)
    return [...http.parameters.map(({ key }) => key), ...(http.body ? ['body'] : []), ...own];
  const properties = typeof input === 'boolean' ? undefined : input['properties'];
  return [...(isMembers(properties) ? Object.keys(properties) : []), ...own];
}

/** Arguments that nothing would carry to the service: better refused than dropped in silence. */
function unknownArguments(operation: Operation, args: Arguments): string[] {
  const known = [...new Set(inputKeys(operation))];
  return Object.keys(args)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const similar = nearest(key, known);
      const takes =
        known.length === 0 ? 'this tool takes none' : `this tool takes ${known.slice(0, 30).join(', ')}`;
      return `${key}: unknown argument; ${similar === undefined ? takes : `did you mean ${similar}?`}`;
    });
}

function inputProblems(operation: Operation, definition: ToolDefinition, args: Arguments): string[] {
  const problems = check(definition.inputSchema as Parameters<typeof check>[0], args)
    // What the schema forbids by name is already told as an unknown argument.
    .filter(({ keyword, path }) => !(keyword === 'unknown' && path.length === 1))
    .map(problemText);
  return [...new Set([...unknownArguments(operation, args), ...problems])];
}

function rejected(name: string, problems: readonly string[]): CallResult {
  const more = problems.length > MOST_PROBLEMS ? [`… and ${problems.length - MOST_PROBLEMS} more`] : [];
  return errorResult(
    [`Invalid arguments for ${name}:`, ...problems.slice(0, MOST_PROBLEMS), ...more].join('\n'),
  );
}

function unauthorized(compiled: Compiled, operation: Operation, sent: readonly string[]): string | undefined {
  if (sent.length > 0)
    return `The credentials in ${sent.join(' and ')} were refused: check that they are current and meant for this service.`;
  const wanted = wantedVariables(compiled.blueprint, operation);
  return wanted === ''
    ? undefined
    : `The service wants credentials: set ${wanted} in this server's environment.`;
}

async function sendBuilt(
  { blueprint, env }: Compiled,
  operation: Operation,
  built: BuiltRequest,
  signal: AbortSignal,
): Promise<Sent> {
  return send(built.request, {
    // With a key the service knows a repeated call again.
    idempotent: operation.idempotent || operation.idempotencyKey !== undefined,
    hosts: [addressOf(built.baseUrl).host, ...permissionsOf(blueprint)],
    timeoutMs: setting(env, timeoutName(blueprint.id), { usual: DEFAULT_TIMEOUT_MS, most: 3_600_000 }),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBytes: LARGEST_ANSWER_BYTES,
    signal,
  });
}

/** The arguments with a fresh key where the operation takes one and the caller gave none: repeats of this call share it. */
function withIdempotencyKey({ idempotencyKey: key }: Operation, args: Arguments): Arguments {
  return key === undefined || Object.hasOwn(args, key) ? args : { ...args, [key]: randomUUID() };
}

interface Call {
  readonly args: Arguments;
  readonly context: Pick<ToolContext, 'signal' | 'progress'>;
}

async function run(
  compiled: Compiled,
  operation: Operation,
  definition: ToolDefinition,
  { args: given, context }: Call,
): Promise<CallResult> {
  const { blueprint, env } = compiled;
  const problems = inputProblems(operation, definition, given);
  if (problems.length > 0) return rejected(operation.name, problems);
  const { maxItems, args } = takePaging(given, pagingKeys(operation));
  const wire = await wireOf(blueprint, operation);
  const local = wire.local?.(args);
  if (local !== undefined) return local;
  const maxBytesName = maxResultBytesName(blueprint.id);
  const maxBytes = setting(env, maxBytesName, { usual: DEFAULT_RESULT_BYTES, most: LARGEST_ANSWER_BYTES });
  const rulesOf = ({ credentials }: BuiltRequest): ResponseRules => ({
    server: blueprint.id,
    outputSchema: definition.outputSchema as ResponseRules['outputSchema'],
    wrapped: isWrapped(blueprint, operation),
    maxBytes,
    maxBytesName,
    redact: redactor(credentials.secrets),
    unauthorized: unauthorized(compiled, operation, credentials.variables),
  });
  const ask = async ({ args: input, url }: Wanted): Promise<Answered> => {
    const carried = wire.toRequest(input);
    const plain = buildRequest(blueprint, carried.operation, carried.args, env);
    const built = url === undefined ? plain : { ...plain, request: atAddress(plain, url) };
    const sent = await sendBuilt(compiled, operation, built, context.signal);
    return { sent: wire.fromAnswer(sent), rules: rulesOf(built) };
  };
  const first = { args: withIdempotencyKey(operation, args), url: undefined };
  const { pagination } = operation;
  if (pagination === undefined) {
    const { sent, rules } = await ask(first);
    return wire.finish(toResult(sent, rules));
  }
  const paged = { operation: { ...operation, pagination }, ask, context, maxBytes };
  return wire.finish(
    await (maxItems === undefined ? onePage(paged, first) : allPages(paged, first.args, maxItems)),
  );
}

function failed(error: unknown, id: string): CallResult {
  if (error instanceof ToolFailure) return errorResult(error.text);
  if (error instanceof CounterpartError) return errorResult(`${error.message}\n${error.fix}`);
  if (error instanceof HttpFailure) {
    const next =
      error.kind === 'timeout'
        ? `Ask for less, or raise ${timeoutName(id)}.`
        : `Check that the service runs and that ${baseUrlName(id)} points to it, then call again.`;
    return errorResult(`${error.message}.\n${next}`);
  }
  throw error;
}

/** An operation as a tool: validates, sends, and turns the answer into a result. Expected failures are results. */
export function compiledTool(compiled: Compiled, operation: Operation): Tool {
  const definition = toToolDefinition(compiled.blueprint, operation);
  return {
    definition,
    async call(args: Arguments, context: ToolContext) {
      try {
        return await run(compiled, operation, definition, { args, context });
      } catch (error) {
        context.signal.throwIfAborted();
        return failed(error, compiled.blueprint.id);
      }
    },
  };
}
