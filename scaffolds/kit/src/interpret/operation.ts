import { randomUUID } from 'node:crypto';
import { CounterpartError } from '@counterpart/schemas/errors';
import type { Blueprint, Operation, ToolDefinition } from '@counterpart/schemas';
import { baseUrlName, databaseUrlName, maxResultBytesName } from '../compile/credentials/env-names.ts';
import { permissionsOf } from '../compile/credentials/slots.ts';
import { isWrapped, toToolDefinition } from '../compile/tool-definition.ts';
import type { Driver } from '../database/driver.ts';
import type { Env } from '../env.ts';
import { ToolFailure } from '../failure.ts';
import { addressOf } from '../http/address.ts';
import { isTokenRenewed, variablesSent } from '../http/broker.ts';
import { HttpFailure } from '../http/failures/http-failure.ts';
import { send, type Sent } from '../http/send.ts';
import { errorResult, type Arguments, type CallResult, type Tool, type ToolContext } from '../tools/tool.ts';
import { CONNECT_TIMEOUT_MS, LARGEST_ANSWER_BYTES } from '../http/limits.ts';
import type { KeptResults } from '../results/kept-results.ts';
import { checkArguments } from './arguments.ts';
import { resultBytes, timeoutMs } from './settings.ts';
import { FIELDS, takesFields } from '../compile/fields-input.ts';
import { withFixed } from '../compile/fixed-members.ts';
import { isList } from '../json-value.ts';
import { afterFailure } from './after-failure.ts';
import { inputNameOf, nextStepFor } from './next-step.ts';
import { allPages, atAddress, onePage, type Answered } from './paging/paged-call.ts';
import { pagingKeys, takePaging } from './paging/paging-input.ts';
import type { Wanted } from './paging/read-pages.ts';
import { redactor } from './redact.ts';
import { buildRequest, type BuiltRequest } from './request.ts';
import { toResult, type ResponseRules } from './answer/response.ts';
import { isTagged } from './answer/told-headers.ts';
import { authorised, type Authorised } from '../tokens/tokens.ts';
import { proofOf } from '../credentials/proof.ts';
import { wireOf, type Wire } from './wire.ts';

/** Items of all pages of one call. */
const MOST_PAGED_BYTES = 4 * 1024 * 1024;

/** What compiled tools share: the blueprint and the settings around it. */
export interface Compiled {
  readonly blueprint: Blueprint;
  readonly env: Env;
  /** Keeps answers that are too large to be passed on; absent under the hub, which keeps what it cuts itself. */
  readonly results?: KeptResults | undefined;
  /** How databases are spoken to; SQLite always can be. */
  readonly drivers?: readonly Driver[] | undefined;
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
    timeoutMs: timeoutMs(env, blueprint.id),
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBytes: LARGEST_ANSWER_BYTES,
    proof: await proofOf(built.credentials, built.baseUrl),
    signal,
  });
}

/** The answer of a wire that exchanges by itself; nothing repeats what was signed here. */
async function collectBuilt(
  { blueprint, env }: Compiled,
  collect: NonNullable<Wire['collect']>,
  { request, credentials, baseUrl }: BuiltRequest,
  { args, context }: Call,
): Promise<Sent> {
  const proof = await proofOf(credentials, baseUrl);
  const own = { ...context, timeoutMs: timeoutMs(env, blueprint.id), proof };
  return collect(proof?.sign?.(request) ?? request, args, own);
}

/** Sends with a token where one is obtained here, and once more with a new one when the service no longer takes it. */
async function withToken(
  { blueprint, env }: Compiled,
  operation: Operation,
  signal: AbortSignal,
  send: (permit: Authorised) => Promise<Answered>,
): Promise<Answered> {
  const permit = await authorised(blueprint, operation, env, signal);
  const answered = await send(permit);
  if (answered.sent.status !== 401 || !(permit.forget() || isTokenRenewed(answered.sent))) return answered;
  return send(await authorised(blueprint, operation, env, signal));
}

/** Takes the kit's own choice of members out of the arguments. */
function takeFields(
  { blueprint }: Compiled,
  operation: Operation,
  args: Arguments,
): { readonly fields: readonly string[] | undefined; readonly rest: Arguments } {
  if (!takesFields(blueprint, operation)) return { fields: undefined, rest: args };
  const { [FIELDS]: given, ...rest } = args;
  const fields = isList(given) ? given.filter((field) => typeof field === 'string') : [];
  return { fields: fields.length === 0 ? undefined : fields, rest };
}

/** The arguments with a fresh key where the operation takes one and the caller gave none: repeats of this call share it. */
function withIdempotencyKey({ idempotencyKey: key }: Operation, args: Arguments): Arguments {
  return key === undefined || Object.hasOwn(args, key) ? args : { ...args, [key]: randomUUID() };
}

interface Call {
  readonly args: Arguments;
  readonly context: Pick<ToolContext, 'signal' | 'progress'>;
}

