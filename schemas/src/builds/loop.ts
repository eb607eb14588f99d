import { z } from 'zod';
import { Effect } from '../effect.ts';
import { ServiceChange } from './service-change.ts';
import { Diagnostic } from './diagnostic.ts';
import { Category, ContentHash, OwnServerId, SemVer, ServerId, TraceId } from '../ids.ts';
import { ConfigSlot, HookSlot, SecretSlot } from '../manifest.ts';

/** Contracts of the build loop: from a sentence to a server that a person approved. */

/** Stages of a build, in their order; `write`, `check` and `test` come again with every repair. */
export const LoopStage = z.enum([
  'intake',
  'research',
  'blueprint',
  'write',
  'check',
  'test',
  /** A new version of a server that is in use is held beside it. */
  'canary',
  'approval',
  'install',
  'credentials',
  'probe',
  'remember',
]);
export type LoopStage = z.infer<typeof LoopStage>;

/** Repairs after the first attempt; after them the build stops and keeps everything. */
export const MAX_REPAIRS = 3;

/**
 * Who writes what cannot be compiled: a configured provider's model, the model of a connected MCP client, or a person
 * with an editor.
 */
export const LoopAuthor = z.enum(['model', 'client', 'person']);
export type LoopAuthor = z.infer<typeof LoopAuthor>;

export const LoopState = z.enum([
  'queued',
  'running',
  /** For its author, a decision, or secrets: see `waitsFor`. */
  'waiting',
  'installed',
  'failed',
  'rejected',
  'cancelled',
]);
export type LoopState = z.infer<typeof LoopState>;

/** A build's id: `b-` and ten characters that sort by time. */
export const LoopId = z.string().regex(/^b-[0-9a-z]{10}$/, 'such as "b-0k3f9x2m1q"');

/** What a build is ordered with. */
export const LoopOrder = z.strictObject({
  /** What is wanted, in a person's words. */
  text: z.string().trim().min(1).max(8_000),
  author: LoopAuthor.default('model'),
  /** A description, or the address of a service, that is known already. */
  from: z.string().min(1).max(4_096).optional(),
  /** What of the description is built, in words: `only players, without clans`. */
  select: z.string().min(1).max(1_000).optional(),
  /** A folder with a server that a person wrote; absolute. */
  folder: z.string().min(1).max(4_096).optional(),
  /** Files and folders that the server will read; absolute. */
  files: z.array(z.string().min(1).max(4_096)).max(20).optional(),
  /** What was seen of the service that does not fit the server in use. */
  seen: z.array(z.string().max(1_000)).max(100).optional(),
  name: OwnServerId.optional(),
  category: Category.optional(),
  /** Of the configured providers; default: the first one. */
  model: z.string().min(1).max(200).optional(),
  /** Where there is no sandbox, code that nobody has approved runs without one. */
  unsafeLocal: z.boolean().optional(),
  /** W3C trace id of everything that the build does, from the wish to the install; default: a new one. */
  trace: TraceId.optional(),
});
export type LoopOrder = z.infer<typeof LoopOrder>;

/** All files that a client hands in with one order, as bytes. */
export const MOST_HANDED_BYTES = 1_048_576;

/**
 * A file that a client hands in: what is in it. Never a path of this machine, which would let whoever speaks through a client
 * choose what the server reads.
 */
export const HandedFile = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a file’s name without a folder, such as "statement.csv"')
    .describe('Name of the file, without a folder, such as `statement.csv`.'),
  text: z.string().max(MOST_HANDED_BYTES).optional().describe('Its content, where it is text.'),
  base64: z
    .base64()
    .max(Math.ceil(MOST_HANDED_BYTES / 3) * 4)
    .optional()
    .describe('Its content in base64, where it is not.'),
});
export type HandedFile = z.infer<typeof HandedFile>;

/** How a server comes about: a description exists, one can be drafted, or code is needed. */
export const LoopKind = z.enum(['description', 'blueprint', 'code']);
export type LoopKind = z.infer<typeof LoopKind>;

