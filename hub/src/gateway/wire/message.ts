import { exactText } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { isRpcId, idTextOf } from '../../kernel/protocol/rpc/rpc-id.ts';
import type { JsonMembers, RpcId } from '../../kernel/ports.ts';

/** A JSON-RPC message as a client sent it, checked for shape only. */
export type ClientMessage =
  | {
      readonly kind: 'request';
      readonly id: RpcId;
      readonly idText: string;
      readonly method: string;
      readonly params: JsonMembers;
    }
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonMembers }
  | {
      readonly kind: 'response';
      readonly id: RpcId;
      readonly result?: JsonMembers;
      readonly error?: RpcError;
    }
  | { readonly kind: 'invalid'; readonly idText: string; readonly problem: string };

export type ClientRequest = Extract<ClientMessage, { kind: 'request' }>;
export type ClientNotification = Extract<ClientMessage, { kind: 'notification' }>;
export type ClientResponse = Extract<ClientMessage, { kind: 'response' }>;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** Sorts a parsed JSON value into the kinds of JSON-RPC 2.0; never throws. */
export function readMessage(value: unknown): ClientMessage {
  if (!isMembers(value)) return invalid('null', 'a message is a JSON object');
  const { method, params } = value;
  const given = value['id'];
  const digits = typeof given === 'object' ? exactText(given) : undefined;
  const id = digits === undefined ? given : Number(digits);
  const idText = digits ?? (isRpcId(id) ? idTextOf(id) : 'null');
  if (value['jsonrpc'] !== '2.0') return invalid(idText, 'the member "jsonrpc" must be "2.0"');
  if (method === undefined) return readResponse(value, idText);
  if (typeof method !== 'string') return invalid(idText, 'the member "method" must be a string');
  if (params !== undefined && !isMembers(params))
    return invalid(idText, 'the member "params" must be an object');
  if (id === undefined) return { kind: 'notification', method, params: params ?? {} };
  if (!isRpcId(id)) return invalid('null', 'the member "id" must be a string or a number');
  return { kind: 'request', id, idText, method, params: params ?? {} };
}

function readResponse(value: JsonMembers, idText: string): ClientMessage {
  const { id, result, error } = value;
  if (!isRpcId(id)) return invalid('null', 'neither a method nor an id');
  if (isMembers(result)) return { kind: 'response', id, result };
  if (isMembers(error)) return { kind: 'response', id, error: readError(error) };
  return invalid(idText, 'neither a method, nor a result, nor an error');
}

/** A JSON-RPC error whose members have the right types, whatever was sent. */
export function readError(error: JsonMembers): RpcError {
  const { code, message, data } = error;
  return {
    code: typeof code === 'number' && Number.isInteger(code) ? code : -32603,
    message: typeof message === 'string' ? message : 'unspecified error',
    ...(data === undefined ? {} : { data }),
  };
}

const invalid = (idText: string, problem: string): ClientMessage => ({ kind: 'invalid', idText, problem });

/** Text of a frame that answers with a result, given as JSON text. */
export const resultFrame = (idText: string, resultText: string): string =>
  `{"jsonrpc":"2.0","id":${idText},"result":${resultText}}`;

/** Text of a frame that answers with an error. */
export const errorFrame = (idText: string, error: RpcError): string =>
  `{"jsonrpc":"2.0","id":${idText},"error":${JSON.stringify(error)}}`;

/** Text of a notification. */
export const notificationFrame = (method: string, params: JsonMembers): string =>
  JSON.stringify({ jsonrpc: '2.0', method, params });

/** Text of a request to a client; one that says nothing more has no parameters, as servers write `roots/list`. */
export const requestFrame = (id: RpcId, method: string, params: JsonMembers): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    method,
    ...(Object.keys(params).length === 0 ? {} : { params }),
  });
