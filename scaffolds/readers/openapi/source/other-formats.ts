interface Sign {
  readonly pattern: RegExp;
  readonly found: string;
}

const AS_POSTMAN = 'export it as a Postman collection (v2.1)';
const BY_POSTMAN = `import it into Postman or Bruno, and ${AS_POSTMAN.replace('it', 'the collection')}`;

/** What programs that send requests by hand keep: lists in it are no rows. */
const SAVED_REQUESTS: readonly Sign[] = [
  {
    pattern: /"__export_format"\s*:|^_type:\s*export|"_type"\s*:\s*"export"|^type:\s*\w+\.insomnia/m,
    found: 'it is an export of Insomnia; export the requests as HAR, or the design document as OpenAPI',
  },
  {
    pattern: /^_id:\s*["']?(?:req|fld|wrk|env|jar|spc)_\w+[^]*^type:\s*\w+/m,
    found:
      'it is a part of an Insomnia project; export its requests as HAR, or the design document as OpenAPI',
  },
  {
    pattern:
      /^["']?opencollection["']?\s*:|^[\s\uFEFF]*(?:meta|headers|query|get|post|put|patch|delete|tests|docs|(?:auth|vars|body|script)(?::[\w-]+)?)\s*\{\s*\n\s+(?!\w+\s*[({])|^[\s\uFEFF]*\{(?=[^]*"items"\s*:\s*\[)(?=[^]*"type"\s*:\s*"(?:http-request|graphql-request|http|folder)")[^]*"(?:uid|brunoConfig|exportedUsing)"\s*:/,
    found: `it is a part of a Bruno collection; open that in Bruno, and ${AS_POSTMAN}`,
  },
  {
    pattern: /"client(?:Name)?"\s*:\s*"Thunder Client"/,
    found: `it is a collection of Thunder Client; ${BY_POSTMAN}`,
  },
  {
    pattern:
      /^[\s\uFEFF]*[[{](?=[^]*"folders"\s*:\s*\[)(?=[^]*"requests"\s*:\s*\[)[^]*"(?:endpoint|preRequestScript|_ref_id)"\s*:\s*"/,
    found: `it is a collection of Hoppscotch; send its requests from a browser and save those as HAR, or give the description of the service`,
  },
  {
    pattern: /^[\s\uFEFF]*\{\s*"(?:method|url)"\s*:\s*"[^"]*"\s*,\s*"(?:method|url)"\s*:\s*"/,
    found: 'it is one request by itself; give a recording with its answer (HAR, with `log.entries`)',
  },
  {
    pattern: /^(?:[\s\uFEFF]|#.*\n)*(?:\$\s*)?curl\s+["'\\-]|^(?:[\s\uFEFF]|#.*\n)*curl\s+\S*:\/\//,
    found: `it is a command for curl; ${BY_POSTMAN}`,
  },
  {
    pattern:
      /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|GRAPHQL|WEBSOCKET)[ \t]+(?:https?:\/\/|wss?:\/\/|\{\{|\/)\S*(?:[ \t]+HTTP\/[\d.]+)?[ \t]*$/m,
    found: `it is a file of HTTP requests; ${BY_POSTMAN}`,
  },
];

const SIGNS: readonly Sign[] = [
  ...SAVED_REQUESTS,
  {
    pattern: /^\s*<(?:!doctype html|html|head|body)\b/i,
    found: 'it is an HTML page; give the address of the description itself',
  },
  { pattern: /<(?:\w+:)?definitions\b[^>]*wsdl/i, found: 'it is a WSDL document' },
  {
    pattern: /<(?:\w+:)?Edmx\b/,
    found:
      'it is OData metadata; convert it to OpenAPI (its project has `odata-openapi` for that), and give that',
  },
  { pattern: /<(?:\w+:)?application\b[^>]*wadl/i, found: 'it is a WADL document; convert it to OpenAPI' },
  { pattern: /<(?:\w+:)?schema\b[^>]*XMLSchema/, found: 'it is an XML Schema; give the WSDL that uses it' },
  { pattern: /^\s*<\?xml|^\s*<\w/, found: 'it is XML' },
  {
    pattern: /^\s*["']?asyncapi["']?\s*:|^\s*\{\s*"asyncapi"\s*:/m,
    found:
      'it is an AsyncAPI document, and messages are no calls; give the OpenAPI description, if the service has one too, or write a server that listens (`hub create <name> --template socket`)',
  },
  {
    pattern: /"_postman_variable_scope"/,
    found: 'it is a Postman environment; give the collection that its variables are for',
  },
  {
    pattern: /schema\.getpostman\.com|"_postman_id"|"requests"\s*:\s*\[[^]*"collectionId"/,
    found: 'it is a Postman collection of an older format; export it as “Collection v2.1”',
  },
  {
    pattern: /"mcpServers"\s*:/,
    found: 'it is a list of MCP servers for a client; take them over with `hub import <file>`',
  },
  {
    pattern: /modelcontextprotocol\.io\/schemas\/[^"]*server\.schema\.json/,
    found:
      'it is an entry of the MCP registry, about a server that exists; add that one (`hub add <name> -- npx -y <package>`, or `hub add <name> <url>`)',
  },
  {
    pattern: /"kind"\s*:\s*"discovery#restDescription"/,
    found: 'it is a Google API discovery document; give an OpenAPI description of the service',
  },
  {
    pattern: /"endpointPrefix"\s*:|"smithy"\s*:\s*"|^\$version:\s*"/m,
    found: 'it is a service model of AWS (Smithy); convert it with `smithy build` to OpenAPI, and give that',
  },
  {
    pattern:
      /^\s*(?:create\s+(?:(?:or\s+replace|temporary|global|unlogged)\s+)*(?:table|database|schema|type|view)|insert\s+into|drop\s+(?:table|database))\s/im,
    found:
      'it is a script of SQL; run it in a database and give that (such as `sqlite3 shop.sqlite < script.sql`, then `hub build --from shop.sqlite`)',
  },
  { pattern: /^\s*#%RAML/, found: 'it is a RAML document; convert it to OpenAPI' },
  { pattern: /^\s*(?:FORMAT: 1A|# Group )/, found: 'it is an API Blueprint document; convert it to OpenAPI' },
  {
    pattern: /^[\s\uFEFF]*(?:---\n[^]*?\n---\s*)?#{1,3} \S/,
    found:
      'it is a page for people (Markdown); give the description that it tells of, or say in words what is wanted (`hub build "…"`)',
  },
  { pattern: /^\s*syntax\s*=\s*["']proto[23]["']/m, found: 'it is a protobuf file' },
  { pattern: /"__schema"\s*:/, found: 'it is a GraphQL introspection result' },
  {
    pattern: /^\s*(?:extend\s+)?(?:type|interface|input|enum|schema|scalar|directive)\b[^:]*[{@]/m,
    found: 'it looks like a GraphQL schema',
  },
  { pattern: /"log"\s*:\s*\{[^]{0,2000}"entries"|^\s*\{\s*"log"\s*:/, found: 'it is a HAR file' },
  {
    pattern: /^\s*["']?arazzo["']?\s*:|^\s*\{\s*"arazzo"\s*:/m,
    found: 'it is an Arazzo document; give the OpenAPI description that its steps are of',
  },
  {
    pattern: /"\$schema"\s*:\s*"[^"]*json-schema\.org/,
    found:
      'it is a JSON Schema, which describes values; give the OpenAPI description of a service that takes them',
  },
  { pattern: /"swaggerVersion"\s*:/, found: 'it is a Swagger 1 document; only 2.0 and later are read' },
];

const LOOKED_AT = 20_000;

/** True for what a program keeps that sends requests by hand. */
export const isSavedRequests = (text: string): boolean => {
  const head = text.slice(0, LOOKED_AT);
  return SAVED_REQUESTS.some(({ pattern }) => pattern.test(head));
};

/** Says in words which other format a text is in, looking at its first 20,000 characters; undefined when it is none known. */
export function nameOfOtherFormat(text: string): string | undefined {
  const head = text.slice(0, LOOKED_AT);
  return SIGNS.find(({ pattern }) => pattern.test(head))?.found;
}
