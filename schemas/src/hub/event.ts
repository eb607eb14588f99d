import { z } from 'zod';
import { ContentHash, TraceId } from '../ids.ts';
import { ToolChange } from './approval.ts';
import { FlowRunState } from '../flows/run-state.ts';
import { LoopId, LoopStage, LoopState } from '../builds/loop.ts';

/** State of a supervised process. */
export const ServerState = z.enum([
  'stopped',
  'starting',
  'ready',
  'degraded',
  'backoff',
  'quarantined',
  'stopping',
]);
export type ServerState = z.infer<typeof ServerState>;

export const HealthRecord = z.strictObject({
  at: z.iso.datetime(),
  state: ServerState,
  detail: z.string().optional(),
});
export type HealthRecord = z.infer<typeof HealthRecord>;

/** What a server inside walls asked of one host since it was started there. */
export const ServiceUse = z.strictObject({
  host: z.string(),
  requests: z.int(),
  /** By group of status, such as `2xx`; `none`: without an answer. */
  answers: z.record(z.string(), z.int()),
  bytesOut: z.int(),
  bytesIn: z.int(),
  totalMs: z.number(),
  slowestMs: z.number(),
});
export type ServiceUse = z.infer<typeof ServiceUse>;

const base = { id: z.int(), at: z.iso.datetime() };

/** What the hub tells followers: names are noun-verb. */
export const HubEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    ...base,
    kind: z.literal('server-state'),
    server: z.string(),
    state: ServerState,
    detail: z.string().optional(),
  }),
  z.strictObject({ ...base, kind: z.literal('server-added'), server: z.string() }),
  z.strictObject({ ...base, kind: z.literal('server-changed'), server: z.string() }),
  z.strictObject({ ...base, kind: z.literal('server-removed'), server: z.string() }),
  z.strictObject({
    ...base,
    kind: z.literal('tool-quarantined'),
    server: z.string(),
    tool: z.string(),
    change: ToolChange,
    hash: ContentHash,
  }),
  z.strictObject({
    ...base,
    kind: z.literal('tool-approved'),
    server: z.string(),
    tool: z.string(),
    hash: ContentHash,
    by: z.string(),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('tool-rejected'),
    server: z.string(),
    tool: z.string(),
    hash: ContentHash,
    by: z.string(),
  }),
  /** A service failed so often that the broker lets no request through for a while. */
  z.strictObject({
    ...base,
    kind: z.literal('circuit-opened'),
    server: z.string(),
    host: z.string(),
    until: z.iso.datetime(),
    /** In a row, this one included. */
    pauses: z.int(),
  }),
  z.strictObject({ ...base, kind: z.literal('circuit-closed'), server: z.string(), host: z.string() }),
  z.strictObject({ ...base, kind: z.literal('server-disabled'), server: z.string(), detail: z.string() }),
  /** What a server asked of a host through the broker since the last such event. */
  z.strictObject({
    ...base,
    kind: z.literal('service-used'),
    server: z.string(),
    ...ServiceUse.shape,
  }),
  z.strictObject({
    ...base,
    kind: z.literal('build-changed'),
    build: LoopId,
    trace: TraceId.optional(),
    state: LoopState,
    stage: LoopStage.optional(),
    round: z.int().optional(),
    waitsFor: z.enum(['author', 'approval', 'secrets']).optional(),
    server: z.string().optional(),
    detail: z.string().optional(),
  }),
  z.strictObject({
    ...base,
    kind: z.literal('flow-changed'),
    run: z.string(),
    flow: z.string(),
    state: FlowRunState,
    /** What was done, or waits. */
    node: z.string().optional(),
  }),
  /** A service is no longer as its server knows it; `build` waits, or will wait, for a decision. */
  z.strictObject({
    ...base,
    kind: z.literal('drift-found'),
    server: z.string(),
    detail: z.string(),
    build: LoopId.optional(),
  }),
  /** Another program posted something for a server. */
  z.strictObject({
    ...base,
    kind: z.literal('hook-received'),
    server: z.string(),
    hook: z.string(),
    bytes: z.int(),
  }),
  z.strictObject({ ...base, kind: z.literal('catalog-changed'), tools: z.int() }),
  z.strictObject({ ...base, kind: z.literal('config-loaded') }),
  z.strictObject({ ...base, kind: z.literal('config-rejected'), problem: z.string() }),
]);
export type HubEvent = z.infer<typeof HubEvent>;
