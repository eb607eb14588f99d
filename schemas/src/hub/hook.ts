import { z } from 'zod';

/** A hook as its owner sees it. Its address holds its token: whoever has it can post. */
export const HookSummary = z.strictObject({
  server: z.string(),
  name: z.string(),
  description: z.string().optional(),
  url: z.string(),
  /** Sent as `Authorization: Bearer`, where the token should not stand in an address. */
  token: z.string(),
  /** Where posts are kept. */
  folder: z.string(),
  bytes: z.int(),
  lastAt: z.iso.datetime().optional(),
});
export type HookSummary = z.infer<typeof HookSummary>;

/** What a program that posted is told. */
export const HookReceipt = z.strictObject({ kept: z.literal(true), bytes: z.int() });
export type HookReceipt = z.infer<typeof HookReceipt>;
