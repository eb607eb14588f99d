import { loadSource, type LoadOptions, type SourceText } from './source.ts';

/** The answer of a GraphQL or JSON-RPC endpoint to a request without a question. */
const COMPLAINT = /^\s*\{\s*"(?:errors|error|message|statusCode|jsonrpc)"\s*:/;

/** A web page: many endpoints show one to who asks without a question. */
const PAGE = /^\s*<(?:!doctype html|html)\b/i;

/** One way to ask a service itself: undefined when it does not speak so. */
type Ask = (location: string, options: LoadOptions) => Promise<SourceText | undefined>;

/** What a service that speaks so tells of itself, refusals passed over. */
async function askAll(
  asks: readonly Ask[],
  location: string,
  options: LoadOptions,
): Promise<SourceText | undefined> {
  for (const ask of asks) {
    const found = await ask(location, options).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Loads what a service is described by. Where a URL leads to a GraphQL or JSON-RPC endpoint, the endpoint is asked for its
 * description. Rejects with SOURCE_UNREADABLE, INTROSPECTION_REFUSED,
 * RPC_DISCOVERY_REFUSED or REFLECTION_REFUSED.
 */
export async function loadDescription(location: string, options: LoadOptions): Promise<SourceText> {
  if (/^grpcs?:\/\//i.test(location))
    return (await import('./grpc/reflection.ts')).reflect(location, options);
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return loadSource(location, options);
  const { introspect, isLikelyEndpoint } = await import('./graphql/endpoint.ts');
  const { discoverRpc, isLikelyRpc } = await import('./json-rpc/discover.ts');
  const likely = isLikelyEndpoint(location) ? introspect : isLikelyRpc(location) ? discoverRpc : undefined;
  if (likely !== undefined) return (await likely(location, options)) ?? loadSource(location, options);
  const asks = [introspect, discoverRpc];
  let source: SourceText;
  try {
    source = await loadSource(location, options);
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const found = await askAll(asks, location, options);
    if (found !== undefined) return found;
    throw error;
  }
  if (!COMPLAINT.test(source.text) && !PAGE.test(source.text)) return source;
  return (await askAll(asks, location, options)) ?? source;
}
