import { hubError, JsonValue } from '@counterpart/schemas';
import { z } from 'zod';

const Annotations = z.looseObject({
  title: z.string().optional(),
  readOnlyHint: z.boolean().optional(),
  destructiveHint: z.boolean().optional(),
  idempotentHint: z.boolean().optional(),
});
const Schema = z.record(z.string(), JsonValue);

const ListedTool = z.looseObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: Schema,
  outputSchema: Schema.optional(),
  annotations: Annotations.optional(),
});
export type ListedTool = z.infer<typeof ListedTool>;

const Named = z.looseObject({
  name: z.string(),
  description: z.string().optional(),
  uri: z.string().optional(),
  uriTemplate: z.string().optional(),
});

/** What a running MCP server lists, and where its tools can be called over REST. */
const McpListing = z.object({
  mcpListing: z.literal(1),
  /** The server's name in the hub. */
  server: z.string(),
  title: z.string().optional(),
  version: z.string().optional(),
  instructions: z.string().optional(),
  /** Address of the hub; its tools are at `/api/tools/<server>/<tool>` below it. */
  hub: z.string(),
  /** Each is read by itself, so that one that is no tool costs only itself. */
  tools: z.array(z.unknown()),
  prompts: z.array(Named).default([]),
  resources: z.array(Named).default([]),
  resourceTemplates: z.array(Named).default([]),
});
export type McpListing = z.infer<typeof McpListing>;

/** Parses the text of a listing. Throws SOURCE_NOT_A_DESCRIPTION. */
export function parseListing(text: string, location: string): McpListing {
  const parsed = McpListing.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw hubError('SOURCE_NOT_A_DESCRIPTION', { source: location, detail: z.prettifyError(parsed.error) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/** One of the listed tools; undefined for what is none. */
export const toolOf = (listed: unknown): ListedTool | undefined => ListedTool.safeParse(listed).data;
