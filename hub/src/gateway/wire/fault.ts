import { toCounterpartError, toRpcError } from '@counterpart/schemas';
import type { RpcError } from './message.ts';
import { SUPPORTED_VERSIONS } from './versions.ts';

/** An error answer and the HTTP status that goes with it. */
export interface Fault extends RpcError {
  readonly status: number;
}

/** JSON-RPC codes with a meaning of their own in MCP (2026-07-28, basic/index). */
export const codes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Before 2026-07-28 only. */
  resourceNotFound: -32002,
  /** Before 2026-07-28 only. */
  urlElicitationRequired: -32042,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** Any error of the hub as an answer; carries `code`, `fix` and `docs` of the catalogue in its data. In-band: status 200. */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof RangeError) return invalidRequest('the message is nested too deeply', 400);
  return { ...toRpcError(toCounterpartError(thrown)), status: 200 };
}

export const invalidRequest = (problem: string, status = 400): Fault => ({
  code: codes.invalidRequest,
  message: `Invalid request: ${problem}`,
  status,
});

export const invalidParams = (problem: string, status = 200): Fault => ({
  code: codes.invalidParams,
  message: `Invalid params: ${problem}`,
  status,
});

export const headerMismatch = (problem: string): Fault => ({
  code: codes.headerMismatch,
  message: `Header mismatch: ${problem}`,
  status: 400,
});

export const methodNotFound = (method: string, status: number): Fault => ({
  code: codes.methodNotFound,
  message: `Method not found: ${method}`,
  status,
});

export const unsupportedVersion = (requested: string): Fault => ({
  code: codes.unsupportedVersion,
  message: `Unsupported protocol version: ${requested}`,
  data: { supported: SUPPORTED_VERSIONS, requested },
  status: 400,
});
