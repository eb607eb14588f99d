import { hubError, type Json } from '@counterpart/schemas';
import { askService, toldSource, type AskOptions } from '../ask-service.ts';
import { isArray, isObject, textMember } from '../openapi/source/json-tree.ts';
import { displayName, type SourceText } from '../source.ts';

/** Paths at which JSON-RPC services are found; others are asked only when nothing else can be made of them. */
const USUAL_PATH = /(?:^|\/)(?:json-?rpc|rpc)(?:\.php|\/v?\d+(?:\.\d+)*)?\/?$/i;

/** True for a URL whose path says that JSON-RPC is spoken there. */
export const isLikelyRpc = (location: string): boolean =>
  /^https?:\/\//i.test(location) && URL.canParse(location) && USUAL_PATH.test(new URL(location).pathname);

const QUESTION = {
  accept: 'application/json',
  body: { jsonrpc: '2.0', id: 1, method: 'rpc.discover' },
};

/**
 * The OpenRPC document that a JSON-RPC service tells of itself. Undefined when nothing at the URL speaks JSON-RPC; rejects
 * with RPC_DISCOVERY_REFUSED when something does and does not describe itself.
 */
export async function discoverRpc(location: string, options: AskOptions): Promise<SourceText | undefined> {
  let answer: Json | undefined;
  try {
    answer = (await askService(new URL(location), QUESTION, options)).value;
  } catch {
    options.signal?.throwIfAborted();
    return undefined;
  }
  if (!isObject(answer) || answer['jsonrpc'] !== '2.0') return undefined;
  const { result, error } = answer;
  if (isObject(result) && isArray(result['methods']))
    return toldSource(location, { openrpc: '1.0.0', ...result });
  const said = textMember(error, 'message')?.slice(0, 300) ?? 'it answered something else';
  throw hubError('RPC_DISCOVERY_REFUSED', { source: displayName(location), detail: said.replace(/\.$/, '') });
}
