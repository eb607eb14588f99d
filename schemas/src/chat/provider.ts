import { z } from 'zod';

/** Families of services and programs that answer as models: what they take and how they say it differs in small ways. */
export const ProviderKind = z.enum([
  'openai',
  'anthropic',
  'perplexity',
  'gemini',
  'mistral',
  'openrouter',
  'ollama',
  'llama.cpp',
  'vllm',
  'lmstudio',
  'other',
]);
export type ProviderKind = z.infer<typeof ProviderKind>;

/** How a model can be made to answer in JSON. */
export const Structured = z.enum(['json_schema', 'json_object', 'none']);
export type Structured = z.infer<typeof Structured>;

/** What is known of one model of a provider; what is absent is asked of the provider or looked up in the hub's own table. */
export const ModelConfig = z.strictObject({
  contextTokens: z
    .int()
    .min(256)
    .max(100_000_000)
    .optional()
    .describe('The most that question and answer take together.'),
  takesTools: z.boolean().optional().describe('Whether it can call tools.'),
  takesImages: z.boolean().optional().describe('Whether it can look at images.'),
  use: z
    .enum(['chat', 'embedding'])
    .optional()
    .describe('What it is asked for. Default: as the provider says, else told by its name.'),
  structured: Structured.optional().describe(
    'How it can be made to answer in JSON; default: as its provider.',
  ),
  price: z
    .strictObject({ input: z.number().min(0), output: z.number().min(0) })
    .optional()
    .describe(
      'United States dollars for a million tokens. What runs locally costs nothing unless this says so.',
    ),
  memoryMb: z.int().min(1).optional().describe('Memory that it takes on this machine when it answers.'),
});
export type ModelConfig = z.infer<typeof ModelConfig>;

const shape = z.strictObject({
  kind: ProviderKind.optional().describe(
    'The family whose ways it has. Default: told by the address, else `openai`. It says where `baseUrl` is unless that is given.',
  ),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Address below which `/chat/completions` stands, such as `http://127.0.0.1:11434/v1`. Needed for kind `other`.',
    ),
  model: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Name of the model there that is asked unless another is named. Default: the first of `models`.',
    ),
  models: z
    .record(z.string().min(1).max(200), ModelConfig)
    .optional()
    .describe('Models by their names there. Neither this nor `model`: those that the provider itself lists.'),
  apiKey: z
    .string()
    .optional()
    .describe(
      'A reference such as `${secret:OPENAI_API_KEY}`. Absent: where `baseUrl` is absent too, the variable that is usual for the kind is looked up in the vault, then in the environment; else no key is sent.',
    ),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string().max(8_192))
    .default({})
    .describe('Sent with every request; values may hold references.'),
  locality: z
    .enum(['local', 'remote'])
    .optional()
    .describe(
      'Whether it runs on machines of yours, so that it may be told what is sensitive. Default: `local` for addresses of this machine and of private networks.',
    ),
  structured: Structured.optional().describe(
    'How it can be made to answer in JSON; `none` reads the JSON out of its text. Default: that of the kind.',
  ),
  requestsPerMinute: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe(
      'Questions it may be asked; what comes faster waits its turn. What it says itself (429, `Retry-After`) is honoured besides.',
    ),
  maxConcurrent: z
    .int()
    .min(1)
    .max(10_000)
    .default(256)
    .describe('Answers at the same time; further questions wait their turn.'),
  waitMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(10_000)
    .describe('How long a question of a chat waits for its turn before another model is tried.'),
  firstTokenTimeoutMs: z
    .int()
    .min(100)
    .max(3_600_000)
    .default(120_000)
    .describe('For the first word of an answer; a local model may have to be loaded first.'),
  idleTimeoutMs: z.int().min(100).max(3_600_000).default(60_000).describe('Between two pieces of an answer.'),
  timeoutMs: z.int().min(1_000).max(3_600_000).default(300_000).describe('For one answer.'),
  retries: z.int().min(0).max(10).default(2).describe('After overload or a broken connection.'),
  maxOutputTokens: z.int().min(256).max(1_000_000).default(32_000).describe('The most of one answer.'),
});

/** A provider of language models behind an OpenAI-compatible endpoint. */
export const ProviderConfig = shape.refine(({ kind, baseUrl }) => kind !== 'other' || baseUrl !== undefined, {
  path: ['baseUrl'],
  error: 'A provider of kind `other` needs `baseUrl`: the address below which `/chat/completions` stands.',
});
export type ProviderConfig = z.infer<typeof ProviderConfig>;

/** A provider's name: the first part of `<provider>/<model>`. `hub` is the name of the hub's own routes. */
export const ProviderName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^(?!hub$)[^/\s]+$/, { error: 'A provider’s name has no slash and no space, and is not `hub`.' });

/** A model as `hub providers` shows it. */
export const ProviderModel = z.object({
  id: z.string(),
  model: z.string(),
  use: z.enum(['chat', 'embedding']).optional(),
  contextTokens: z.number(),
  takesTools: z.boolean(),
  takesImages: z.boolean(),
  price: z.object({ input: z.number(), output: z.number() }),
  priceKnown: z.boolean().optional(),
  memoryMb: z.number().optional(),
});

/** A configured provider and how it does; nothing was asked of it for this. */
export const ProviderSummary = z.object({
  name: z.string(),
  kind: ProviderKind,
  baseUrl: z.string(),
  isLocal: z.boolean(),
  /** `configured`: there is one to send; `none`: none is wanted. */
  key: z.enum(['configured', 'missing', 'none']),
  models: z.array(ProviderModel),
  health: z.object({
    state: z.enum(['unknown', 'ok', 'failing', 'open']),
    retryAt: z.number().optional(),
    problem: z.string().optional(),
    firstTokenMs: z.number().optional(),
    tokensPerSecond: z.number().optional(),
    answered: z.number().optional(),
    failed: z.number().optional(),
    active: z.number().optional(),
    waiting: z.number().optional(),
  }),
});
export type ProviderSummary = z.infer<typeof ProviderSummary>;
export const ProviderList = z.object({ providers: z.array(ProviderSummary) });
export type ProviderList = z.infer<typeof ProviderList>;

/** What came of asking a provider whether it takes the key and has the models. */
export const ProviderCheck = z.object({
  provider: z.string(),
  ok: z.boolean(),
  tookMs: z.number(),
  models: z.array(ProviderModel),
  /** Configured, and not among those that it lists. */
  missing: z.array(z.string()),
  problem: z.object({ code: z.string(), message: z.string(), fix: z.string() }).optional(),
});
export type ProviderCheck = z.infer<typeof ProviderCheck>;
