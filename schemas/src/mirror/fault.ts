import { z } from 'zod';
import { JsonValue } from '../json.ts';

const common = {
  /** Names it in lists; made up when absent. */
  id: z
    .string()
    .max(64)
    .regex(/^[a-z0-9](?:-?[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes')
    .optional(),
  /** Names of operations it strikes; absent: every request. */
  operations: z.array(z.string()).min(1).optional(),
  /** Share of calls it strikes, decided by the mirror's seed. */
  rate: z.number().min(0).max(1).default(1),
  /** Strikes so often, then it is over; absent: until it is cleared. */
  times: z.int().min(1).optional(),
};

/** Longest time a fault may keep a request, in milliseconds. */
const MAX_WAIT_MS = 600_000;

/** A way in which a mirror misbehaves on request. */
export const Fault = z.discriminatedUnion('kind', [
  /** 429 with Retry-After, in the description's own form of an error, once `limit` calls came within `windowMs`. */
  z.strictObject({
    kind: z.literal('rate-limit'),
    ...common,
    limit: z.int().min(0).default(0),
    windowMs: z.int().min(1).default(60_000),
    /** Seconds; absent: until the window ends. */
    retryAfterS: z.int().min(0).optional(),
  }),
  /** Answers late: `ms`, and up to `jitterMs` more. */
  z.strictObject({
    kind: z.literal('latency'),
    ...common,
    ms: z.int().min(0).max(MAX_WAIT_MS),
    jitterMs: z.int().min(0).max(MAX_WAIT_MS).default(0),
    /** Of the jitter; `normal` and `exponential` have `jitterMs` as their deviation and mean. */
    distribution: z.enum(['uniform', 'normal', 'exponential']).default('uniform'),
  }),
  /** An error answer, in the description's own form when it has one and no `body` is given. */
  z.strictObject({
    kind: z.literal('error'),
    ...common,
    status: z.int().min(400).max(599).default(500),
    headers: z.record(z.string(), z.string()).optional(),
    body: JsonValue.optional(),
  }),
  /** No answer at all for `ms`; then the connection is dropped. */
  z.strictObject({ kind: z.literal('hang'), ...common, ms: z.int().min(1).max(MAX_WAIT_MS).default(60_000) }),
  /** The connection is reset before an answer. */
  z.strictObject({ kind: z.literal('reset'), ...common }),
  /** The body breaks off after this share of its bytes, and the connection with it. */
  z.strictObject({ kind: z.literal('truncate'), ...common, share: z.number().min(0).max(1).default(0.5) }),
  /** A whole body that is not what its type says. */
  z.strictObject({ kind: z.literal('malformed'), ...common }),
  /** The body trickles. */
  z.strictObject({
    kind: z.literal('drip'),
    ...common,
    bytesPerSecond: z.int().min(1).default(64),
  }),
]);
export type Fault = z.infer<typeof Fault>;

/** A fault in force, and how often it struck. */
export const ActiveFault = z.strictObject({
  id: z.string(),
  fault: Fault,
  struck: z.int(),
  /** Strikes left; absent: no end. */
  left: z.int().optional(),
});
export type ActiveFault = z.infer<typeof ActiveFault>;
