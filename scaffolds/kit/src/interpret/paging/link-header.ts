const LINK = /<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:\\.|[^"\\])*"|[^\s,;"]*))?)*)/g;
const RELATION = /;\s*rel\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,;"]*))/i;

/** The address that a Link header (RFC 8288) gives for `next`; undefined when it gives none. */
export function nextLink(header: string | undefined): string | undefined {
  for (const [, address, parameters = ''] of (header ?? '').matchAll(LINK)) {
    const [, quoted, bare] = RELATION.exec(parameters) ?? [];
    const relations = (quoted ?? bare ?? '').toLowerCase().split(/\s+/);
    if (address !== undefined && relations.includes('next')) return address;
  }
  return undefined;
}
