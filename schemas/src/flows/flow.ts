import { z } from 'zod';
import { FlowRunState } from './run-state.ts';
import { ContentHash } from '../ids.ts';
import { JsonSchema, JsonValue } from '../json.ts';
import { PromptMessage, FileIssue } from './prompt.ts';

/** Name of a flow: that of its file. As a tool it is `flows__<name>`, as a model `flow/<name>`. */
export const FlowName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, _ and -, such as "weekly-report"');

const NodeName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'a letter first, then letters, digits, _ and -');
const Members = z.record(z.string(), JsonValue);

/**
 * One node of a flow. It has exactly one of `tool`, `code`, `prompt` and `messages`; texts may hold `${…}` with an expression
 * over `inputs`, `nodes`, `item` and `index`.
 */
export const FlowNode = z.strictObject({
  description: z.string().max(2_000).optional(),
  /** A tool by its name in the hub, `<server>__<tool>`. */
  tool: z.string().min(1).max(200).optional(),
  /** Of the tool, or of the template. */
  arguments: Members.optional(),
  /** The body of an async function that is given `input`; it runs in an interpreter of its own and reaches nothing. */
  code: z.string().min(1).max(200_000).optional(),
  /** What the code is given. */
  input: JsonValue.optional(),
  /** A template by its name, or `<name>@<beginning of a version's hash>`. */
  prompt: z.string().min(1).max(200).optional(),
  /** A prompt that stands here instead of in a template. */
  messages: z.union([z.string().min(1), z.array(PromptMessage).min(1).max(100)]).optional(),
  /** A route such as `hub/auto`, or a model. */
  model: z.string().min(1).max(256).optional(),
  /** What the answer has to be; with a schema it is checked against it. */
  format: z.union([z.enum(['text', 'json']), z.strictObject({ schema: JsonSchema })]).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).optional(),
  /** Which tools of the hub the model may call itself; default: none. */
  tools: z
    .union([
      z.enum(['none', 'all']),
      z.strictObject({ server: z.string().min(1) }),
      z.strictObject({ profile: z.string().min(1) }),
    ])
    .optional(),
  /** The node is skipped unless this expression is true. */
  when: z.string().min(1).max(2_000).optional(),
  /** A list, or an expression that is one: the node is done once for each `item`. */
  forEach: z.union([z.string().min(1), z.array(JsonValue)]).optional(),
  /** Items at once. */
  concurrency: z.int().min(1).max(32).optional(),
  /** Nodes that have to be over before, though nothing of them is used. */
  after: z.array(NodeName).max(100).optional(),
  /** Times that it is tried again after a failure. */
  retries: z.int().min(0).max(10).optional(),
  /** Before the first of them; doubled for each. */
  retryDelayMs: z.int().min(0).max(600_000).optional(),
  /** For one try. */
  timeoutMs: z.int().min(1).max(3_600_000).optional(),
  /** `continue`: the flow goes on, and the node's output is null. */
  onError: z.enum(['fail', 'continue']).optional(),
});
export type FlowNode = z.infer<typeof FlowNode>;

/** The most that one run may take. */
export const FlowLimits = z.strictObject({
  tokens: z.int().min(1).default(500_000).describe('Of all models together, both ways.'),
  costUsd: z.number().min(0).optional().describe('By the prices of `providers`.'),
  timeMs: z
    .int()
    .min(1)
    .max(86_400_000)
    .default(600_000)
    .describe('At work; waiting for a person is not counted.'),
  concurrency: z.int().min(1).max(32).default(8).describe('Nodes at once.'),
});
export type FlowLimits = z.infer<typeof FlowLimits>;

/** A flow: a file of the folder `flows`. */
export const FlowDocument = z.strictObject({
  name: FlowName.optional(),
  title: z.string().max(200).optional(),
  description: z.string().max(4_000).optional(),
  /** Offered to clients as the tool `flows__<name>` and as the model `flow/<name>`. */
  serve: z.boolean().default(false),
  /** A JSON Schema of an object; absent: anything goes. */
  inputs: z.looseObject({ type: z.literal('object') }).optional(),
  limits: FlowLimits.prefault({}),
  nodes: z
    .record(NodeName, FlowNode)
    .refine((nodes) => Object.keys(nodes).length > 0, 'a flow has at least one node')
    .refine((nodes) => Object.keys(nodes).length <= 200, 'at most 200 nodes'),
  /** What the flow answers, by name. */
  outputs: Members.optional(),
});
export type FlowDocument = z.infer<typeof FlowDocument>;