/** What intake decides, where there is something to build. */
export const LoopPlan = z.strictObject({
  kind: LoopKind,
  name: OwnServerId,
  title: z.string().min(1).max(120),
  summary: z.string().min(1).max(1_000),
  /** Where a description of the service may be found. */
  description: z.url({ protocol: /^https?$/ }).optional(),
  /** `host` or `host:port` it must reach; none for a server that works on files or what it is given. */
  net: z.array(z.string().min(1).max(260)).max(20).default([]),
});
export type LoopPlan = z.infer<typeof LoopPlan>;

/** What an author answers at intake. `none`: nothing can or should be built of the wish; the summary says why, and what to ask for. */
export const PlanAnswer = z.strictObject({ ...LoopPlan.shape, kind: z.enum([...LoopKind.options, 'none']) });
export type PlanAnswer = z.infer<typeof PlanAnswer>;

/** Where code may stand: tools, what they share, and tests. Nothing else of a package is an author's. */
export const SlotPath = z
  .string()
  .max(120)
  .regex(
    /^(?:src\/(?:tools\/)?|test\/)[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/,
    'such as "src/tools/get-player.ts"',
  );

export const SlotFile = z.strictObject({ path: SlotPath, text: z.string().max(200_000) });
export type SlotFile = z.infer<typeof SlotFile>;

/** What an author writes where code is needed: facts for the manifest, and files in slots. */
export const CodeDraft = z.strictObject({
  config: z.array(ConfigSlot).max(50).default([]),
  secrets: z.array(SecretSlot).max(20).default([]),
  net: z.array(z.string().min(1).max(260)).max(20).default([]),
  /** Address that relative paths of its requests start from; becomes a setting that its owner may change. */
  service: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  hooks: z.array(HookSlot).max(10).default([]),
  files: z.array(SlotFile).min(1).max(100),
});
export type CodeDraft = z.infer<typeof CodeDraft>;

/** What an author is asked for. */
export const QuestionKind = z.enum(['plan', 'blueprint', 'code', 'repair']);
export type QuestionKind = z.infer<typeof QuestionKind>;

/** A prompt for an author, with everything that is needed to answer it; it holds no secret. */
export const AuthorQuestion = z.strictObject({
  build: LoopId,
  number: z.int().min(1),
  kind: QuestionKind,
  /** Name and version of the prompt pack, such as `code@1`. */
  pack: z.string(),
  system: z.string(),
  prompt: z.string(),
  /** JSON Schema of the answer; absent: files or a document in fenced blocks. */
  schema: z.record(z.string(), z.unknown()).optional(),
  /** Estimate, at 4 characters a token. */
  tokens: z.int(),
});
export type AuthorQuestion = z.infer<typeof AuthorQuestion>;

/**
 * What the version in use and a new one make of the same calls, before the new one is offered. Only tools that read are
 * called, of the real service.
 */
export const Canary = z.strictObject({
  calls: z.array(
    z.strictObject({
      tool: z.string(),
      /** Of the version in use; `absent`: it has no such tool. */
      before: z.enum(['answered', 'failed', 'absent']),
      now: z.enum(['answered', 'failed']),
      /** How the answers differ in form, or with which status the new one failed; no value of either. */
      detail: z.string().optional(),
    }),
  ),
  /** Why nothing was called. */
  skipped: z.string().optional(),
});
export type Canary = z.infer<typeof Canary>;

/** What one round of checks and tests found: an author gets it whole. */
export const RoundReport = z.strictObject({
  round: z.int().min(0),
  passed: z.boolean(),
  /** Why nothing could be made of the answer at all. */
  problem: z.string().optional(),
  diagnostics: z.array(Diagnostic),
  tests: z
    .strictObject({
      passed: z.int(),
      failures: z.array(z.strictObject({ file: z.string(), test: z.string(), message: z.string() })),
      /** What they ran in. */
      sandbox: z.string(),
      /** Share of the statements of written code that they ran, in percent; absent where there is none. */
      coverage: z.int().optional(),
      /** They ran in none, because a person said so. */
      unsafeLocal: z.literal(true).optional(),
    })
    .optional(),
  /** A version of the server was in use when its tests had passed. */
  replaces: z.literal(true).optional(),
  /** Of a new version of a server that is in use. */
  canary: Canary.optional(),
});
export type RoundReport = z.infer<typeof RoundReport>;

/** What a person sees before deciding; bound to `hash`. */
export const ApprovalSheet = z.strictObject({
  build: LoopId,
  server: ServerId,
  version: SemVer,
  title: z.string(),
  kind: LoopKind,
  /** Of every file of the package that will be installed. */
  hash: ContentHash,
  tools: z.array(z.strictObject({ name: z.string(), effect: Effect, description: z.string() })),
  hosts: z.array(z.string()),
  secrets: z.array(SecretSlot),
  config: z.array(ConfigSlot),
  /** Addresses at which it takes posts; absent: none. */
  hooks: z.array(HookSlot).optional(),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int() })),
  dependencies: z.array(z.string()),
  /** Against the installed version; absent for a new server. */
  changes: z.array(ServiceChange).optional(),
  warnings: z.array(Diagnostic),
  tests: z.strictObject({
    passed: z.int(),
    sandbox: z.string(),
    /** Percent of the statements of written code. */
    coverage: z.int().optional(),
    unsafeLocal: z.literal(true).optional(),
  }),
  /** Of a new version of a server that is in use. */
  canary: Canary.optional(),
  author: z.strictObject({
    kind: LoopAuthor,
    model: z.string().optional(),
    packs: z.array(z.string()),
    repairs: z.int(),
  }),
  /** Of the author's model. */
  cost: z.strictObject({ calls: z.int(), inputTokens: z.int(), outputTokens: z.int() }),
});
export type ApprovalSheet = z.infer<typeof ApprovalSheet>;

