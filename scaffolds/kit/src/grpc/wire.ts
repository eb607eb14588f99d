import { setTimeout as sleep } from 'node:timers/promises';
import type { Blueprint, GrpcCall, GrpcFacet, Json, Operation } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import type { WireRequest } from '../http/exchange.ts';
import { HttpFailure } from '../http/failures/http-failure.ts';
import { CONNECT_TIMEOUT_MS, LARGEST_ANSWER_BYTES } from '../http/limits.ts';
import { nextRetry } from '../http/failures/retry.ts';
import type { Sent } from '../http/send.ts';
import { toWireNames } from '../interpret/renames.ts';
import type { CollectContext, Wire } from '../interpret/wire.ts';
import { isList } from '../json-value.ts';
import type { Arguments } from '../tools/tool.ts';
import { callGrpc, isLate, type GrpcAnswer, type GrpcLimits, type GrpcRequest } from './call.ts';
import { decodeMessage } from './decode.ts';
import { detailsIn } from './details.ts';
import { encodeMessage } from './encode.ts';
import { adviceFor, statusName, statusOf } from './status.ts';
import { ProtoProblem } from './wire-format.ts';

const USUAL_MESSAGES = 20;
const USUAL_SECONDS = 10;
const LONGEST_WORDS = 2_000;

interface Bounds {
  readonly messages: number;
  readonly seconds: number;
}

function boundsOf({ bounds }: GrpcCall, args: Arguments): Bounds | undefined {
  if (bounds === undefined) return undefined;
  const at = (key: string, usual: number): number => {
    const value = args[key];
    return typeof value === 'number' ? value : usual;
  };
  return { messages: at(bounds.messages, USUAL_MESSAGES), seconds: at(bounds.seconds, USUAL_SECONDS) };
}

/** The arguments of the method itself, under the names of its messages. */
function ownArguments({ http }: Operation, { bounds }: GrpcCall, args: Arguments): Arguments {
  const own = Object.entries(args).filter(([key]) => key !== bounds?.messages && key !== bounds?.seconds);
  return Object.fromEntries(
    own.map(([key, value]) => [key, toWireNames(value, http.body?.renames?.['**'])] as const),
  );
}

/** What the binding carries: the message, or what holds the messages. */
const bodyOf = (args: Arguments, { message }: GrpcCall): Arguments =>
  message === undefined ? { body: args } : { body: args[message] ?? null };

/** The messages of a call: one, or as many as were given where the method takes a stream. Throws ToolFailure. */
function messagesOf(facet: GrpcFacet, call: GrpcCall, args: Arguments): Buffer[] {
  const one = call.message === undefined ? args : (args[call.message] ?? null);
  const given = call.messages === undefined ? [one] : args[call.messages];
  try {
    return (isList(given) ? given : []).map((one) => encodeMessage(facet, call.input, one));
  } catch (error) {
    if (!(error instanceof ProtoProblem)) throw error;
    throw new ToolFailure(`The arguments are no ${call.input}: ${error.message}.`, {
      nextStep: 'Correct them, then call again.',
    });
  }
}

const STALE = 'Build the server again from the present description of the service.';

/** The answer as JSON: the message, or the list of a stream's messages and why it ended. */
function valueOf(facet: GrpcFacet, call: GrpcCall, answer: GrpcAnswer): Json {
  const { messages, isComplete, status } = answer;
  const values = messages.map((message) => decodeMessage(facet, call.output, message));
  if (call.bounds === undefined) {
    if (values[0] === undefined) throw new ProtoProblem('it ended well and has no message');
    return values[0];
  }
  const list = { messages: values, complete: isComplete && status === 0 };
  return status === 0 || isLate(answer)
    ? list
    : { ...list, error: `${wordsOf(answer)} (${statusName(status)})` };
}

const wordsOf = ({ words }: GrpcAnswer): string =>
  words === '' ? 'it gave no reason' : words.slice(0, LONGEST_WORDS);

