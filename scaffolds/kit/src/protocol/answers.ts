import type { Json } from '@counterpart/schemas';
import type { Members } from '../json-value.ts';
import { isMembers } from '../json-value.ts';
import { legacyVersion, MODERN_VERSIONS, SERVER_INFO_KEY, type Era } from './era.ts';
import type { KeptResults } from '../results/kept-results.ts';
import type { CallRequest, Offer } from './offer.ts';
import { RPC, RpcError, type JsonText } from './rpc.ts';

/** The list of a server never changes while it runs; a minute lets a rebuilt server be seen soon. */
const CACHEABLE = '"ttlMs":60000,"cacheScope":"public"';
/** What is kept comes and goes with each call. */
const NOT_CACHEABLE = '"ttlMs":0,"cacheScope":"private"';

const capabilitiesOf = ({ results }: Offer): Members => ({
  tools: {},
  ...(results === undefined ? {} : { resources: {} }),
});

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
    capabilities: capabilitiesOf(offer),
    serverInfo: offer.info,
    instructions: offer.instructions,
  };
  return [JSON.stringify(result)];
}

/** Result of `server/discover`. */
export function discoverText(offer: Offer): JsonText {
  const said = {
    supportedVersions: MODERN_VERSIONS,
    capabilities: capabilitiesOf(offer),
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

/** Result of `resources/list`, `resources/templates/list` and `resources/read`; undefined for any other method. */
export function resourcesText(
  { results, ...offer }: Offer,
  era: Era,
  method: string,
  params: Members,
): JsonText | undefined {
  if (results === undefined) return undefined;
  const cacheable = era === 'modern' ? `,${NOT_CACHEABLE}` : '';
  const say = (members: Members): JsonText =>
    stamp(offer, era, [`${JSON.stringify(members).slice(1, -1)}${cacheable}`]);
  switch (method) {
    case 'resources/list':
      return say({ resources: results.list() });
    case 'resources/templates/list':
      return say({
        resourceTemplates: [
          { uriTemplate: results.template, name: 'Answer that was too large for one result' },
        ],
      });
    case 'resources/read':
      return say({ contents: contentsOf(results, era, params['uri']) });
    default:
      return undefined;
  }
}

function contentsOf(results: KeptResults, era: Era, uri: unknown): Json[] {
  if (typeof uri !== 'string') throw new RpcError(RPC.invalidParams, '`uri` is missing or not a string.');
  const page = results.read(uri);
  if ('refusal' in page) {
    const code = era === 'modern' ? RPC.invalidParams : RPC.legacyResourceNotFound;
    throw new RpcError(code, page.refusal, { uri });
  }
  const { text, mimeType, next } = page;
  // Part of a JSON text is no JSON.
  const part = { uri, mimeType: next === undefined ? mimeType : 'text/plain', text };
  return next === undefined
    ? [part]
    : [part, { uri: next, mimeType: 'text/plain', text: `[There is more: read ${next}]` }];
}
