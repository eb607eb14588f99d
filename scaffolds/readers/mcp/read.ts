import type { Effect, Json, JsonObject, NameLock, Omission, Operation } from '@counterpart/schemas';
import { ToolName } from '@counterpart/schemas';
import { McpCall } from '@counterpart/schemas/mcp';
import { readOpenApi } from '../openapi/read.ts';
import type { ReadOptions, ReadResult } from '../reader.ts';
import type { SourceText } from '../source.ts';
import { parseListing, toolOf, type ListedTool, type McpListing } from './listing.ts';
import { rebased } from './rebase.ts';

/** Name and version of this reader, kept in every blueprint it makes. */
const READER = 'mcp@1';

interface Placed {
  readonly tool: ListedTool;
  /** In `tools` of the listing. */
  readonly index: number;
  readonly path: string;
}

/**
 * Compiles what an MCP server lists into a blueprint whose operations are its tools, bound to the hub's REST twin of them:
 * their names, schemas and effects are the server's own. Rejects with SOURCE_NOT_A_DESCRIPTION.
 */
export async function readMcp(source: SourceText, options: ReadOptions): Promise<ReadResult> {
  const listing = parseListing(source.text, source.location);
  const tools = listing.tools.flatMap((listed, index): Placed[] => {
    const tool = toolOf(listed);
    return tool === undefined ? [] : [{ tool, index, path: pathOf(listing, tool) }];
  });
  const text = JSON.stringify(documentOf(listing, tools));
  const { blueprint, total } = await readOpenApi(
    { text, location: source.location, sha256: source.sha256 },
    options,
  );
  const byPath = new Map(tools.map((placed) => [placed.path, placed]));
  const operations = blueprint.operations.map((operation) => asListed(operation, byPath));
  const isUnique = new Set(operations.map(({ name }) => name)).size === operations.length;
  const named = isUnique ? operations : blueprint.operations;
  return {
    total: total + listing.tools.length - tools.length,
    blueprint: {
      ...blueprint,
      source: { ...blueprint.source, kind: 'mcp', format: 'MCP server', reader: READER },
      operations: named,
      names: namesOf(named, blueprint.names),
      mcp: {
        name: listing.server,
        version: listing.version ?? '',
        ...(listing.instructions === undefined ? {} : { instructions: listing.instructions }),
      },
      omitted: [
        ...unreadTools(listing, tools),
        ...notices(listing),
        ...blueprint.omitted.map((one) => ({
          ...one,
          source: { pointer: pointerOf(one.source.pointer, byPath) },
        })),
      ],
    },
  };
}

const pathOf = ({ server }: McpListing, { name }: ListedTool): string =>
  `/api/tools/${encodeURIComponent(server)}/${encodeURIComponent(name)}`;

/** A tool's name as a component may have it; with its place where another would have the same. */
function typeName(tools: readonly Placed[], index: number): string {
  const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]/g, '_').slice(0, 80);
  const own = plain(tools.find((placed) => placed.index === index)?.tool.name ?? '');
  const isShared = tools.filter(({ tool }) => plain(tool.name) === own).length > 1;
  return isShared ? `${own}_${index}` : own;
}

function documentOf(listing: McpListing, tools: readonly Placed[]): JsonObject {
  const schemas: [string, Json][] = [];
  const add = (name: string, schema: JsonObject): JsonObject => {
    const home = `#/components/schemas/${name}`;
    schemas.push([name, rebased(schema, home)]);
    return { $ref: home };
  };
  const paths = tools.map(({ tool, path, index }): [string, Json] => {
    const input = add(`${typeName(tools, index)}.input`, tool.inputSchema);
    const output =
      tool.outputSchema === undefined ? {} : add(`${typeName(tools, index)}.output`, tool.outputSchema);
    return [path, { post: operationOf(tool, { input, output }) }];
  });
  return {
    openapi: '3.1.0',
    info: {
      title: listing.title ?? listing.server,
      version: listing.version ?? '',
      ...(listing.instructions === undefined ? {} : { description: listing.instructions }),
    },
    servers: [{ url: listing.hub }],
    security: [{ hub: [] }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        hub: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of the hub, which stands in the file `token` of its data folder.',
        },
      },
    },
  };
}

