import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isArray } from '@counterpart/scaffolds/mirror/schema/json-value';
import type { JsonObject } from '@counterpart/schemas';
import type { CatalogView, ToolRoute, ViewSelector } from '../../kernel/ports.ts';
import { jsonObject } from './json.ts';
import {
  PROBLEM_REFERENCES,
  PROBLEM_RESPONSES,
  PROBLEM_SCHEMA,
  RESULT_SCHEMA,
  TOKEN_SCHEME,
} from './openapi-parts.ts';
import { exampleOf, rebaseSchema } from './openapi-schemas.ts';

export interface ToolDocument {
  readonly text: string;
  /** Of the text: the same text, the same tag. */
  readonly etag: string;
}

export interface DocumentOptions {
  /** Which view it is of: a document of one server uses the server's own names. */
  readonly selector: ViewSelector;
  readonly version: string;
  /** Where this hub is reached. */
  readonly url: string;
}

/** Time a document may take of one turn, so that calls are not held up while it is made. */
const SLICE_MS = 5;

/** One document a snapshot of the catalog, as long as the snapshot is kept. */
const documents = new WeakMap<CatalogView, Promise<ToolDocument>>();

/** The tools of a view as one OpenAPI 3.1 document. */
export function describeTools(view: CatalogView, options: DocumentOptions): Promise<ToolDocument> {
  const known = documents.get(view);
  if (known) return known;
  const made = toOpenApi(view.tools, options).then((text) => ({
    text,
    etag: `"${createHash('sha256').update(text).digest('base64url')}"`,
  }));
  documents.set(view, made);
  return made;
}

/** Text of an OpenAPI 3.1 document: an operation for each tool, its schemas among the components. Made a slice at a time. */
export async function toOpenApi(
  tools: ReadonlyMap<string, ToolRoute>,
  options: DocumentOptions,
): Promise<string> {
  const schemas = new ComponentSchemas();
  const paths: string[] = [];
  const servers = new Set<string>();
  let sliceStart = performance.now();
  for (const [name, route] of tools) {
    const path = `/api/tools/${encodeURIComponent(route.server)}/${encodeURIComponent(route.name)}`;
    paths.push(`${JSON.stringify(path)}:${JSON.stringify({ post: operation(name, route, schemas) })}`);
    servers.add(route.server);
    if (performance.now() - sliceStart < SLICE_MS) continue;
    await nextTurn();
    sliceStart = performance.now();
  }
  const components = {
    securitySchemes: { hubToken: TOKEN_SCHEME },
    responses: PROBLEM_RESPONSES,
  };
  const head = membersText({ ...headOf(options), tags: [...servers].map((name) => ({ name })) });
  return `{${head},"paths":{${paths.join(',')}},"components":{${membersText(components)},"schemas":{${schemas.text()}}}}`;
}

const membersText = (members: object): string => JSON.stringify(members).slice(1, -1);

const headOf = ({ selector, version, url }: DocumentOptions): object => ({
  openapi: '3.1.0',
  info: {
    title: `Tools of ${selector.kind === 'server' ? selector.id : 'all servers'}`,
    version,
    description:
      'Every tool that this hub offers by MCP, as a POST with its arguments as a JSON body. The answer is the structured content of the result, or its content where there is none; `?raw=1` gives the whole result, `Accept: text/event-stream` progress and then the answer as events.',
  },
  servers: [{ url }],
  security: [{ hubToken: [] }],
});

function operation(name: string, route: ToolRoute, schemas: ComponentSchemas): JsonObject {
  const { definition, server, effect } = route;
  const { title, description, inputSchema, outputSchema } = definition;
  const input = jsonObject(inputSchema);
  const example = exampleOf(input);
  const { required } = input;
  const answer = outputSchema
    ? schemas.add(`${name}.output`, jsonObject(outputSchema))
    : { $ref: '#/components/schemas/Result' };
  return {
    operationId: name,
    summary: title ?? name,
    ...(description === undefined ? {} : { description }),
    tags: [server],
    'x-counterpart-effect': effect,
    requestBody: {
      required: isArray(required) && required.length > 0,
      content: {
        'application/json': {
          schema: schemas.add(`${name}.input`, input),
          ...(example === undefined ? {} : { example }),
        },
      },
    },
    responses: {
      200: { description: 'What the tool answered.', content: { 'application/json': { schema: answer } } },
      ...PROBLEM_REFERENCES,
    },
  };
}

/** Schemas under names that a component may have (OpenAPI 3.1, 4.8.7), each with its references led to where it stands. */
class ComponentSchemas {
  readonly #names = new Set(['Problem', 'Result']);
  readonly #texts = [membersText({ Problem: PROBLEM_SCHEMA, Result: RESULT_SCHEMA })];

  /** The reference to what was added. */
  add(wanted: string, schema: JsonObject): JsonObject {
    const legal = wanted.replaceAll(/[^A-Za-z0-9._-]/g, '_');
    let name = legal;
    for (let count = 2; this.#names.has(name); count += 1) name = `${legal}_${count}`;
    const home = `#/components/schemas/${name}`;
    this.#names.add(name);
    this.#texts.push(`${JSON.stringify(name)}:${JSON.stringify(rebaseSchema(schema, home))}`);
    return { $ref: home };
  }

  /** Members of the object that holds them all. */
  text(): string {
    return this.#texts.join(',');
  }
}
