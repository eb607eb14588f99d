interface Sign {
  readonly pattern: RegExp;
  readonly found: string;
}

const SIGNS: readonly Sign[] = [
  {
    pattern: /^\s*<(?:!doctype html|html|head|body)\b/i,
    found: 'it is an HTML page; give the address of the description itself',
  },
  { pattern: /<(?:\w+:)?definitions\b[^>]*wsdl/i, found: 'it is a WSDL document' },
  { pattern: /^\s*<\?xml|^\s*<\w/, found: 'it is XML' },
  { pattern: /^\s*["']?asyncapi["']?\s*:|^\s*\{\s*"asyncapi"\s*:/m, found: 'it is an AsyncAPI document' },
  {
    pattern: /schema\.getpostman\.com|"_postman_id"/,
    found: 'it is a Postman collection; export it as OpenAPI',
  },
  { pattern: /^\s*#%RAML/, found: 'it is a RAML document' },
  { pattern: /^\s*(?:FORMAT: 1A|# Group )/, found: 'it is an API Blueprint document' },
  { pattern: /^\s*syntax\s*=\s*["']proto[23]["']/m, found: 'it is a protobuf file' },
  { pattern: /"__schema"\s*:/, found: 'it is a GraphQL introspection result' },
  {
    pattern: /^\s*(?:extend\s+)?(?:type|interface|input|enum|schema|scalar|directive)\b[^:]*[{@]/m,
    found: 'it looks like a GraphQL schema',
  },
  { pattern: /"log"\s*:\s*\{[^]{0,2000}"entries"|^\s*\{\s*"log"\s*:/, found: 'it is a HAR file' },
  { pattern: /^\s*["']?arazzo["']?\s*:|^\s*\{\s*"arazzo"\s*:/m, found: 'it is an Arazzo document' },
  { pattern: /"\$schema"\s*:\s*"[^"]*json-schema\.org/, found: 'it is a JSON Schema' },
  { pattern: /"swaggerVersion"\s*:/, found: 'it is a Swagger 1 document; only 2.0 and later are read' },
];

/** Says in words which other format a text is in, looking at its first 20,000 characters; undefined when it is none known. */
export function nameOfOtherFormat(text: string): string | undefined {
  const head = text.slice(0, 20_000);
  return SIGNS.find(({ pattern }) => pattern.test(head))?.found;
}
