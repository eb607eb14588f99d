import type { Caller, JsonMembers, ProgressToken } from '../../kernel/ports.ts';
import { invalidParams, type Fault } from './fault.ts';
import { exactText } from '../../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../../kernel/protocol/members.ts';
import { isRpcId } from '../../kernel/protocol/rpc/rpc-id.ts';

const RESERVED = 'io.modelcontextprotocol/';

/** Keys of `_meta` that belong to one hop and to the protocol. */
export const metaKeys = {
  protocolVersion: `${RESERVED}protocolVersion`,
  clientCapabilities: `${RESERVED}clientCapabilities`,
  clientInfo: `${RESERVED}clientInfo`,
  logLevel: `${RESERVED}logLevel`,
  serverInfo: `${RESERVED}serverInfo`,
  subscriptionId: `${RESERVED}subscriptionId`,
} as const;

const PROGRESS_TOKEN = 'progressToken';
const NO_META: JsonMembers = {};

/** The `_meta` of a request's parameters; empty when there is none. */
export function metaOf(params: JsonMembers): JsonMembers {
  const meta = params['_meta'];
  return isMembers(meta) ? meta : NO_META;
}

/** Who asks, as a modern request says; a fault when what is required is missing or malformed. */
export function readCaller(meta: JsonMembers): Caller | Fault {
  if (typeof meta[metaKeys.protocolVersion] !== 'string')
    return missing(metaKeys.protocolVersion, 'a string');
  const capabilities = meta[metaKeys.clientCapabilities];
  if (!isMembers(capabilities)) return missing(metaKeys.clientCapabilities, 'an object');
  const clientInfo = meta[metaKeys.clientInfo];
  if (clientInfo !== undefined && !isMembers(clientInfo))
    return missing(metaKeys.clientInfo, 'an object, when present');
  const logLevel = meta[metaKeys.logLevel];
  return {
    era: 'modern',
    capabilities,
    clientInfo,
    logLevel: typeof logLevel === 'string' ? logLevel : undefined,
  };
}

const missing = (key: string, shape: string): Fault => ({
  ...invalidParams(`_meta["${key}"] must be ${shape}`, 400),
  data: { key },
});

const isProgressToken = (value: unknown): value is ProgressToken =>
  isRpcId(value) || exactText(value) !== undefined;

/**
 * Takes out of `params._meta` what ends at the hub: the reserved keys and the progress token, which is returned. A `_meta`
 * that held nothing else is undefined afterwards.
 * Trace context and keys of vendors stay.
 */
export function takeHopMeta(params: JsonMembers): ProgressToken | undefined {
  const meta = params['_meta'];
  if (meta === undefined) return undefined;
  if (!isMembers(meta)) {
    params['_meta'] = undefined;
    return undefined;
  }
  const token = meta[PROGRESS_TOKEN];
  const kept = Object.keys(meta).filter((key) => key !== PROGRESS_TOKEN && !key.startsWith(RESERVED));
  // Undefined rather than deleted: an object that lost a member is kept as a hash table, and is slow to write out.
  if (kept.length === 0) params['_meta'] = undefined;
  else params['_meta'] = Object.fromEntries(kept.map((key) => [key, meta[key]]));
  return isProgressToken(token) ? token : undefined;
}
