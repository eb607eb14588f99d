import type { TlsIdentity, WireRequest } from './exchange.ts';

/** What proves who calls, to one host alone. */
export interface Proof {
  /** `host:port` that it is for. */
  readonly host: string;
  /** The request with its signatures, made for this moment. */
  readonly sign?: (request: WireRequest) => WireRequest;
  readonly tls?: TlsIdentity;
}
