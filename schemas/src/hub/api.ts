import { z } from 'zod';
import { DefinitionNotice } from './approval.ts';
import { HealthRecord, HubEvent, ServerState, ServiceUse } from './event.ts';
import { HUB_ID, NOT_THE_HUB } from '../ids.ts';
import { ToolDefinition } from '../tool.ts';

/** Bodies of the admin API under `/api`, shared by the hub's routes and the CLI. */

export const ServerKind = z.enum(['built', 'command', 'remote']);

export const ServerSummary = z.strictObject({
  id: z.string(),
  kind: ServerKind,
  title: z.string().optional(),
  version: z.string().optional(),
  category: z.string().optional(),
  enabled: z.boolean(),
  /** Of a built server: it is started only as it was approved. */
  signed: z.boolean().optional(),
  state: ServerState,
  /** Tools are listed from a snapshot while the server cannot be reached. */
  stale: z.boolean(),
  /** It has said what it offers, now or in an earlier run. */
  listed: z.boolean(),
  tools: z.int(),
  /** Tools that are left out until somebody approves them: `hub approve <id>`. */
  awaitingApproval: z.int(),
  prefix: z.string(),
  target: z.enum(['live', 'mirror']).optional(),
  pid: z.int().optional(),
  /** Processes or connections beside the shared one that serve one session or one call each. */
  instances: z.int(),
  /** Proportional set size in bytes (`/proc/<pid>/smaps_rollup`), of all its processes. */
  pssBytes: z.int().optional(),
  restarts: z.int(),
  /** Era of the protocol the server speaks, once known. */
  era: z.enum(['modern', 'legacy']).optional(),
  /** The last failure, in words. */
  problem: z.string().optional(),
  missingSecrets: z.array(z.string()),
});
export type ServerSummary = z.infer<typeof ServerSummary>;

/** A recording of what a server asks; `full`: it holds as much as one may. */
export const RecordingState = z.strictObject({
  state: z.enum(['running', 'stopped', 'full']),
  startedAt: z.iso.datetime(),
  entries: z.int(),
  bytes: z.int(),
});
export type RecordingState = z.infer<typeof RecordingState>;

export const RecordRequest = z.strictObject({ action: z.enum(['start', 'stop']) });
export type RecordRequest = z.infer<typeof RecordRequest>;

export const ServerDetail = z.strictObject({
  ...ServerSummary.shape,
  directory: z.string().optional(),
  command: z.array(z.string()).optional(),
  url: z.string().optional(),
  description: z.string().optional(),
  toolNames: z.array(z.string()),
  /** What a person should read in the definitions of its tools. */
  notices: z.array(z.strictObject({ tool: z.string(), ...DefinitionNotice.shape })),
  health: z.array(HealthRecord),
  /** Where it runs, where that is not as a process of this user. */
  walls: z.literal('sandbox').optional(),
  uses: z.array(ServiceUse).optional(),
  recording: RecordingState.optional(),
  /** Newest last. */
  stderr: z.array(z.string()),
});
export type ServerDetail = z.infer<typeof ServerDetail>;

export const LeftOut = z.strictObject({
  server: z.string(),
  kind: z.enum(['tool', 'prompt', 'resource', 'resourceTemplate', 'instructions']),
  /** The server's own name of it. */
  name: z.string(),
  code: z.enum(['NAME_COLLISION', 'TOOL_INVALID', 'TOOL_QUARANTINED']),
  detail: z.string(),
});
/** Something of a server that is not offered, and why. */
export type LeftOut = z.infer<typeof LeftOut>;

export const Misnamed = z.strictObject({
  /** Path in hub.config.json. */
  setting: z.string(),
  detail: z.string(),
  fix: z.string(),
});
/** A setting that names what is not there, or what is something else already. */
export type Misnamed = z.infer<typeof Misnamed>;

