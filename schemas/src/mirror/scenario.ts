import { z } from 'zod';
import { JsonValue } from '../json.ts';

/** A text that must be equal; `*` stands for any part of it. */
const TextPattern = z.string().max(1_000);

/** Which requests a step answers: everything given must hold. */
export const ScenarioMatch = z.strictObject({
  /** Name of an operation of the blueprint. */
  operation: z.string().optional(),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'a method in upper case, such as GET')
    .optional(),
  /** `/orders/{id}`: a name in braces takes one segment, and can be used in the answer as `request.path.id`. */
  path: z.string().startsWith('/').optional(),
  query: z.record(z.string(), TextPattern).optional(),
  headers: z.record(z.string(), TextPattern).optional(),
  /** JSON that the body must hold; members it has beside these do not matter. */
  body: JsonValue.optional(),
});
export type ScenarioMatch = z.infer<typeof ScenarioMatch>;

/**
 * What is answered. Texts may hold `{{…}}`: `request.path.x`, `request.query.x`, `request.headers.x`, `request.body.x.y`,
 * `request.method`, `now`, `uuid`, `counter name`, `random 1 6`, `state.x`; with `| default "text"`, `| upper`,
 * `| lower`, `| json`. A text that is one such place takes its value, with its type.
 */
export const ScenarioAnswer = z.strictObject({
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  /** Sent as JSON. */
  json: JsonValue.optional(),
  /** Sent as it is. */
  text: z.string().max(1_000_000).optional(),
  delayMs: z.int().min(0).max(600_000).default(0),
});
export type ScenarioAnswer = z.infer<typeof ScenarioAnswer>;

export const ScenarioStep = z.strictObject({
  name: z.string().optional(),
  /** Holds only while the scenario is in this state; absent: in every state. */
  in: z.string().optional(),
  when: ScenarioMatch,
  answer: ScenarioAnswer,
  /** The state after this answer. */
  to: z.string().optional(),
  /** Answers so often, then the steps after it are looked at. */
  times: z.int().min(1).optional(),
});
export type ScenarioStep = z.infer<typeof ScenarioStep>;

/** A course of events that a mirror plays: the first step that fits answers; what no step fits is answered as ever. */
export const Scenario = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z0-9](?:-?[a-z0-9]+)*$/, 'lower-case letters, digits and single dashes'),
  description: z.string().optional(),
  /** The state it begins in. */
  start: z.string().default('start'),
  steps: z.array(ScenarioStep).min(1).max(1_000),
});
export type Scenario = z.infer<typeof Scenario>;

/** Where a scenario stands. */
export const ScenarioProgress = z.strictObject({
  state: z.string(),
  /** Answers given by each step, by its place in the list. */
  answered: z.array(z.int()),
});
export type ScenarioProgress = z.infer<typeof ScenarioProgress>;
