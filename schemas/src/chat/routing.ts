import { z } from 'zod';

/** Classes of models, from easy to hard questions. */
export const TierName = z.enum(['standard', 'heavy', 'ultra']);
export type TierName = z.infer<typeof TierName>;

/** Which models are meant: `<provider>/<model>`, with `*` for any text, or a provider's name for all of its models. */
const ModelPattern = z
  .string()
  .min(1)
  .max(264)
  .regex(/^\S+$/, 'a model such as "openai/gpt-5", "local/*", or the name of a provider');

const Share = z.number().min(0).max(1);
const Dollars = z.number().min(0);

const Tier = z.strictObject({
  models: z
    .array(ModelPattern)
    .default([])
    .describe(
      'Its models, the preferred first. With no models in any tier, they are told apart by place and price.',
    ),
  maxConcurrent: z.int().min(1).max(10_000).optional().describe('Answers at once. Absent: any number.'),
  whenFull: z
    .enum(['wait', 'delegate'])
    .default('wait')
    .describe('What happens with one more: it waits its turn, or another tier answers it.'),
  priority: z
    .record(z.string(), z.int().min(-100).max(100))
    .default({})
    .describe('Who is let in first of those who wait, by category; the higher first. Default: 0.'),
});

const Category = z.strictObject({
  tier: TierName.optional().describe('Its questions begin here, however hard they look.'),
  provider: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Only models of this provider, where one is eligible.'),
  model: ModelPattern.optional().describe(
    'Preferred: `<provider>/<model>`, or with `provider` the name there.',
  ),
  models: z.array(ModelPattern).optional().describe('Several of the same, the preferred first.'),
  keywords: z
    .array(z.string().trim().min(2).max(100))
    .max(500)
    .optional()
    .describe('Words or phrases, in any language, that speak for this category.'),
  localOnly: z.boolean().optional().describe("Its questions never leave the owner's machines."),
});

/** A pattern that runs over everything that is said must not be able to hang on it. */
const NESTED_REPEAT = /\([^()]*[+*][^()]*\)[+*{]/;
function problemOfPattern(source: string): string | undefined {
  try {
    void RegExp(source, 'iu');
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

const SafePattern = z
  .string()
  .min(1)
  .max(300)
  .superRefine((source, context) => {
    const message = problemOfPattern(source);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
    if (NESTED_REPEAT.test(source))
      context.addIssue({ code: 'custom', message: 'a repeat inside a repeat could take for ever' });
  });

/** Limits that every model has to hold. */
const Constraints = z.strictObject({
  localOnly: z
    .boolean()
    .default(false)
    .describe("Nothing ever leaves the owner's machines: no other model is asked."),
  maxLatencyMs: z
    .int()
    .min(1)
    .optional()
    .describe('A model whose median to the first token was above is not asked.'),
  delegationLatencyThresholdMs: z
    .int()
    .min(1)
    .optional()
    .describe('Above this median another model goes first, if one is eligible.'),
  maxMemoryMb: z.int().min(1).optional().describe('A model that takes more of this machine is not asked.'),
  minFreeMemoryMb: z
    .int()
    .min(1)
    .optional()
    .describe('With less free on this machine, models that take its memory are not asked.'),
  maxCostUsd: Dollars.optional().describe('Of one answer, estimated before it is asked for.'),
  budgetUsdPerDay: Dollars.optional().describe(
    'Spent in a day (UTC), only models that cost nothing are asked until the next.',
  ),
});
export type RouteConstraints = z.infer<typeof Constraints>;

const Sensitive = z.strictObject({
  rule: z
    .enum(['local', 'local-if-any', 'ignore'])
    .default('local-if-any')
    .describe(
      '`local`: what is sensitive is told to local models only; `local-if-any`: likewise, unless no local model is configured; `ignore`: it is not looked for.',
    ),
  kinds: z
    .array(z.enum(['card', 'iban', 'identity', 'secret', 'health', 'addresses']))
    .default(['card', 'iban', 'identity', 'secret', 'health', 'addresses'])
    .describe(
      'What is looked for: card numbers, bank accounts, identity numbers, credentials, words of a patient, lists of e-mail addresses.',
    ),
  patterns: z
    .record(z.string().regex(/^[\w-]{1,40}$/), SafePattern)
    .default({})
    .describe('Regular expressions by name, whose matches are sensitive too; case does not count.'),
});

/** Which model answers a chat. */
export const RoutingConfig = z.strictObject({
  policy: z
    .enum(['complexity', 'cheapest', 'fastest', 'best'])
    .default('complexity')
    .describe(
      "`complexity`: the tier is chosen by difficulty, its first eligible model answers; `cheapest`, `fastest`: the best of all tiers from that one up; `best`: the highest tier's first.",
    ),
  thresholds: z
    .strictObject({
      heavy: Share.default(0.3).describe('From this complexity on: tier heavy.'),
      ultra: Share.default(0.7).describe('From this complexity on: tier ultra.'),
    })
    .refine(({ heavy, ultra }) => heavy <= ultra, '`heavy` must not be above `ultra`')
    .prefault({})
    .describe('Complexity goes from 0 to 1.'),
  tiers: z
    .strictObject({ standard: Tier.prefault({}), heavy: Tier.prefault({}), ultra: Tier.prefault({}) })
    .prefault({}),
  categories: z
    .record(z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/), Category)
    .default({})
    .describe(
      '`chat`, `code`, `research`, `data`, `build` and further ones, with the models that answer them.',
    ),
  constraints: Constraints.prefault({}),
  sensitive: Sensitive.prefault({}),
  rights: z
    .record(z.string().min(1).max(200), z.array(ModelPattern))
    .default({})
    .describe(
      'Models that a principal may use, by principal, such as `"owner": ["local/*"]`. Who is not named may use all.',
    ),
  disabled: z.array(ModelPattern).default([]).describe('Models that are not asked, whoever asks for them.'),
  stickiness: z
    .strictObject({
      enabled: z.boolean().default(true).describe('A conversation stays with its model in each tier.'),
      switchMargin: Share.default(0.1).describe(
        'How much better another must be (share of price or time), or how far complexity must fall below a threshold, to change.',
      ),
      ttlMs: z
        .int()
        .min(1_000)
        .default(1_800_000)
        .describe('After so long without a question it is free again.'),
    })
    .prefault({}),
  classifier: z
    .strictObject({
      model: ModelPattern.optional().describe(
        'A small model that is asked for category and complexity. Absent: rules alone.',
      ),
      timeoutMs: z.int().min(50).max(60_000).default(1_500).describe('After which the rules count.'),
    })
    .prefault({}),
  consistency: z
    .strictObject({
      samples: z
        .int()
        .min(1)
        .max(16)
        .default(1)
        .describe('Answers that are compared; their agreement is the confidence.'),
      categories: z.array(z.string()).optional().describe('Only for these. Absent: for all.'),
      escalateBelow: Share.default(0.5).describe('With less agreement, the next tier is asked.'),
    })
    .prefault({}),
  reward: z
    .strictObject({
      uncertainty: z
        .enum(['disagreement', 'frontier'])
        .default('disagreement')
        .describe(
          '`disagreement`: 1 − p; `frontier`: 1 − 2·abs(p − 0.5), greatest where samples are split; p is the agreement.',
        ),
    })
    .prefault({}),
  bandit: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe("Learns from rewards which of a tier's eligible models goes first."),
      kind: z.enum(['thompson', 'ucb']).default('thompson').describe('How it weighs trying against knowing.'),
      seed: z.int().min(0).default(1).describe('Of its random numbers.'),
    })
    .prefault({}),
  records: z
    .strictObject({
      keep: z
        .int()
        .min(100)
        .max(1_000_000)
        .default(5_000)
        .describe('Decisions kept for `hub route explain` and `list`.'),
    })
    .prefault({}),
});
export type RoutingConfig = z.infer<typeof RoutingConfig>;

