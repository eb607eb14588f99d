import { loadSource, type LoadOptions, type SourceText } from './source.ts';

/** The answer of a GraphQL endpoint to a request without a question. */
const COMPLAINT = /^\s*\{\s*"(?:errors|error|message|statusCode)"\s*:/;

/** A web page: many endpoints show one to who asks without a question. */
const PAGE = /^\s*<(?:!doctype html|html)\b/i;

/**
 * Loads what a service is described by. Where a URL leads to a GraphQL endpoint, the endpoint is asked for its schema.
 * Rejects with SOURCE_UNREADABLE, or with INTROSPECTION_REFUSED.
 */
export async function loadDescription(location: string, options: LoadOptions): Promise<SourceText> {
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return loadSource(location, options);
  const { introspect, isLikelyEndpoint } = await import('./graphql/endpoint.ts');
  const isLikely = isLikelyEndpoint(location);
  const asked = isLikely ? await introspect(location, options) : undefined;
  if (asked !== undefined) return asked;
  try {
    const source = await loadSource(location, options);
    if (isLikely || !(COMPLAINT.test(source.text) || PAGE.test(source.text))) return source;
    return (await introspect(location, options).catch(() => undefined)) ?? source;
  } catch (error) {
    if (isLikely || options.signal?.aborted === true) throw error;
    const schema = await introspect(location, options).catch(() => undefined);
    if (schema !== undefined) return schema;
    throw error;
  }
}
