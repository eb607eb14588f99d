import { z } from 'zod';
import { Omission } from '../blueprint/blueprint.ts';
import { ContentHash, SemVer, ServerId } from '../ids.ts';
import { ServiceChange } from './service-change.ts';

export const BuildStage = z.enum(['read', 'compile', 'write', 'bundle', 'check', 'install']);
export type BuildStage = z.infer<typeof BuildStage>;

/** What `hub build` answers. */
export const BuildReport = z.strictObject({
  id: ServerId,
  version: SemVer,
  source: z.string(),
  format: z.string(),
  blueprintHash: ContentHash,
  /** `planned`: a dry run, nothing was written. */
  outcome: z.enum(['installed', 'unchanged', 'planned']),
  directory: z.string(),
  operations: z.strictObject({ total: z.int(), built: z.int(), selected: z.int(), omitted: z.int() }),
  tools: z.array(z.string()),
  omitted: z.array(Omission),
  /** Against the version that was installed before; absent when there was none. */
  changes: z.array(ServiceChange).optional(),
  /** Bytes of the whole `tools/list` answer, and an estimate of its tokens (4 characters a token). */
  size: z.strictObject({ bytes: z.int(), tokens: z.int() }),
  /** Of a large or selected source: what it holds by tag or path, how much of it was built, and what that costs, or all of it where nothing was. */
  groups: z
    .array(
      z.strictObject({
        name: z.string(),
        kind: z.enum(['tag', 'path']),
        operations: z.int(),
        selected: z.int(),
        tokens: z.int(),
      }),
    )
    .optional(),
  secrets: z.array(z.string()),
  /** Where not all secrets are needed: the sets of them with any of which most tools can be called. */
  enough: z.array(z.array(z.string())).optional(),
  net: z.array(z.string()),
  durationMs: z.int(),
  /** True when the description was compiled by an earlier build and nothing that counts has changed since. */
  cached: z.boolean().optional(),
  /** Result of the check of the built program: handshake, tools equal to the manifest, one call against the mirror. */
  check: z
    .strictObject({
      toolsListed: z.int(),
      called: z.string().optional(),
      callOutcome: z.enum(['ok', 'error', 'skipped']),
      detail: z.string().optional(),
    })
    .optional(),
});
export type BuildReport = z.infer<typeof BuildReport>;

/** One side of `hub diff`: what a version of a service offers, and what its tool list costs a model. */
const ComparedSide = z.strictObject({
  source: z.string(),
  title: z.string(),
  version: z.string(),
  tools: z.int(),
  /** Estimate, at 4 characters a token. */
  tokens: z.int(),
});

/** What `hub diff` answers: breaking changes first. */
export const DiffReport = z.strictObject({
  before: ComparedSide,
  after: ComparedSide,
  changes: z.array(ServiceChange),
  /** How many of the changes break a caller. */
  breaking: z.int(),
  /** Tools that only their words set apart: a hub asks for approval of those too. */
  reworded: z.array(z.string()),
});
export type DiffReport = z.infer<typeof DiffReport>;
