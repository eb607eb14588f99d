import type { Blueprint, Json, JsonObject, Operation, RpcFacet } from '@counterpart/schemas';
import { isNumber, parseExactJson } from '@counterpart/schemas/exact-json';
import { unknownPath, wrongMethod, refused, type ReadableOutcome } from '../answer/exchange.ts';
import { problemLine } from '../answer/problem.ts';
import type { RawRequest } from '../request/decode-request.ts';
import { isArray, isObject } from '../schema/json-value.ts';
import { toldRequest, type AskEngine, type Dialect } from './dialect.ts';
import { openRpcOf } from './open-rpc.ts';

/** The codes of the specification (JSON-RPC 2.0, section 5.1). */
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const METHOD_NOT_FOUND = -32_601;
const INVALID_PARAMS = -32_602;
const INTERNAL_ERROR = -32_603;
/** Of the range that is left to servers. */
const REFUSED = -32_000;

/** Calls that one batch may hold. */
const MOST_CALLS = 1_000;

type Id = string | number | null;

/** What became of one call: no response for a notification. */
interface Said {
  readonly response: JsonObject | undefined;
  readonly outcome?: ReadableOutcome;
}

/** A mirror that speaks JSON-RPC 2.0 at the service's one path, batches and `rpc.discover` too. */
export function rpcDialect(blueprint: Blueprint, { path }: RpcFacet): Dialect {
  const methods = new Map(
    blueprint.operations.flatMap((one) => (one.rpc === undefined ? [] : [[one.rpc.method, one] as const])),
  );
  return async (raw, ask) => {
    if (raw.path !== path) return refused(unknownPath(raw, [path]));
    if (raw.method !== 'POST') return refused(wrongMethod(raw, ['POST']));
    const call = parsed(raw);
    if (call === undefined) return respond(failure(null, PARSE_ERROR, 'Parse error'));
    const answering: Answering = { blueprint, methods, raw, ask };
    if (isArray(call)) return answerBatch(call, answering);
    const { response, outcome } = await answerCall(call, answering);
    return { ...respond(response, outcome), ...(outcome?.operation ? { operation: outcome.operation } : {}) };
  };
}

interface Answering {
  readonly blueprint: Blueprint;
  readonly methods: ReadonlyMap<string, Operation>;
  readonly raw: RawRequest;
  readonly ask: AskEngine;
}

function parsed({ body }: RawRequest): Json | undefined {
  try {
    return parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function respond(value: Json | undefined, outcome?: ReadableOutcome): ReadableOutcome {
  // Who may not ask is told by HTTP too, for clients renew their credentials on that.
  const status =
    outcome?.response.status === 401 || outcome?.response.status === 403 ? outcome.response.status : 200;
  const headers = new Headers({ 'content-type': 'application/json' });
  for (const name of ['www-authenticate', 'x-mirror-operation']) {
    const text = outcome?.response.headers.get(name);
    if (text !== null && text !== undefined) headers.set(name, text);
  }
  const response =
    value === undefined
      ? new Response(null, { status: 204, headers })
      : new Response(JSON.stringify(value), { status, headers });
  return { response, problems: outcome?.problems ?? [] };
}

const failure = (id: Id, code: number, message: string, data?: Json): JsonObject => ({
  jsonrpc: '2.0',
  error: { code, message, ...(data === undefined ? {} : { data }) },
  id,
});

async function answerBatch(calls: readonly Json[], answering: Answering): Promise<ReadableOutcome> {
  if (calls.length === 0) return respond(failure(null, INVALID_REQUEST, 'Invalid Request: an empty batch'));
  if (calls.length > MOST_CALLS)
    return respond(failure(null, INVALID_REQUEST, `Invalid Request: more than ${MOST_CALLS} calls`));
  const responses: JsonObject[] = [];
  const problems: ReadableOutcome['problems'][number][] = [];
  for (const call of calls) {
    const { response, outcome } = await answerCall(call, answering);
    if (response !== undefined) responses.push(response);
    problems.push(...(outcome?.problems ?? []));
  }
  return { ...respond(responses.length === 0 ? undefined : responses), problems };
}

const isId = (value: Json | undefined): value is Id =>
  value === null || typeof value === 'string' || isNumber(value);

async function answerCall(call: Json, answering: Answering): Promise<Said> {
  const { blueprint, methods, raw, ask } = answering;
  if (!isObject(call) || call['jsonrpc'] !== '2.0' || typeof call['method'] !== 'string')
    return { response: failure(idOf(call), INVALID_REQUEST, 'Invalid Request') };
  const { id, method, params } = call;
  if (id !== undefined && !isId(id))
    return { response: failure(null, INVALID_REQUEST, 'Invalid Request: id') };
  // Without an id nothing is answered, whatever comes of it (section 4.1).
  const answer = (response: JsonObject, outcome?: ReadableOutcome): Said => ({
    response: id === undefined ? undefined : { ...response, id },
    ...(outcome === undefined ? {} : { outcome }),
  });
  if (params !== undefined && (params === null || typeof params !== 'object'))
    return answer(failure(null, INVALID_REQUEST, 'Invalid Request: params is no list and no object'));
  if (method === 'rpc.discover') return answer(success(openRpcOf(blueprint)));
  const operation = methods.get(method);
  if (operation?.rpc === undefined)
    return answer(failure(null, METHOD_NOT_FOUND, `Method not found: ${method.slice(0, 200)}`));
  const named = namedParams(operation, params);
  if (typeof named === 'string') return answer(failure(null, INVALID_PARAMS, `Invalid params: ${named}`));
  const body = operation.http.body === undefined ? undefined : named;
  const outcome = await ask(toldRequest(raw, operation.http.path, body));
  return answer(await responseOf(outcome), outcome);
}

const idOf = (call: Json): Id => (isObject(call) && isId(call['id']) ? call['id'] : null);

const success = (result: Json): JsonObject => ({ jsonrpc: '2.0', result, id: null });

/** Parameters by their names, or what is wrong with their form. A null in a list stands for one that is left out. */
function namedParams({ rpc }: Operation, params: Json | undefined): JsonObject | string {
  if (rpc === undefined || params === undefined) return {};
  const { order, params: form } = rpc;
  if (!isArray(params)) {
    if (form === 'by-position') return 'they are taken by position, in a list';
    if (!isObject(params)) return {};
    const unknown = Object.keys(params).find((name) => !order.includes(name));
    return unknown === undefined ? params : `there is no ${unknown.slice(0, 100)}`;
  }
  if (form === 'by-name') return 'they are taken by name, in an object';
  if (params.length > order.length) return `there are ${order.length} parameters, not ${params.length}`;
  const entries = params.flatMap((value, index): [string, Json][] => {
    const name = order[index];
    return name === undefined || (value === null && index < params.length - 1) ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

async function responseOf({ response, problems }: ReadableOutcome): Promise<JsonObject> {
  const text = await response.clone().text();
  const value = jsonIn(text);
  if (response.ok) return success(value ?? (text === '' ? null : text));
  if (problems.length > 0) {
    const errors = problems.map(({ kind: _kind, in: _in, ...problem }): Json => ({ ...problem }));
    const words = problems.slice(0, 3).map((problem) => problemLine(problem).replace(/^body/, 'params'));
    return failure(null, INVALID_PARAMS, `Invalid params: ${words.join('; ')}`, errors);
  }
  const told = isObject(value) ? (value['detail'] ?? value['title']) : undefined;
  const words = typeof told === 'string' ? told : `The mirror answered ${response.status}.`;
  return failure(null, response.status >= 500 ? INTERNAL_ERROR : REFUSED, words, { status: response.status });
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