function operationOf(
  tool: ListedTool,
  { input, output }: { input: JsonObject; output: JsonObject },
): JsonObject {
  const title = tool.title ?? tool.annotations?.title;
  const { required } = tool.inputSchema;
  return {
    operationId: tool.name,
    ...(title === undefined ? {} : { summary: title }),
    description: tool.description ?? tool.name,
    requestBody: {
      required: Array.isArray(required) && required.length > 0,
      content: { 'application/json': { schema: input } },
    },
    responses: {
      200: { description: 'What the tool answered.', content: { 'application/json': { schema: output } } },
      422: { description: 'The tool says that it failed.' },
    },
  };
}

/** An operation under the tool's own name, doing what the tool says that it does. */
function asListed(operation: Operation, byPath: ReadonlyMap<string, Placed>): Operation {
  const placed = byPath.get(operation.http.path);
  if (placed === undefined) return operation;
  const { tool, index } = placed;
  const name = ToolName.safeParse(tool.name);
  return {
    ...operation,
    ...(name.success ? { name: name.data } : {}),
    ...effectOf(tool),
    source: { pointer: `#/tools/${index}`, operationId: tool.name },
    mcp: McpCall.parse({ definition: tool }),
  };
}

/** The effect by the tool's annotations, with the defaults of the protocol: a tool may destroy unless it says otherwise. */
function effectOf({ annotations = {} }: ListedTool): { effect: Effect; idempotent: boolean } {
  if (annotations.readOnlyHint === true) return { effect: 'read', idempotent: true };
  const effect = annotations.destructiveHint === false ? 'write' : 'destructive';
  return { effect, idempotent: annotations.idempotentHint === true };
}

/** The names that were given, so that they are found again under the tools' own. */
function namesOf(operations: readonly Operation[], lock: NameLock | undefined): NameLock {
  const own = operations.map(({ http, name, source }): [string, NameLock[string]] => [
    `${http.method} ${http.path}`,
    { name, ...(source.operationId === undefined ? {} : { operationId: source.operationId }) },
  ]);
  return { ...lock, ...Object.fromEntries(own) };
}

function pointerOf(pointer: string, byPath: ReadonlyMap<string, Placed>): string {
  const path = /^#\/paths\/([^/]+)/.exec(pointer)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
  const placed = path === undefined ? undefined : byPath.get(path);
  const schema = /^#\/components\/schemas\/([^/]+)\.(input|output)(.*)$/.exec(pointer);
  if (schema) {
    const all = [...byPath.values()];
    const owner = all.find(({ index }) => typeName(all, index) === schema[1]);
    return `#/tools/${owner?.index ?? 0}/${schema[2] ?? ''}Schema${schema[3] ?? ''}`;
  }
  return placed === undefined ? '#' : `#/tools/${placed.index}`;
}

function unreadTools(listing: McpListing, tools: readonly Placed[]): Omission[] {
  const read = new Set(tools.map(({ index }) => index));
  return [...listing.tools.keys()]
    .filter((index) => !read.has(index))
    .map((index) => ({
      code: 'operation-invalid',
      severity: 'operation',
      subject: `tool ${index + 1}`,
      reason: 'It has no name, or its input schema is no object.',
      source: { pointer: `#/tools/${index}` },
    }));
}

/** What the server has beside tools; it stays with the server. */
function notices({ prompts, resources, resourceTemplates }: McpListing): Omission[] {
  const kinds = [
    ['prompt', 'prompts', prompts],
    ['resource', 'resources', resources],
    ['resource template', 'resourceTemplates', resourceTemplates],
  ] as const;
  return kinds.flatMap(([one, member, list]) =>
    list.map(({ name }, index) => ({
      code: 'not-a-tool',
      severity: 'notice',
      subject: `${one} ${name.slice(0, 120)}`,
      reason: `A ${one} is no call; clients of the server itself are offered it.`,
      source: { pointer: `#/${member}/${index}` },
    })),
  );
}
