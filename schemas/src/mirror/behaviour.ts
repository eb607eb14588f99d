import { z } from 'zod';
import { RecordingName } from './settings.ts';

/** How one operation of a real service behaved while it was recorded. */
export const OperationBehaviour = z.strictObject({
  operation: z.string(),
  calls: z.int(),
  /** Share of the calls by status of the answer. */
  statuses: z.record(z.string(), z.number()),
  /** Milliseconds until the whole answer; absent where the recording tells no times. */
  latencyMs: z.strictObject({ fastest: z.number(), median: z.number(), slowest: z.number() }).optional(),
});
export type OperationBehaviour = z.infer<typeof OperationBehaviour>;

/** Learns from a recording of the mirror; absent: the one in its settings. */
export const LearnRequest = z.strictObject({ recording: RecordingName.optional() });
export type LearnRequest = z.infer<typeof LearnRequest>;

/** What was learned, and the faults by which the mirror now behaves so. */
export const LearnedBehaviour = z.strictObject({
  recording: z.string(),
  behaviour: z.array(OperationBehaviour),
  faults: z.array(z.string()),
});
export type LearnedBehaviour = z.infer<typeof LearnedBehaviour>;
