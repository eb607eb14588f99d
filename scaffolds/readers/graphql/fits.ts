const HEAD = 200_000;
/** A definition that begins a line, as no other format that is read has it. */
const DEFINITION =
  /^[\s\uFEFF]*(?:extend\s+)?(?:schema\b\s*(?:@[^{]*)?\{|(?:type|interface|input|enum)\s+[_A-Za-z]\w*(?:\s+implements\s[^@{:]*)?(?:\s*@[^{\n]*)?\s*\{|union\s+\w+[^:\n]*=|scalar\s+\w+\s*(?:@|$)|directive\s+@\w+)/m;
const QUERY = /^[\s\uFEFF]*(?:query|mutation|subscription|fragment)\b[^:\n]*\{/;

/** True for the text of a GraphQL schema, and for an introspection result. */
export function isGraphql({ text, location }: { readonly text: string; readonly location: string }): boolean {
  const head = text.slice(0, HEAD);
  if (/^[\s\uFEFF]*\{/.test(head)) return /"__schema"\s*:/.test(head);
  if (/^[\s\uFEFF]*</.test(head)) return false;
  // Descriptions may hold anything, code of other languages too.
  const bare = head.replaceAll(/"{3}[^]*?"{3}/g, '').replaceAll(/#.*$/gm, '');
  if (/^["']?(?:openapi|swagger|asyncapi)["']?\s*:/m.test(bare)) return false;
  return /\.(?:graphqls?|gql|sdl)$/i.test(location) || DEFINITION.test(bare) || QUERY.test(bare);
}
