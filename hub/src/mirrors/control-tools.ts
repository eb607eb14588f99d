import { hubError, type ToolDefinition } from '@counterpart/schemas';
import { Scenario } from '@counterpart/schemas/mirror/scenario';
import { Fault } from '@counterpart/schemas/mirror/fault';
import { z } from 'zod';
import type { JsonMembers } from '../kernel/ports.ts';
import type { MirrorControl } from './control.ts';

/** The tools of one mirror: what a tester, or an agent in its place, does with a simulated service. */

interface ControlTool {
  readonly definition: ToolDefinition;
  run(control: MirrorControl, input: unknown, signal: AbortSignal): Promise<unknown>;
}

interface ToolText<Schema extends z.ZodType> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  readonly annotations: JsonMembers;
  run(control: MirrorControl, input: z.output<Schema>, signal: AbortSignal): Promise<unknown>;
}

function controlTool<Schema extends z.ZodType>(text: ToolText<Schema>): ControlTool {
  const { name, title, description, input, annotations } = text;
  const { $schema: _, ...inputSchema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return {
    definition: { name, title, description, inputSchema: { ...inputSchema, type: 'object' }, annotations },
    async run(control, given, signal) {
      const parsed = input.safeParse(given ?? {});
      if (!parsed.success)
        throw hubError('INPUT_INVALID', { subject: name, detail: z.prettifyError(parsed.error) });
      return text.run(control, parsed.data, signal);
    },
  };
}

const Row = z.record(z.string(), z.json());

/** Flat, because models fill one object better than one of eight; `Fault` says what fits together. */
const InjectInput = z.strictObject({
  kind: z
    .enum(['rate-limit', 'latency', 'error', 'hang', 'reset', 'truncate', 'malformed', 'drip'])
    .optional()
    .describe('What goes wrong. Left out only with `clear`.'),
  operations: z.array(z.string()).optional().describe('Operations it strikes; all when left out.'),
  rate: z.number().min(0).max(1).optional().describe('Share of calls it strikes, 0 to 1; default 1.'),
  times: z.int().min(1).optional().describe('Strikes so often, then ends; without it until cleared.'),
  ms: z.int().optional().describe('latency, hang: milliseconds.'),
  jitterMs: z.int().optional().describe('latency: up to so many milliseconds more.'),
  status: z.int().optional().describe('error: the HTTP status, 400 to 599; default 500.'),
  limit: z.int().optional().describe('rate-limit: calls let through in each window; default 0.'),
  windowMs: z.int().optional().describe('rate-limit: the window in milliseconds; default 60000.'),
  retryAfterS: z.int().optional().describe('rate-limit: seconds in the Retry-After header.'),
  share: z.number().optional().describe('truncate: share of the body that is sent, 0 to 1; default 0.5.'),
  bytesPerSecond: z.int().optional().describe('drip: how fast the body comes; default 64.'),
  clear: z.string().optional().describe('Instead of injecting: the id of a fault to end, or `all`.'),
});

const TOOLS: readonly ControlTool[] = [
  controlTool({
    name: 'mirror_inspect',
    title: 'Look into the mirror',
    description:
      'Shows what the simulated service holds, how it answers, which faults are in force, and the last requests it got.',
    input: z.strictObject({
      requests: z.int().min(0).max(100).default(20).describe('How many of the last requests to show.'),
    }),
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    async run(control, { requests }) {
      const inspection = await control.inspect();
      return { ...inspection, lastRequests: requests === 0 ? [] : inspection.lastRequests.slice(-requests) };
    },
  }),
  controlTool({
    name: 'mirror_seed',
    title: 'Put data into the mirror',
    description:
      'Puts things into collections of the simulated service, or takes another seed for its made-up data, which starts it afresh.',
    input: z.strictObject({
      data: z
        .record(z.string(), z.array(Row))
        .optional()
        .describe('Things by collection, such as {"pets":[{"id":1,"name":"Rex"}]}.'),
      seed: z.int().optional().describe('Another seed: everything is made up anew.'),
    }),
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    run: (control, input) => control.seed(input),
  }),
  controlTool({
    name: 'mirror_reset',
    title: 'Start the mirror afresh',
    description:
      'Forgets everything that was created, changed and recorded as asked in the simulated service. Faults stay.',
    input: z.strictObject({}),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    run: (control) => control.reset(),
  }),
  controlTool({
    name: 'mirror_inject',
    title: 'Make the mirror misbehave',
    description:
      'Injects a fault: rate limits, late or missing answers, errors, dropped connections, broken or slow bodies. Or ends one.',
    input: InjectInput,
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    async run(control, { clear, ...given }) {
      if (clear !== undefined) return control.clearFaults(clear === 'all' ? undefined : clear);
      const fault = Fault.safeParse(given);
      if (fault.success) return control.inject(fault.data);
      throw hubError('INPUT_INVALID', { subject: 'mirror_inject', detail: z.prettifyError(fault.error) });
    },
  }),
  controlTool({
    name: 'mirror_push',
    title: 'Say something to listeners',
    description:
      'Sends a message to everybody who listens now to an operation of the simulated service: over a WebSocket, or as a server-sent event.',
    input: z.strictObject({
      operation: z.string().describe('The operation that is listened to.'),
      message: z.json().describe('A text is sent as it is, anything else as JSON.'),
    }),
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    run: (control, input) => control.push(input),
  }),
  controlTool({
    name: 'mirror_scenario',
    title: 'Play a scenario',
    description:
      'Keeps a scenario (steps that answer certain requests in a set order) and plays it, plays a kept one, or plays none.',
    input: z.strictObject({
      define: Scenario.optional().describe('A scenario to keep; one of the same name is replaced.'),
      play: z.string().nullable().optional().describe('Name of the scenario to play; null: none.'),
    }),
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    run: (control, input) => control.scenario(input),
  }),
  controlTool({
    name: 'mirror_diff',
    title: 'Compare service and description',
    description:
      'Reports where a recording, the spied traffic, or the real service itself differs from the description: unknown fields, missing ones, undocumented statuses. The real service is only read.',
    input: z.strictObject({
      against: z.enum(['recording', 'service', 'spied']).default('recording'),
      recording: z.string().optional().describe('Name of the recording; default: the mirror’s own.'),
    }),
    annotations: { readOnlyHint: true, openWorldHint: true },
    run: (control, input, signal) => control.diff(input, signal),
  }),
];

/** Definitions of the tools, the same for every mirror. */
export const controlDefinitions: readonly ToolDefinition[] = TOOLS.map(({ definition }) => definition);

/** Runs one of the tools; rejects with TOOL_UNKNOWN and INPUT_INVALID beside what the mirror says. */
export async function runControlTool(
  control: MirrorControl,
  { name, input }: { readonly name: string; readonly input: unknown },
  signal: AbortSignal,
): Promise<unknown> {
  const tool = TOOLS.find(({ definition }) => definition.name === name);
  if (!tool) throw hubError('TOOL_UNKNOWN', { tool: name, suggestion: '' });
  return tool.run(control, input, signal);
}
