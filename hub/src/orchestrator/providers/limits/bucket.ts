/** Tokens of a bucket that is filled steadily, as a value (the token-bucket algorithm). `at`: when `tokens` were counted. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** How large a bucket is and how fast it fills. */
export interface BucketRate {
  readonly capacity: number;
  readonly perMs: number;
}

/** So much of a minute may be used at once. */
const BURST = 0.1;

/** The bucket of so many questions a minute: a tenth of them may come at once. */
export const rateOf = (requestsPerMinute: number): BucketRate => ({
  capacity: Math.max(1, Math.ceil(requestsPerMinute * BURST)),
  perMs: requestsPerMinute / 60_000,
});

export const fullBucket = ({ capacity }: BucketRate, now: number): Bucket => ({ tokens: capacity, at: now });

/**
 * Takes one token, also one that is not there yet: `waitMs` says how long until it is. Whoever comes next waits longer, so that
 * nobody overtakes.
 */
export function take(
  bucket: Bucket,
  { capacity, perMs }: BucketRate,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const filled = Math.min(capacity, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
  const tokens = filled - 1;
  return { bucket: { tokens, at: now }, waitMs: tokens >= 0 ? 0 : Math.ceil(-tokens / perMs) };
}

/** Gives back a token that was taken and not used. */
export const giveBack = (bucket: Bucket, { capacity }: BucketRate): Bucket => ({
  ...bucket,
  tokens: Math.min(capacity, bucket.tokens + 1),
});
