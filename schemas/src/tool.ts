import { z } from 'zod';
import type { Effect } from './effect.ts';

/**
 * A tool as `tools/list` shows it (MCP 2026-07-28, server/tools). Unknown members are kept: the hub relays, it does not re-model.
 * A server's `tools.json` is an array of these.
 */
export const ToolDefinition = z.looseObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.looseObject({ type: z.literal('object') }),
  outputSchema: z.looseObject({ type: z.literal('object') }).optional(),
  annotations: z
    .looseObject({
      title: z.string().optional(),
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().optional(),
    })
    .optional(),
});
export type ToolDefinition = z.infer<typeof ToolDefinition>;

/** What the annotations say; silence counts as the worst (MCP: destructiveHint is true by default). */
export function effectOf({ annotations }: Pick<ToolDefinition, 'annotations'>): Effect {
  if (annotations?.readOnlyHint === true) return 'read';
  return annotations?.destructiveHint === false ? 'write' : 'destructive';
}
