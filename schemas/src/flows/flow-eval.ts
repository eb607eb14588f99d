import { z } from 'zod';
import { JsonValue } from '../json.ts';

/** What one output of a flow is held against; it has exactly one of `equals`, `contains`, `matches` and `judge`. */
export const FlowCheck = z
  .strictObject({
    /** Path within the outputs, such as `report.title`; absent: all of them. */
    output: z.string().min(1).optional(),
    /** The same JSON. */
    equals: JsonValue.optional(),
    /** Text that it holds, whatever its case. */
    contains: z.string().min(1).optional(),
    /** A regular expression. */
    matches: z.string().min(1).optional(),
    /** What a model has to find of it, in words. */
    judge: z.string().min(1).optional(),
  })
  .refine(
    ({ equals, contains, matches, judge }) =>
      [equals, contains, matches, judge].filter((one) => one !== undefined).length === 1,
    'exactly one of equals, contains, matches and judge',
  );
export type FlowCheck = z.infer<typeof FlowCheck>;

/** Inputs of a flow with what is expected of its run. One a line of a `.jsonl` file. */
export const FlowEvalCase = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  inputs: z.record(z.string(), JsonValue).default({}),
  expect: z
    .strictObject({
      outputs: z.array(FlowCheck).max(50).default([]),
      /** Absent: tools are not judged. */
      tools: z
        .array(
          z.strictObject({
            name: z.string().min(1).max(200),
            arguments: z.record(z.string(), JsonValue).optional(),
          }),
        )
        .max(200)
        .optional(),
      /** How the run ends; `waiting`: it asks a person. */
      state: z.enum(['done', 'failed', 'waiting']).default('done'),
    })
    .prefault({}),
});
export type FlowEvalCase = z.infer<typeof FlowEvalCase>;

/** What came of one case. */
export const FlowEvalResult = z.strictObject({
  name: z.string(),
  /** Absent: it was not started. */
  run: z.string().optional(),
  passed: z.boolean(),
  /** What is not as expected, in words. */
  failures: z.array(z.string()),
  called: z.array(z.string()),
  missed: z.array(z.string()),
  unexpected: z.array(z.string()),
  argumentAccuracy: z.number().optional(),
  /** Nodes that failed. */
  failedNodes: z.array(z.string()),
  /** Of the run and of the models that judged it; their cost alike. */
  tokens: z.int(),
  costUsd: z.number(),
  durationMs: z.number(),
});
export type FlowEvalResult = z.infer<typeof FlowEvalResult>;

/** All cases together; shares are from 0 to 1, undefined where nothing was expected. */
export const FlowEvalReport = z.strictObject({
  flow: z.string(),
  cases: z.int(),
  passed: z.int(),
  toolPrecision: z.number().optional(),
  toolRecall: z.number().optional(),
  argumentAccuracy: z.number().optional(),
  tokens: z.int(),
  costUsd: z.number(),
  /** Of a run, in milliseconds. */
  latency: z.strictObject({ p50: z.number(), p95: z.number() }),
  /** How often each node failed. */
  nodeFailures: z.record(z.string(), z.int()),
  results: z.array(FlowEvalResult),
});
export type FlowEvalReport = z.infer<typeof FlowEvalReport>;
