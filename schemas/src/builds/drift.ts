import { z } from 'zod';
import { ServiceChange } from './service-change.ts';
import { LoopId } from './loop.ts';

/** How calls of one tool went since its server was installed. */
export const ToolEvidence = z.strictObject({
  tool: z.string(),
  answered: z.int(),
  failed: z.int(),
  /** Failures since the last answer. */
  failedInRow: z.int(),
  /** Failures by HTTP status, else by the hub's code; `error` where neither is known. */
  codes: z.record(z.string(), z.int()),
  /** Places of answers that are not as described, and how often each was met. No values. */
  places: z.record(z.string(), z.int()),
  lastAt: z.iso.datetime(),
});
export type ToolEvidence = z.infer<typeof ToolEvidence>;

/** One reason to think that a service is no longer as its blueprint says. */
export const DriftSign = z.strictObject({
  kind: z.enum(['failing', 'answers', 'description']),
  tool: z.string(),
  /** For a person. */
  detail: z.string(),
});
export type DriftSign = z.infer<typeof DriftSign>;

/** How a server stands to its service. */
export const DriftReport = z.strictObject({
  server: z.string(),
  /** `unknown`: nothing speaks for or against it. */
  verdict: z.enum(['fits', 'drifted', 'unknown']),
  signs: z.array(DriftSign),
  evidence: z.array(ToolEvidence),
  /** Tools that were called for this check, and how that went. */
  probes: z.array(z.string()),
  /** Between the installed version and the description of today; absent where there is none to read again. */
  changes: z.array(ServiceChange).optional(),
  /** Why the description cannot be read again. */
  problem: z.string().optional(),
  /** The build that waits for a decision on it. */
  proposal: LoopId.optional(),
});
export type DriftReport = z.infer<typeof DriftReport>;