/** What a node is, by the member that says what it does. */
export const FlowNodeKind = z.enum(['tool', 'code', 'prompt']);
export type FlowNodeKind = z.infer<typeof FlowNodeKind>;

/** A flow as it is listed. */
export const FlowSummary = z.strictObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  hash: ContentHash.optional(),
  serve: z.boolean(),
  nodes: z.array(z.strictObject({ name: z.string(), kind: FlowNodeKind })),
  /** JSON Schema. */
  inputs: Members.optional(),
  issues: z.array(FileIssue),
});
export type FlowSummary = z.infer<typeof FlowSummary>;

/** `approved` and `rejected`: a person decided, and the node has not gone on yet. */
export const FlowStepState = z.enum([
  'running',
  'waiting',
  'approved',
  'rejected',
  'done',
  'failed',
  'skipped',
]);
export type FlowStepState = z.infer<typeof FlowStepState>;

/** A tool that was called. */
export const FlowCall = z.strictObject({
  name: z.string(),
  arguments: Members,
  isError: z.boolean(),
  durationMs: z.number(),
});
export type FlowCall = z.infer<typeof FlowCall>;

/** Why something went wrong: of the error catalogue. */
export const FlowProblem = z.strictObject({ code: z.string(), message: z.string(), fix: z.string() });
export type FlowProblem = z.infer<typeof FlowProblem>;

/** What was done of a node, or for one item of it. Secrets that the hub knows are blanked out. */
export const FlowStep = z.strictObject({
  node: z.string(),
  kind: FlowNodeKind,
  /** That the node calls. */
  tool: z.string().optional(),
  /** From 0; absent: the node as a whole. */
  item: z.int().min(0).optional(),
  state: FlowStepState,
  /** From 1. */
  attempt: z.int(),
  input: JsonValue.optional(),
  output: JsonValue.optional(),
  problem: FlowProblem.optional(),
  /** Why it was skipped. */
  reason: z.string().optional(),
  model: z.string().optional(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number(),
  calls: z.array(FlowCall),
  /** Of a question of the chat that waits with it. */
  pending: z.string().optional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type FlowStep = z.infer<typeof FlowStep>;

/** A run as it is listed. */
export const FlowRunSummary = z.strictObject({
  id: z.string(),
  flow: z.string(),
  /** Of the flow's file as the run began. */
  hash: ContentHash,
  state: FlowRunState,
  problem: FlowProblem.optional(),
  tokens: z.int(),
  costUsd: z.number(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type FlowRunSummary = z.infer<typeof FlowRunSummary>;

/** A run with all that was done. */
export const FlowRun = FlowRunSummary.extend({
  inputs: Members,
  outputs: Members.optional(),
  /** Hash of each template as the run uses it. */
  prompts: z.record(z.string(), z.string()),
  steps: z.array(FlowStep),
});
export type FlowRun = z.infer<typeof FlowRun>;

/** The body of `POST /api/flows/<name>/runs`. */
export const StartFlowRequest = z.strictObject({ inputs: Members.default({}) });

/** The body of `POST /api/flow-runs/<id>/decision`. */
export const DecideFlowRequest = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  /** Default: all that waits. */
  node: z.string().optional(),
});

/** The body of `POST /api/flows/<name>/serve`. */
export const ServeFlowRequest = z.strictObject({ serve: z.boolean() });

/** The body of `POST /api/flows/judge`: whether a model finds that a text is as it should be. */
export const JudgeRequest = z.strictObject({
  text: z.string().max(200_000),
  criterion: z.string().min(1).max(4_000),
  model: z.string().min(1).max(256).default('hub/auto'),
});

/** What a model found, and what asking it took. */
export const Judgement = z.strictObject({
  passed: z.boolean(),
  reason: z.string(),
  tokens: z.int(),
  costUsd: z.number(),
});
export type Judgement = z.infer<typeof Judgement>;
