import { z } from 'zod';
import { JsonValue } from './json.ts';

/** The MCP server that a service is, as it presents itself to clients. */
export const McpFacet = z.strictObject({
  name: z.string(),
  version: z.string(),
  instructions: z.string().optional(),
});
export type McpFacet = z.infer<typeof McpFacet>;

/** The tool of an MCP server that an operation calls. */
export const McpCall = z.strictObject({
  /** As the server lists it: its name, schemas, annotations and whatever else it says. */
  definition: z.object({ name: z.string() }).catchall(JsonValue),
});
export type McpCall = z.infer<typeof McpCall>;
