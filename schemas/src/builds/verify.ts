import { z } from 'zod';
import { SemVer, ServerId, ToolName } from '../ids.ts';

/** How one call of a tool went: `skipped` with the reason in `detail`. */
export const CallOutcome = z.strictObject({
  outcome: z.enum(['ok', 'failed', 'skipped']),
  detail: z.string().optional(),
});
export type CallOutcome = z.infer<typeof CallOutcome>;

/** What `hub verify` answers: every tool of a server, called against the mirror of its service in both eras of MCP. */
export const VerifyReport = z.strictObject({
  id: ServerId,
  version: SemVer,
  directory: z.string(),
  passed: z.boolean(),
  counts: z.strictObject({ tools: z.int(), ok: z.int(), failed: z.int(), skipped: z.int() }),
  tools: z.array(
    z.strictObject({
      tool: ToolName,
      /** `METHOD /path`; absent for a tool that no operation describes. */
      operation: z.string().optional(),
      modern: CallOutcome,
      legacy: CallOutcome,
    }),
  ),
  durationMs: z.int(),
});
export type VerifyReport = z.infer<typeof VerifyReport>;
