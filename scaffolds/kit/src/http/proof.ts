import type { WireRequest } from './exchange.ts';

/** A client's certificate and whom it trusts, as PEM. */
export interface TlsIdentity {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Authorities instead of the usual ones. */
  readonly ca?: Buffer;
  readonly passphrase?: string;
}

/** What proves who calls, to one host alone. */
export interface Proof {
  /** `host:port` that it is for. */
  readonly host: string;
  /** The request with its signatures, made for this moment. */
  readonly sign?: (request: WireRequest) => WireRequest;
  readonly tls?: TlsIdentity;
}