export const HubStatus = z.strictObject({
  version: z.string(),
  pid: z.int(),
  url: z.string(),
  home: z.string(),
  startedAt: z.iso.datetime(),
  ready: z.boolean(),
  servers: z.array(ServerSummary),
  /** What the hub itself offers as a server does: flows, prompt templates, the builder, the controls of mirrors. */
  ownServers: z.array(z.strictObject({ id: z.string(), tools: z.int(), prompts: z.int() })),
  /** Processes that wait to become a server, and the memory they take (PSS). */
  spares: z.strictObject({ count: z.int(), pssBytes: z.int() }),
  tools: z.int(),
  /** Selections that have an endpoint of their own. */
  profiles: z.array(
    z.strictObject({
      name: z.string(),
      url: z.string(),
      mode: z.string(),
      /** That can be called there, listed or found by search. */
      tools: z.int(),
    }),
  ),
  config: z.strictObject({
    file: z.string(),
    /** Why the file as it stands is not in use. */
    problem: z.string().optional(),
    /** What was changed on reading that the file's author should know. */
    notes: z.array(z.string()),
    /** Settings that were changed and take effect only after a restart. */
    needsRestart: z.array(z.string()),
  }),
  /** The key that versions of servers are signed with: its id and its public half (Ed25519, SPKI DER in base64). */
  signingKey: z.strictObject({ id: z.string(), publicKey: z.string() }).optional(),
  /** Servers that cannot be served as they stand, by id or folder. */
  problems: z.array(
    z.strictObject({ server: z.string(), code: z.string(), detail: z.string(), fix: z.string() }),
  ),
  /** What servers list and the hub does not offer, and why. */
  leftOut: z.array(LeftOut),
  misnamed: z.array(Misnamed),
});
export type HubStatus = z.infer<typeof HubStatus>;

export const CallRequest = z.strictObject({
  tool: z.string(),
  arguments: z.record(z.string(), z.json()).default({}),
  timeoutMs: z.int().min(1).optional(),
});
export type CallRequest = z.infer<typeof CallRequest>;

/** The `result` of a `tools/call`, as the server gave it. */
export const CallResponse = z.looseObject({ isError: z.boolean().optional() });

export const ToolEntry = z.strictObject({
  /** Name in the hub. */
  name: z.string(),
  server: z.string(),
  definition: ToolDefinition,
});
export type ToolEntry = z.infer<typeof ToolEntry>;

/** `GET /api/settings`: the configuration in use; values that may be secrets are masked. */
export const Settings = z.strictObject({
  settings: z.record(z.string(), z.unknown()),
  needsRestart: z.array(z.string()).describe('Settings that differ from those the hub was started with.'),
  problem: z.string().optional().describe('Why the file, as it stands, is not in use.'),
});
export type Settings = z.infer<typeof Settings>;

/** A tool of a server, whether it is offered or left out by the configuration. */
export const ToolState = z.strictObject({
  /** Name in the hub. */
  name: z.string(),
  server: z.string(),
  /** The server's own name of it. */
  tool: z.string(),
  effect: z.enum(['read', 'write', 'destructive']),
  enabled: z.boolean(),
});
export type ToolState = z.infer<typeof ToolState>;

export const AddServerRequest = z.strictObject({
  name: z.string().refine((name) => name !== HUB_ID, NOT_THE_HUB),
  entry: z.json(),
  replace: z.boolean().optional(),
});
export type AddServerRequest = z.infer<typeof AddServerRequest>;

export const Problem = z.strictObject({
  /** A code of the error catalogue. */
  code: z.string(),
  title: z.string(),
  status: z.int(),
  /** What was being done and what was found. */
  detail: z.string(),
  /** What to try next. */
  fix: z.string(),
  docs: z.string(),
  /** Path of the request. */
  instance: z.string().optional(),
  params: z.record(z.string(), z.json()).optional(),
});
export type Problem = z.infer<typeof Problem>;

export const EventPage = z.strictObject({ events: z.array(HubEvent) });
