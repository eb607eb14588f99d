/** A JSON-RPC error of the shim's own. */
export interface ShimError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** Whether nothing listens at an address: what was to be sent was not. */
export const wasNotThere = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNREFUSED';

/** The error for a request whose answer will not come, because the hub at this address is out of reach. */
export function unreachable(address: string, thrown: unknown): ShimError {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const fix = wasNotThere(thrown)
    ? 'Start the hub with `hub start`.'
    : 'The hub may have stopped; see `hub status`. Check before repeating a call that changes something.';
  return {
    code: -32603,
    message: `The hub at ${address} cannot be reached: ${detail}. ${fix}`,
    data: { code: 'HUB_NOT_RUNNING', fix },
  };
}
