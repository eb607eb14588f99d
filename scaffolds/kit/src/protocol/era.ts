import { isMembers, type Members } from '../json-value.ts';
import { RPC, RpcError } from './rpc.ts';

export const MODERN_VERSIONS = ['2026-07-28'] as const;
/** Newest first: the first is offered to a client that asks for one nobody knows. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

const META = 'io.modelcontextprotocol/';
export const SERVER_INFO_KEY = `${META}serverInfo`;
export const SUBSCRIPTION_ID_KEY = `${META}subscriptionId`;
const VERSION_KEY = `${META}protocolVersion`;
const CAPABILITIES_KEY = `${META}clientCapabilities`;

export type Era = 'modern' | 'legacy';

/** Version to answer an `initialize` with. */
export function legacyVersion(requested: unknown): string {
  return LEGACY_VERSIONS.find((version) => version === requested) ?? LEGACY_VERSIONS[0];
}

/** A request carries its version in `_meta` (2026-07-28) or belongs to a handshake (before). Throws for a broken envelope. */
export function eraOf(params: Members): Era {
  const meta = params['_meta'];
  if (!isMembers(meta) || meta[VERSION_KEY] === undefined) return 'legacy';
  const requested = meta[VERSION_KEY];
  if (!MODERN_VERSIONS.some((version) => version === requested)) {
    throw new RpcError(RPC.unsupportedVersion, `Unsupported protocol version: ${JSON.stringify(requested)}`, {
      supported: [...MODERN_VERSIONS],
      requested,
    });
  }
  if (!isMembers(meta[CAPABILITIES_KEY])) {
    throw new RpcError(RPC.invalidParams, `_meta["${CAPABILITIES_KEY}"] is missing or not an object.`);
  }
  return 'modern';
}

/** What a request without an envelope and without a handshake is told. */
export function envelopeMissing(): RpcError {
  return new RpcError(
    RPC.invalidParams,
    `_meta["${VERSION_KEY}"] is missing; send it with every request, or begin with \`initialize\`.`,
    { supported: [...MODERN_VERSIONS] },
  );
}
