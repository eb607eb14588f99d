import { z } from 'zod';

/** A mirror's name: a slug that stands in its URL and in the names of its tools. */
export const MirrorName = z
  .string()
  .max(32)
  .regex(
    /^[a-z0-9](?:-?[a-z0-9]+)*$/,
    'lower-case letters, digits and single dashes, such as "weather" or "my-api"',
  );

/**
 * Where a mirror's answers come from: `simulate` from the blueprint and its state; `record`, `pass` and `spy` from the
 * real service (kept in a recording; as it is; checked against the blueprint); `replay` from a recording; `hybrid` from
 * two of these; `live` from the tools of a server of the hub.
 */
export const MirrorMode = z.enum(['simulate', 'record', 'replay', 'pass', 'spy', 'hybrid', 'live']);
export type MirrorMode = z.infer<typeof MirrorMode>;

/** What `hybrid` mixes: a recorded answer where there is one, else simulated; or real reads and simulated writes. */
export const HybridKind = z.enum(['recorded-first', 'live-reads']);
export type HybridKind = z.infer<typeof HybridKind>;

/** Name of a recording: a file name without its ending. */
export const RecordingName = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9](?:[._-]?[a-z0-9]+)*$/i,
    'letters and digits, with single dots, dashes or underscores between',
  );

/** What of a request may differ from the recorded one it is answered with. */
export const ReplayMatching = z.strictObject({
  /** Query parameters that are not looked at, such as a timestamp. */
  ignoreQuery: z.array(z.string()).default([]),
  /** JSON pointers into the body whose values are not looked at. */
  ignoreBody: z.array(z.string().regex(/^(?:\/|$)/, 'a JSON pointer, such as /created')).default([]),
  body: z.enum(['exact', 'ignore']).default('exact'),
});
export type ReplayMatching = z.infer<typeof ReplayMatching>;

/** Bounds of what a mirror fetches from the real service. */
export const ServiceLimits = z.strictObject({
  /** Until the answer's headers. */
  timeoutMs: z.int().min(1).max(600_000).default(30_000),
  /** Largest answer passed on; a longer one is cut off. */
  maxBodyBytes: z
    .int()
    .min(1)
    .default(64 * 1024 * 1024),
  /** Largest body kept in a recording. */
  maxRecordedBytes: z
    .int()
    .min(1)
    .default(4 * 1024 * 1024),
  maxRedirects: z.int().min(0).max(20).default(5),
});
export type ServiceLimits = z.infer<typeof ServiceLimits>;

/** How one mirror answers; kept with it across restarts. */
export const MirrorSettings = z.strictObject({
  mode: MirrorMode.default('simulate'),
  hybrid: HybridKind.default('recorded-first'),
  /** Same seed, same made-up data and same luck of faults. */
  seed: z.int().default(1),
  /** Requests without a credential that the description asks for are answered 401. */
  strictAuth: z.boolean().default(false),
  /** Base address of the real service, instead of the description's first one; its host is allowed as well. */
  target: z.url({ protocol: /^https?$/ }).optional(),
  /**
   * Whose credentials reach the real service: the caller's own, or those of the hub's environment where a caller sends
   * none. With `environment` everyone who reaches the mirror acts as the owner.
   */
  credentials: z.enum(['caller', 'environment']).default('caller'),
  /** For `live`: the server of the hub whose tools answer; default: the built server whose mirror it is. */
  over: z.string().optional(),
  /** The recording that is written to, and replayed from; others are replayed after it. */
  recording: RecordingName.default('default'),
  match: ReplayMatching.prefault({}),
  limits: ServiceLimits.prefault({}),
  /** More names of headers, query parameters and members whose values are never written down. */
  redact: z.array(z.string()).default([]),
});
export type MirrorSettings = z.infer<typeof MirrorSettings>;
