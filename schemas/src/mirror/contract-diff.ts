import { z } from 'zod';

/** In what a service and its description differ. */
export const ContractFindingKind = z.enum([
  /** An answer that its schema does not allow. */
  'response-breach',
  'missing-required',
  /** A member that the description does not name. */
  'unknown-field',
  'undocumented-status',
  'undocumented-media-type',
  'undocumented-endpoint',
  /** A request that breaks the description and was taken all the same. */
  'request-breach',
  /** The service cannot be asked. */
  'unreachable',
]);
export type ContractFindingKind = z.infer<typeof ContractFindingKind>;

/** One difference, with all places of its kind together. */
export const ContractFinding = z.strictObject({
  kind: ContractFindingKind,
  /** Absent when no operation has this method and path. */
  operation: z.string().optional(),
  method: z.string(),
  /** The template of the operation, else the path as it was asked for. */
  path: z.string(),
  status: z.int().optional(),
  /** Such as `response body /items/[]/name`; `[]` stands for every item. */
  place: z.string(),
  message: z.string(),
  expected: z.string().optional(),
  found: z.string().optional(),
  /** Exchanges in which it was seen. */
  count: z.int(),
  /** The first of them, from 0. */
  exchange: z.int(),
});
export type ContractFinding = z.infer<typeof ContractFinding>;

/** What a contract diff found. */
export const ContractDiff = z.strictObject({
  against: z.enum(['recording', 'service', 'spied']),
  /** Name of the recording, or the service's base address. */
  subject: z.string(),
  /** True when nothing differs. */
  agrees: z.boolean(),
  exchanges: z.int(),
  operations: z.strictObject({
    total: z.int(),
    exercised: z.int(),
    /** Operations that nothing is known of, and why. */
    unexercised: z.array(z.strictObject({ operation: z.string(), reason: z.string() })),
  }),
  findings: z.array(ContractFinding),
});
export type ContractDiff = z.infer<typeof ContractDiff>;
