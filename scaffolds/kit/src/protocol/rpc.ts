import { isMembers, parseJson, type Members } from '../json-value.ts';

/** A whole number may have more digits than a double holds; the caller knows its answer by them. */
export type RpcId = string | number | bigint;

/** JSON-RPC codes this side sends (MCP 2026-07-28, basic, "Error codes"). */
export const RPC = {
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Of revisions before 2026-07-28. */
  legacyResourceNotFound: -32002,
  unsupportedVersion: -32022,
} as const;

/** A request that is answered with a JSON-RPC `error`. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: Members | undefined;

  constructor(code: number, message: string, data?: Members) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.data = data;
  }
}

const isId = (value: unknown): value is RpcId =>
  typeof value === 'string' ||
  typeof value === 'bigint' ||
  (typeof value === 'number' && Number.isFinite(value));

export type Incoming =
  | { readonly kind: 'request'; readonly id: RpcId; readonly method: string; readonly params: Members }
  | { readonly kind: 'notification'; readonly method: string; readonly params: Members }
  | { readonly kind: 'response' }
  | { readonly kind: 'invalid'; readonly id: RpcId | null; readonly code: number; readonly message: string };

/** One line of the protocol as a message; never throws. */
export function parseMessage(line: string): Incoming {
  let value: unknown;
  try {
    value = parseJson(line);
  } catch {
    return { kind: 'invalid', id: null, code: RPC.parse, message: 'The line is not JSON.' };
  }
  if (!isMembers(value)) return invalid(null, 'A message is one JSON object; batches are not supported.');
  return messageOf(value);
}

const invalid = (id: RpcId | null, message: string): Incoming => ({
  kind: 'invalid',
  id,
  code: RPC.invalidRequest,
  message,
});

function messageOf({ method, id, params = {}, ...rest }: Members): Incoming {
  const known = isId(id) ? id : null;
  if (typeof method !== 'string') {
    return 'result' in rest || 'error' in rest
      ? { kind: 'response' }
      : invalid(known, '`method` is missing.');
  }
  if (!isMembers(params))
    return { kind: 'invalid', id: known, code: RPC.invalidParams, message: '`params` is not an object.' };
  if (id === undefined) return { kind: 'notification', method, params };
  return known === null
    ? invalid(null, '`id` is neither a string nor a number.')
    : { kind: 'request', id: known, method, params };
}

/** JSON text in pieces, in their order; bytes are UTF-8. What is read from a file need not become a string. */
export type JsonText = readonly (string | Uint8Array)[];

/** An answer as one line; `result` is the JSON text of the result. */
export function resultLine(id: RpcId, result: JsonText): JsonText {
  return [`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`, ...result, '}'];
}

export function errorLine(
  id: RpcId | null,
  { code, message, data }: { code: number; message: string; data?: Members | undefined },
): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data ? { data } : {}) } });
}

export function notificationLine(method: string, params: Members): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}
