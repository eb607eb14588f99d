import { z } from 'zod';
import { Blueprint } from '../blueprint/blueprint.ts';
import { JsonValue } from '../json.ts';
import { ContractFinding } from './contract-diff.ts';
import { ActiveFault } from './fault.ts';
import { HarFile } from './recording.ts';
import { Scenario, ScenarioProgress } from './scenario.ts';
import { MirrorMode, MirrorName, MirrorSettings, RecordingName } from './settings.ts';

/** Bodies of `/api/mirrors`, shared by the hub's routes and the CLI. */

/** Settings that are changed; what is absent stays. */
export const MirrorChange = z.strictObject({
  mode: MirrorSettings.shape.mode.removeDefault().optional(),
  hybrid: MirrorSettings.shape.hybrid.removeDefault().optional(),
  seed: z.int().optional(),
  strictAuth: z.boolean().optional(),
  target: MirrorSettings.shape.target,
  credentials: z.enum(['caller', 'environment']).optional(),
  over: z.string().optional(),
  recording: RecordingName.optional(),
  match: MirrorSettings.shape.match.optional(),
  limits: MirrorSettings.shape.limits.optional(),
  redact: z.array(z.string()).optional(),
});
export type MirrorChange = z.infer<typeof MirrorChange>;

/** What a mirror is made from, and where it listens. One of `server`, `blueprint` and `settings.target` is needed for a new one. */
export const StartMirrorRequest = z.strictObject({
  name: MirrorName.optional(),
  /** Id of a built server whose service is mirrored. */
  server: z.string().optional(),
  blueprint: Blueprint.optional(),
  /** A port of its own; 0 takes a free one. Absent: only below `/mirror/<name>/`. */
  port: z.int().min(0).max(65_535).optional(),
  /** Offers its control tools at the hub's endpoint as the server `<name>-mirror`. */
  tools: z.boolean().optional(),
  settings: MirrorChange.optional(),
});
export type StartMirrorRequest = z.infer<typeof StartMirrorRequest>;

export const RecordingSummary = z.strictObject({
  name: z.string(),
  entries: z.int(),
  bytes: z.int(),
  /** Set when its end was damaged; what stands before it is used. */
  damaged: z.boolean().optional(),
});
export type RecordingSummary = z.infer<typeof RecordingSummary>;

export const MirrorSummary = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** Id of the server it belongs to; absent for a description given directly. */
  server: z.string().optional(),
  operations: z.int(),
  running: z.boolean(),
  mode: MirrorMode,
  /** Below the hub; absent where the hub is one command's own and gone with it. */
  url: z.string().optional(),
  /** Of its own port. */
  ownUrl: z.string().optional(),
  seed: z.int(),
  target: z.string().optional(),
  /** The hub's own credentials reach the real service for whoever asks this mirror; absent: the caller's alone do. */
  credentials: z.literal('environment').optional(),
  requests: z.int(),
  faults: z.int(),
  /** Name of the scenario that plays. */
  scenario: z.string().optional(),
  recordings: z.array(RecordingSummary),
  /** Id of the server that offers its control tools. */
  tools: z.string().optional(),
  /** Why it does not do all it should. */
  problem: z.string().optional(),
});
export type MirrorSummary = z.infer<typeof MirrorSummary>;

/** What was deleted of a mirror. */
export const DeletedMirror = z.strictObject({ name: z.string(), directory: z.string() });
export type DeletedMirror = z.infer<typeof DeletedMirror>;

export const MirrorList = z.strictObject({ mirrors: z.array(MirrorSummary) });
export type MirrorList = z.infer<typeof MirrorList>;

/** One answered request, without header values and bodies. */
export const MirrorRequestEntry = z.strictObject({
  at: z.string(),
  method: z.string(),
  path: z.string(),
  operation: z.string().optional(),
  status: z.int(),
  durationMs: z.number(),
  /** Who answered. */
  from: z.enum(['simulated', 'recorded', 'service', 'scenario', 'fault', 'refused']),
  problems: z.array(z.string()),
});
export type MirrorRequestEntry = z.infer<typeof MirrorRequestEntry>;

export const MirrorInspection = z.strictObject({
  ...MirrorSummary.shape,
  settings: MirrorSettings,
  activeFaults: z.array(ActiveFault),
  scenarios: z.array(z.string()),
  progress: ScenarioProgress.optional(),
  /** What the simulated service holds, as the engine tells it. */
  state: JsonValue,
  /** Newest last. */
  lastRequests: z.array(MirrorRequestEntry),
  /** What spying found. */
  findings: z.array(ContractFinding),
});
export type MirrorInspection = z.infer<typeof MirrorInspection>;

/** A message for everybody who listens to an operation of a mirror. */
export const PushMirrorRequest = z.strictObject({ operation: z.string(), message: JsonValue });
export type PushMirrorRequest = z.infer<typeof PushMirrorRequest>;

export const SeedMirrorRequest = z.strictObject({
  /** New seed for made-up data; absent: the one it has. */
  seed: z.int().optional(),
  /** Objects to put into collections, by the collection's name. */
  data: z.record(z.string(), z.array(z.record(z.string(), JsonValue))).optional(),
});
export type SeedMirrorRequest = z.infer<typeof SeedMirrorRequest>;

/** A scenario to keep, one to play, or `null` to play none. */
export const ScenarioRequest = z.strictObject({
  define: Scenario.optional(),
  play: z.string().nullable().optional(),
});
export type ScenarioRequest = z.infer<typeof ScenarioRequest>;

export const DiffMirrorRequest = z.strictObject({
  against: z.enum(['recording', 'service', 'spied']),
  /** Default: the mirror's own. */
  recording: RecordingName.optional(),
  /** Asks operations that change things, too. Never the default: they change the real service. */
  writes: z.boolean().optional(),
});
export type DiffMirrorRequest = z.infer<typeof DiffMirrorRequest>;

/** Puts recorded traffic into a recording of the mirror; redacted before it is written. */
export const ImportRecordingRequest = z.strictObject({ recording: RecordingName, har: HarFile });
export type ImportRecordingRequest = z.infer<typeof ImportRecordingRequest>;
