import { z } from 'zod';
import { LoopId } from './loop.ts';

/** Bodies of `/api/reviews`: pages on which a person looks at what waits for a decision, and decides. */

/** What the page is opened at; neither: the list of all that waits. */
export const OpenReviewRequest = z.strictObject({
  build: LoopId.optional(),
  /** A server of which definitions changed. */
  server: z.string().min(1).max(200).optional(),
});
export type OpenReviewRequest = z.infer<typeof OpenReviewRequest>;

/** Whoever has the address may decide, until its time is over. */
export const ReviewLink = z.strictObject({ url: z.string(), expiresAt: z.iso.datetime() });
export type ReviewLink = z.infer<typeof ReviewLink>;
