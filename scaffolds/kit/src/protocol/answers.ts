import type { Members } from '../json-value.ts';
import { isMembers } from '../json-value.ts';
import { legacyVersion, MODERN_VERSIONS, SERVER_INFO_KEY, type Era } from './era.ts';
import type { CallRequest, Offer } from './offer.ts';
import { RPC, RpcError, type JsonText } from './rpc.ts';

/** The list of a server never changes while it runs; a minute lets a rebuilt server be seen soon. */
const CACHEABLE = '"ttlMs":60000,"cacheScope":"public"';
const CAPABILITIES = { tools: {} } as const;

/** JSON text of a result from the text of its members, with what the era adds to every result. */
function stamp(offer: Offer, era: Era, members: JsonText): JsonText {
  if (era === 'legacy') return ['{', ...members, '}'];
  const meta = JSON.stringify({ [SERVER_INFO_KEY]: offer.info });
  return ['{"resultType":"complete",', ...members, `,"_meta":${meta}}`];
}

/** Result of `initialize`. */
export function initializeText(offer: Offer, params: Members): JsonText {
  const result = {
    protocolVersion: legacyVersion(params['protocolVersion']),
    capabilities: CAPABILITIES,
    serverInfo: offer.info,
    instructions: offer.instructions,
  };
  return [JSON.stringify(result)];
}

/** Result of `server/discover`. */
export function discoverText(offer: Offer): JsonText {
  const said = {
    supportedVersions: MODERN_VERSIONS,
    capabilities: CAPABILITIES,
    instructions: offer.instructions,
  };
  return stamp(offer, 'modern', [`${JSON.stringify(said).slice(1, -1)},${CACHEABLE}`]);
}

/** Result of `tools/list`: one page, whatever its size. */
export async function listText(offer: Offer, era: Era, params: Members): Promise<JsonText> {
  if (params['cursor'] !== undefined) {
    throw new RpcError(RPC.invalidParams, 'There is no such cursor: the list has one page.');
  }
  const tools = ['"tools":', ...(await offer.toolsText())];
  return stamp(offer, era, era === 'modern' ? [...tools, `,${CACHEABLE}`] : tools);
}

/** Result of `tools/call`. */
export async function callText(
  offer: Offer,
  era: Era,
  params: Members,
  { signal, progress }: Pick<CallRequest, 'signal' | 'progress'>,
): Promise<JsonText> {
  const { name, arguments: args = {} } = params;
  if (typeof name !== 'string') throw new RpcError(RPC.invalidParams, '`name` is missing or not a string.');
  if (!isMembers(args)) throw new RpcError(RPC.invalidParams, '`arguments` is not an object.');
  const result = await offer.call({ name, args, signal, progress });
  const meta = { ...result._meta, ...(era === 'modern' ? { [SERVER_INFO_KEY]: offer.info } : {}) };
  const stamped = {
    ...(era === 'modern' ? { resultType: 'complete' } : {}),
    ...result,
    _meta: Object.keys(meta).length === 0 ? undefined : meta,
  };
  return [JSON.stringify(stamped)];
}
