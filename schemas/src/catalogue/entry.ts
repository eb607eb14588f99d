/**
 * What the catalogue says of one code. `message` and `fix` hold `{param}` slots, filled from the error's parameters.
 *
 * - `status`: HTTP status on the hub's surfaces.
 * - `rpc`: JSON-RPC code; client-fault codes (-32600…-32602) only where the client is at fault.
 * - `exit`: exit code of the CLI: 2 usage, 3 not found, 4 bad input, 5 environment, 6 server failed, 7 hub unreachable,
 *   8 refused, 1 anything else.
 */
export interface CatalogueEntry {
  readonly status: number;
  readonly rpc: number;
  readonly exit: number;
  readonly title: string;
  readonly message: string;
  readonly fix: string;
}

/** Keeps the literal types of an entry. */
export const entry = <E extends CatalogueEntry>(e: E): E => e;
