import { z } from 'zod';

/** Somebody or something that sentences call by several names: the office, work, Alexanderplatz 1. */
export const EntityAlias = z.strictObject({
  value: z.string().min(1).max(500).describe('What tools are given for it, such as an address or an id.'),
  also: z
    .array(z.string().min(1).max(100))
    .max(50)
    .default([])
    .describe('Other names of it, beside its key. Case and articles do not matter.'),
});
export type EntityAlias = z.infer<typeof EntityAlias>;

/** A question that takes several tools, even where a model would answer after the first. */
export const ToolPlan = z.strictObject({
  phrases: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(50)
    .describe('Words of questions that this is about, such as "when should I leave".'),
  needs: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(10)
    .describe('What has to be looked up, each in words that find its tool, such as "calendar events".'),
});
export type ToolPlan = z.infer<typeof ToolPlan>;

/** Answers that are given again without asking a model. */
const AnswerCacheConfig = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe(
      'Keeps answers, each for the principal, model, tools, settings and conversation it was given to.',
    ),
  ttlSeconds: z.int().min(1).max(31_536_000).default(86_400).describe('How long an answer is given again.'),
  entries: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe('Answers that are kept; those used last stay.'),
  similarity: z
    .number()
    .min(0.5)
    .max(1)
    .optional()
    .describe(
      'From this likeness of meaning on (cosine of embeddings, such as 0.95) a question counts as one that was asked before. Numbers, names, quotes and negations have to be the same in any case. Absent: only the same words do.',
    ),
  embeddings: z
    .string()
    .min(3)
    .max(264)
    .optional()
    .describe(
      'The model for `similarity`, such as "local/nomic-embed-text". Absent: the first one that embeds.',
    ),
  tools: z
    .enum(['none', 'read'])
    .default('none')
    .describe(
      '`none`: answers that called tools are not kept; `read`: those that called tools that only read are.',
    ),
});

/** An answer in the cache, as its owner sees it. */
export const CachedAnswer = z.strictObject({
  id: z.string(),
  principal: z.string(),
  model: z.string(),
  /** In small letters. */
  question: z.string(),
  /** Its beginning. */
  text: z.string(),
  hits: z.int(),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type CachedAnswer = z.infer<typeof CachedAnswer>;

/** Chat over the hub's tools at `/v1`. */
export const ChatConfig = z.strictObject({
  instructions: z.string().max(20_000).optional().describe('Said to every model before a conversation.'),
  maxRounds: z.int().min(1).max(100).default(12).describe('Times that a model is asked for one answer.'),
  maxTimeMs: z.int().min(1_000).max(3_600_000).default(300_000).describe('For one answer, with its tools.'),
  maxTokens: z
    .int()
    .min(1_000)
    .max(10_000_000)
    .default(500_000)
    .describe('Of all questions to models for one answer, both ways.'),
  maxCostUsd: z.number().min(0).optional().describe('For one answer, by the prices of `providers`.'),
  callTimeoutMs: z.int().min(100).max(3_600_000).default(60_000).describe('For one call of a tool.'),
  parallelCalls: z.int().min(1).max(32).default(4).describe('Calls of tools at once, within one answer.'),
  approve: z
    .enum(['destructive', 'write', 'never'])
    .default('destructive')
    .describe('From which effect on a tool is called only after a person said yes.'),
  toolTokens: z
    .int()
    .min(0)
    .max(200_000)
    .default(1_500)
    .describe('Of tool definitions that a model is given at once; it finds the others by search.'),
  resultTokens: z
    .int()
    .min(100)
    .max(1_000_000)
    .default(6_000)
    .describe("Of a tool's result that a model is given."),
  aliases: z
    .record(z.string().min(1).max(100), EntityAlias)
    .default({})
    .describe('Names for places and things.'),
  plans: z.array(ToolPlan).max(200).default([]).describe('Questions that take several tools.'),
  cache: AnswerCacheConfig.prefault({}).describe('Answers that are given again without asking a model.'),
});
export type ChatConfig = z.infer<typeof ChatConfig>;