/** What a question is, as far as words and shape tell. */
const Classified = z.object({
  category: z.string(),
  complexity: z.number(),
  needs: z.object({
    tools: z.boolean(),
    images: z.boolean(),
    local: z.boolean(),
    contextTokens: z.number(),
  }),
  signals: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
});

/** A decision as it is stored and shown; what was said is not part of it. */
export const RouteRecord = z.object({
  id: z.string(),
  at: z.string().describe('ISO 8601.'),
  asked: z.string(),
  principal: z.string(),
  conversation: z.string().optional(),
  classification: Classified,
  tier: TierName,
  model: z.string(),
  fallbacks: z.array(z.string()),
  delegated: z.object({ from: z.string(), to: z.string(), reason: z.string() }).optional(),
  excluded: z.array(z.object({ model: z.string(), why: z.string() })),
  pinned: z.enum(['sticky', 'locked']).optional(),
  tookMs: z.number(),
  outcome: z
    .object({
      model: z.string(),
      outcome: z.enum(['ok', 'failed', 'cancelled']),
      firstTokenMs: z.number().optional(),
      durationMs: z.number(),
      inputTokens: z.number(),
      outputTokens: z.number(),
      costUsd: z.number(),
      toolCalls: z.array(z.object({ name: z.string(), isError: z.boolean(), durationMs: z.number() })),
      agreement: z.number().optional(),
      reward: z.number(),
    })
    .optional()
    .describe('Absent while it is answered, and when it was only explained.'),
});
export type RouteRecord = z.infer<typeof RouteRecord>;

/** What `hub route explain` sends: which model would answer this. */
export const ExplainRouteRequest = z.strictObject({
  text: z.string().min(1).max(2_000_000),
  model: z.string().min(1).max(264).default('hub/auto'),
  conversation: z.string().max(200).optional(),
  tools: z.int().min(0).max(100_000).default(0).describe('How many tools are offered.'),
});
export type ExplainRouteRequest = z.infer<typeof ExplainRouteRequest>;

/** `GET /api/routing`: what is configured, and what it comes to with the models there are. */
export const RoutingState = z.object({
  routing: RoutingConfig,
  models: z.array(
    z.object({
      id: z.string(),
      tiers: z.array(TierName),
      isLocal: z.boolean(),
      enabled: z.boolean(),
      health: z.string(),
      firstTokenMs: z.number().optional(),
    }),
  ),
  notes: z.array(z.string()).describe('What the configuration names and does not exist.'),
  spentTodayUsd: z.number(),
});
export type RoutingState = z.infer<typeof RoutingState>;

/** `GET /api/metrics`: the run of things in a few numbers, since the hub was started. */
export const EndpointMetrics = z.object({
  runs: z.number(),
  successRate: z.number().optional(),
  averageLatencyMs: z.number().optional(),
  costUsd: z.number(),
  toolFrequency: z.record(z.string(), z.number()),
});
export type EndpointMetrics = z.infer<typeof EndpointMetrics>;
