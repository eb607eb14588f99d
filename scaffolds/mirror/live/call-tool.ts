import type { Json, JsonObject } from '@counterpart/schemas';

/** Calls a tool of the server behind a live mirror; its structured content, else its content. Rejects with an error of the catalogue. */
export type CallTool = (tool: string, args: JsonObject) => Promise<Json>;
