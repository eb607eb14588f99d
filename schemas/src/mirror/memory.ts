import { z } from 'zod';
import { Blueprint } from '../blueprint/blueprint.ts';
import { JsonValue } from '../json.ts';
import { ActiveFault } from './fault.ts';
import { HarFile } from './recording.ts';
import { Scenario, ScenarioProgress } from './scenario.ts';
import { MirrorSettings } from './settings.ts';

/** What a mirror remembers across restarts. */
export const MirrorMemory = z.strictObject({
  memory: z.literal(1),
  /** A snapshot of the simulated service, as the engine made it; absent: nothing happened yet. */
  state: JsonValue.optional(),
  faults: z.array(ActiveFault),
  /** Name of the scenario that plays. */
  playing: z.string().optional(),
  progress: ScenarioProgress.optional(),
});
export type MirrorMemory = z.infer<typeof MirrorMemory>;

/** All that a mirror is made of, for one that runs alone; nothing of it is secret. */
export const MirrorParts = z.strictObject({
  name: z.string(),
  blueprint: Blueprint,
  settings: MirrorSettings,
  memory: MirrorMemory,
  scenarios: z.record(z.string(), Scenario),
  recordings: z.record(z.string(), HarFile),
});
export type MirrorParts = z.infer<typeof MirrorParts>;