/** How much of an answer is passed on, and in which form. */
function limitsOf(
  { blueprint, env, results }: Compiled,
  operation: Operation,
  definition: ToolDefinition,
): Pick<ResponseRules, 'server' | 'outputSchema' | 'wrapped' | 'maxBytes' | 'maxBytesName' | 'keep'> {
  return {
    server: blueprint.id,
    outputSchema: definition.outputSchema as ResponseRules['outputSchema'],
    wrapped: isWrapped(blueprint, operation),
    maxBytes: resultBytes(env, blueprint.id),
    maxBytesName: maxResultBytesName(blueprint.id),
    keep: results && ((text, mimeType) => results.keep({ tool: operation.name, text, mimeType })),
  };
}

/** What the wire makes of an answer; a refusal may repeat what was sent, credentials too. */
function unwrapped(wire: Wire, sent: Sent, { redact }: ResponseRules): Sent {
  try {
    return wire.fromAnswer(sent);
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    const { nextStep } = error;
    throw new ToolFailure(redact(error.message), nextStep === undefined ? {} : { nextStep });
  }
}

/** What a file or a database answers; undefined where a service is asked over HTTP. */
async function sentRows(
  { blueprint, env, drivers = [] }: Compiled,
  operation: Operation,
  { args, context }: Call,
): Promise<{ readonly sent: Sent; readonly action: string } | undefined> {
  const { data, database } = operation;
  if (data !== undefined) {
    const { callData } = await import('../data/call.ts');
    return {
      sent: await callData({ blueprint, operation, call: data, env }, args, context),
      action: data.action,
    };
  }
  // A twin stands in for a database that nobody named.
  const isTwin =
    env(databaseUrlName(blueprint.id)) === undefined && env(baseUrlName(blueprint.id)) !== undefined;
  if (database === undefined || isTwin) return undefined;
  const [{ callDatabase }, { sqlite }] = await Promise.all([
    import('../database/call.ts'),
    import('../database/engines/sqlite.ts'),
  ]);
  const request = { blueprint, call: database, env, drivers: [...drivers, sqlite] };
  return { sent: await callDatabase(request, args, context.signal), action: database.action };
}

async function run(
  compiled: Compiled,
  operation: Operation,
  definition: ToolDefinition,
  { args: said, context }: Call,
): Promise<CallResult> {
  const { blueprint, env, results } = compiled;
  const checked = checkArguments({ blueprint, operation, definition }, said);
  if (checked.kind === 'refused') return checked.answer;
  const { fields, rest } = takeFields(compiled, operation, withFixed(operation, checked.args));
  const { maxItems, args } = takePaging(rest, pagingKeys(operation));
  const rows = await sentRows(compiled, operation, { args, context });
  if (rows !== undefined) {
    const items = rows.action === 'list' || rows.action === 'select' ? '/rows' : undefined;
    const limits = limitsOf(compiled, operation, definition);
    return toResult(rows.sent, { ...limits, fields: undefined, items, redact: (text) => text });
  }
  const wire = await wireOf(blueprint, operation);
  const local = wire.local?.(args);
  if (local !== undefined) return local;
  const limits = limitsOf(compiled, operation, definition);
  const { maxBytes } = limits;
  const rulesOf = ({ credentials }: BuiltRequest, from: Sent): ResponseRules => ({
    ...limits,
    fields,
    items: operation.pagination?.response.items,
    tagged: isTagged(blueprint, operation),
    redact: redactor(credentials.secrets),
    nextStep: (status) =>
      nextStepFor({ blueprint, operation, env, sent: variablesSent(from) ?? credentials.variables }, status),
    nameOf: (field) => inputNameOf(operation, field),
  });
  const ask = async ({ args: input, url }: Wanted): Promise<Answered> => {
    const carried = wire.toRequest(input);
    const send = async (permit: Authorised): Promise<Answered> => {
      const plain = buildRequest(blueprint, permit.of(carried.operation), carried.args, permit.env);
      const built = url === undefined ? plain : { ...plain, request: atAddress(plain, url) };
      const sent = await (wire.collect === undefined
        ? sendBuilt(compiled, operation, built, context.signal)
        : collectBuilt(compiled, wire.collect, built, { args: input, context }));
      return { sent, rules: rulesOf(built, sent) };
    };
    const { sent, rules } = await withToken(compiled, operation, context.signal, send);
    return { sent: unwrapped(wire, sent, rules), rules };
  };
  const first = { args: withIdempotencyKey(operation, args), url: undefined };
  const { pagination } = operation;
  if (pagination === undefined) {
    const { sent, rules } = await ask(first);
    return wire.finish(toResult(sent, rules));
  }
  // What is kept may be more than what is passed on.
  const mostBytes = results === undefined ? maxBytes : Math.max(maxBytes, MOST_PAGED_BYTES);
  const paged = { operation: { ...operation, pagination }, ask, context, maxBytes: mostBytes };
  return wire.finish(
    await (maxItems === undefined ? onePage(paged, first) : allPages(paged, first.args, maxItems)),
  );
}

function failed(error: unknown, blueprint: Blueprint): CallResult {
  if (error instanceof ToolFailure) return errorResult(error.text);
  if (error instanceof CounterpartError) return errorResult(`${error.message}\n${error.fix}`);
  if (error instanceof HttpFailure) {
    return errorResult(`${error.message}.\n${afterFailure(error, blueprint)}`);
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
        return failed(error, compiled.blueprint);
      }
    },
  };
}