/** The word of a person on a sheet. A hash that is not the one at hand decides nothing. */
export const LoopDecision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  hash: ContentHash,
  via: z
    .string()
    .regex(/^[a-z][a-z -]{0,31}$/)
    .default('api'),
  /** Why, in their words; part of the audit log. */
  reason: z.string().trim().min(1).max(1_000).optional(),
});
export type LoopDecision = z.infer<typeof LoopDecision>;

/** One stage of a build as it went. */
export const LoopStep = z.strictObject({
  stage: LoopStage,
  round: z.int().min(0),
  state: z.enum(['running', 'done', 'failed', 'skipped']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** One sentence for a person. */
  detail: z.string().optional(),
});
export type LoopStep = z.infer<typeof LoopStep>;

/** A build, as lists and followers show it. */
export const LoopSummary = z.strictObject({
  id: LoopId,
  text: z.string(),
  author: LoopAuthor,
  state: LoopState,
  /** The stage that runs or ran last. */
  stage: LoopStage.optional(),
  waitsFor: z.enum(['author', 'approval', 'secrets']).optional(),
  server: ServerId.optional(),
  /** Who asked for it, and whose the server will be; absent: the owner of the hub. */
  person: z.string().optional(),
  /** Why it failed or stopped, and how to go on. */
  problem: z.string().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type LoopSummary = z.infer<typeof LoopSummary>;

/** Everything that is known of a build. */
export const LoopDetail = z.strictObject({
  ...LoopSummary.shape,
  order: LoopOrder,
  plan: LoopPlan.optional(),
  steps: z.array(LoopStep),
  report: RoundReport.optional(),
  /** Everything that its author was asked, and what that cost. */
  asked: z
    .array(
      z.strictObject({
        number: z.int(),
        pack: z.string(),
        /** Of the question; an estimate, at 4 characters a token. */
        tokens: z.int(),
        /** As the model counted. */
        usage: z.strictObject({ inputTokens: z.int(), outputTokens: z.int() }).optional(),
      }),
    )
    .default([]),
  /** What its author is asked now. */
  question: AuthorQuestion.optional(),
  sheet: ApprovalSheet.optional(),
  /** What was decided on the sheet, and by whom. */
  decision: z
    .strictObject({
      decision: LoopDecision.shape.decision,
      by: z.string(),
      at: z.iso.datetime(),
      reason: z.string().optional(),
    })
    .optional(),
  /** Where its drafts, reports and the candidate are kept. */
  folder: z.string(),
});
export type LoopDetail = z.infer<typeof LoopDetail>;