function refusal({ service, method }: GrpcCall, answer: GrpcAnswer): ToolFailure {
  const { lines, retryDelay } = detailsIn(answer.details);
  const said = [`${wordsOf(answer)} (${statusName(answer.status)})`, ...lines.map((line) => `- ${line}`)];
  return new ToolFailure(
    `The service refused ${service}/${method}: ${said.join('\n').slice(0, 2 * LONGEST_WORDS)}`,
    {
      nextStep: retryDelay === undefined ? adviceFor(answer.status) : `Wait ${retryDelay}, then call again.`,
    },
  );
}

/** Some of a stream is worth more than the failure that ended it. */
const isRefusal = (call: GrpcCall, answer: GrpcAnswer): boolean =>
  answer.status !== 0 && !(call.bounds !== undefined && (answer.messages.length > 0 || isLate(answer)));

const UNAVAILABLE = 503;

/** Calls, and calls again what is safe to repeat after a failure that passes. */
async function callPatiently(
  request: GrpcRequest,
  limits: GrpcLimits,
  idempotent: boolean,
): Promise<GrpcAnswer> {
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await callGrpc(request, limits).catch((error: unknown) => {
      if (error instanceof HttpFailure) return error;
      throw error;
    });
    const isUnavailable = !(outcome instanceof Error) && outcome.status === statusOf('UNAVAILABLE');
    const seen = outcome instanceof Error ? outcome : { status: isUnavailable ? UNAVAILABLE : 200 };
    const next = nextRetry({ attempt, idempotent, outcome: seen, random: Math.random(), now: Date.now() });
    if (next.kind === 'retry') await sleep(next.delayMs, undefined, { signal: limits.signal });
    else if (outcome instanceof Error) throw outcome;
    else return outcome;
  }
}

function limitsOf(bounds: Bounds | undefined, context: CollectContext): GrpcLimits {
  const { signal, progress, timeoutMs, proof } = context;
  return {
    timeoutMs: bounds === undefined ? timeoutMs : bounds.seconds * 1_000,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBytes: LARGEST_ANSWER_BYTES,
    mostMessages: bounds?.messages,
    tls: proof?.tls,
    signal,
    onMessage: bounds && ((count) => progress(count, bounds.messages)),
  };
}

/** Metadata of a call: what an HTTP request would say of its body is said by gRPC itself. */
function metadataOf({ headers }: WireRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]): [string, string][] => {
      const lower = name.toLowerCase();
      return /^(?:accept|accept-encoding|content-type|content-length|host|connection)$/.test(lower)
        ? []
        : [[lower, value]];
    }),
  );
}

/** How a gRPC call travels: messages over HTTP/2, a stream of answers until enough came or the time is over. */
export function grpcWire({ grpc }: Blueprint, operation: Operation, call: GrpcCall): Wire {
  const facet: GrpcFacet = grpc ?? { messages: {}, enums: {} };
  let refused: GrpcAnswer | undefined;
  return {
    toRequest: (args) => ({
      operation,
      args: operation.http.body === undefined ? {} : bodyOf(ownArguments(operation, call, args), call),
    }),
    async collect(request, args, context) {
      const { url } = request;
      const messages = messagesOf(facet, call, ownArguments(operation, call, args));
      const limits = limitsOf(boundsOf(call, args), context);
      try {
        const answer = await callPatiently(
          { url, headers: metadataOf(request), messages },
          limits,
          operation.idempotent,
        );
        const isHidden = answer.status === statusOf('UNAUTHENTICATED');
        refused = isRefusal(call, answer) && !isHidden ? answer : undefined;
        if (isHidden) return sentOf(url, 401, { message: wordsOf(answer) });
        return sentOf(url, 200, refused === undefined ? valueOf(facet, call, answer) : {});
      } catch (error) {
        if (!(error instanceof ProtoProblem)) throw error;
        const what = `The answer to ${call.service}/${call.method} is no ${call.output}: ${error.message}.`;
        throw new ToolFailure(what, { nextStep: STALE });
      }
    },
    fromAnswer(sent) {
      if (refused !== undefined) throw refusal(call, refused);
      return sent;
    },
    finish: (result) => result,
  };
}

const sentOf = (url: string, status: number, value: Json): Sent => ({
  status,
  statusText: '',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
  truncated: false,
  url,
});
