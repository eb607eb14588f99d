import { z } from 'zod';

/** A conversation whose answer is judged: what is said, and which tools and facts belong to it. One a line of a `.jsonl` file. */
export const EvalCase = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  /** The last one is the question. */
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().min(1).max(100_000) }))
    .min(1)
    .max(200),
  expect: z
    .strictObject({
      /** Tools that should be called, each with the arguments that matter. None: no tool should be called. */
      tools: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(200),
            arguments: z.record(z.string(), z.json()).optional(),
          }),
        )
        .max(50)
        .default([]),
      /** Texts that the answer holds, whatever their case. */
      facts: z.array(z.string().min(1).max(1_000)).max(50).default([]),
    })
    .prefault({}),
});
export type EvalCase = z.infer<typeof EvalCase>;

/** What was made of one case. Shares are from 0 to 1; undefined where nothing was expected. */
export const EvalResult = z.strictObject({
  name: z.string(),
  model: z.string().optional(),
  called: z.array(z.string()),
  missed: z.array(z.string()),
  unexpected: z.array(z.string()),
  argumentAccuracy: z.number().optional(),
  missedFacts: z.array(z.string()),
  rounds: z.int(),
  costUsd: z.number(),
  tokens: z.int(),
  durationMs: z.number(),
  problem: z.string().optional(),
});
export type EvalResult = z.infer<typeof EvalResult>;

/** All cases together: tools are counted over all of them, as in a confusion matrix. */
export const EvalReport = z.strictObject({
  cases: z.int(),
  toolPrecision: z.number().optional(),
  toolRecall: z.number().optional(),
  argumentAccuracy: z.number().optional(),
  facts: z.number().optional(),
  failed: z.int(),
  rounds: z.number(),
  costUsd: z.number(),
  tokens: z.int(),
  results: z.array(EvalResult),
});
export type EvalReport = z.infer<typeof EvalReport>;
