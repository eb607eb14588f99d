import { z } from 'zod';

/** What callers of a tool notice when its server is built anew from another version of the description. */
export const ServiceChange = z.strictObject({
  kind: z.enum(['added', 'removed', 'renamed', 'changed']),
  tool: z.string(),
  /** True when a call that was right may be refused, or an answer may lack what it had. */
  breaking: z.boolean(),
  /** In words: the operation, or each difference with its place. */
  details: z.array(z.string()),
});
export type ServiceChange = z.infer<typeof ServiceChange>;
