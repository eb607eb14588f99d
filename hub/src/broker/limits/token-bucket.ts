const MINUTE_MS = 60_000;

/** What is left of an allowance, and since when. */
export interface Bucket {
  readonly tokens: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A full allowance. */
export const fullBucket = (perMinute: number, now: number): Bucket => ({ tokens: perMinute, at: now });

/**
 * Takes one of so many requests a minute; they come back evenly. `waitMs` 0: taken; otherwise until the next one. Pure.
 */
export function takeToken(
  { tokens, at }: Bucket,
  perMinute: number,
  now: number,
): { readonly bucket: Bucket; readonly waitMs: number } {
  const grown = Math.min(perMinute, tokens + ((now - at) * perMinute) / MINUTE_MS);
  const bucket = { tokens: grown, at: now };
  if (grown >= 1) return { bucket: { ...bucket, tokens: grown - 1 }, waitMs: 0 };
  return { bucket, waitMs: Math.ceil(((1 - grown) * MINUTE_MS) / perMinute) };
}
