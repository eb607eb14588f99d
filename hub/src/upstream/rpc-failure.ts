import type { JsonMembers } from '../kernel/ports.ts';

/** A server's own JSON-RPC error, kept as it came: `code` and `data` are the server's. */
export class RpcFailure extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(error: JsonMembers) {
    super(
      typeof error['message'] === 'string' ? error['message'] : 'the server gave an error without a message',
    );
    this.name = 'RpcFailure';
    this.code = typeof error['code'] === 'number' ? error['code'] : -32603;
    this.data = error['data'];
  }
}
