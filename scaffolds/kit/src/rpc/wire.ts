import type { Blueprint, HttpBinding, Json, Operation, RpcCall } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import type { Sent } from '../http/send.ts';
import { decodeText } from '../interpret/media.ts';
import { toWireNames } from '../interpret/renames.ts';
import type { Wire } from '../interpret/wire.ts';
import { isList, isMembers, parseJson, type Members } from '../json-value.ts';
import type { Arguments } from '../tools/tool.ts';

const MOST_CHARACTERS = 2_000;

/** What to do about an error, by its code (JSON-RPC 2.0, section 5.1). */
const ADVICE: Readonly<Record<number, string>> = {
  [-32700]: 'The service could not read the call; check that the base URL leads to its JSON-RPC endpoint.',
  [-32600]: 'The service takes no such calls; check that the base URL leads to its JSON-RPC endpoint.',
  [-32601]: 'The service no longer has this method: build the server again from its present description.',
  [-32602]: 'Correct the arguments the service names, then call again.',
  [-32603]: 'The service failed; call again later.',
};

/**
 * Parameters as the method takes them. A list holds them in their order up to the last one given; where both forms are
 * taken, a gap in the middle makes it an object, because null and absent may mean different things.
 */
export function paramsOf(
  { params, order }: Pick<RpcCall, 'params' | 'order'>,
  given: Members,
): Json | undefined {
  const last = order.findLastIndex((name) => Object.hasOwn(given, name));
  const asked = order.slice(0, last + 1);
  const hasGap = asked.some((name) => !Object.hasOwn(given, name));
  if (params === 'by-name' || (params === 'either' && hasGap)) return last < 0 ? undefined : given;
  return last < 0
    ? undefined
    : asked.map((name) => (Object.hasOwn(given, name) ? (given[name] ?? null) : null));
}

function posted({ http }: Operation, path: string): HttpBinding {
  return {
    ...http,
    path,
    parameters: [],
    body: { required: true, contents: [{ mediaType: 'application/json', kind: 'json', schema: true }] },
    accept: ['application/json'],
  };
}

/** The response object inside what came; undefined when there is none. */
function responseIn(sent: Sent): Members | undefined {
  try {
    const value = parseJson(decodeText(sent.body, sent.headers['content-type']));
    const response = isList(value) ? value[0] : value;
    const isResponse = isMembers(response) && ('result' in response || isMembers(response['error']));
    return isResponse ? response : undefined;
  } catch {
    return undefined;
  }
}

const shortened = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

function refusal(error: Members, { method, errors }: RpcCall): ToolFailure {
  const { code, message, data } = error;
  const declared = errors?.find((one) => one.code === code)?.message;
  const said = typeof message === 'string' && message !== '' ? message : (declared ?? 'it gave no reason');
  const meaning = declared === undefined || declared === said ? '' : `; it means: ${declared}`;
  const more = data === undefined || data === null ? '' : `\n${shortened(JSON.stringify(data))}`;
  const number = typeof code === 'number' ? code : 0;
  return new ToolFailure(
    `The service refused ${method}: ${shortened(said)} (code ${number}${meaning})${more}`,
    {
      nextStep: ADVICE[number] ?? 'Correct what the service names, then call again.',
    },
  );
}

/** How a call of a JSON-RPC 2.0 method travels: one request object in a POST; its result is the answer. */
export function rpcWire({ rpc }: Blueprint, operation: Operation, call: RpcCall): Wire {
  return {
    toRequest(args: Arguments) {
      const params = paramsOf(call, toNamed(operation, args));
      const body = {
        jsonrpc: '2.0',
        id: 1,
        method: call.method,
        ...(params === undefined ? {} : { params }),
      };
      return { operation: { ...operation, http: posted(operation, rpc?.path ?? '/') }, args: { body } };
    },
    fromAnswer(sent) {
      if (sent.status === 401 || sent.status === 403) return sent;
      const response = sent.truncated ? undefined : responseIn(sent);
      if (response === undefined) return otherAnswer(sent);
      if (isMembers(response['error'])) throw refusal(response['error'], call);
      const headers = { ...sent.headers, 'content-type': 'application/json' };
      return { ...sent, status: 200, headers, body: Buffer.from(JSON.stringify(response['result'] ?? null)) };
    },
    finish: (result) => result,
  };
}

function toNamed({ http }: Operation, args: Arguments): Members {
  const named = toWireNames(args, http.body?.renames?.['**']);
  return isMembers(named) ? named : {};
}

function otherAnswer(sent: Sent): Sent {
  if (sent.status >= 400 || sent.status < 200) return sent;
  const what = sent.truncated ? 'more than is read' : 'something that is no JSON-RPC response';
  throw new ToolFailure(`The service answered ${sent.status} with ${what}.`, {
    nextStep: sent.truncated
      ? 'Ask for less.'
      : 'Check that the base URL leads to the JSON-RPC endpoint, and not to its web page.',
  });
}
