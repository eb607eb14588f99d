import { JsonValue, hubError, type FlowRun, type ToolDefinition } from '@counterpart/schemas';
import { z } from 'zod';
import { parsePlain } from '../../kernel/protocol/exact-numbers.ts';
import type { AskableClient, ToolServer } from '../../kernel/tools/tool-server.ts';
import type { Flows } from '../flows.ts';

/** Name of the server that flows stand under: `flows__weekly-report`. */
export const FLOWS_ID = 'flows';

const ELICITATION = 'elicitation/create';
const SHOWN = 4_000;
const Inputs = z.record(z.string(), JsonValue);
const Decided = z.looseObject({
  action: z.literal('accept'),
  content: z.looseObject({ decision: z.enum(['approve', 'reject']) }),
});

export interface FlowServerOptions {
  readonly flows: Flows;
  /** Whether a person may decide in their client. */
  readonly mayDecide: () => boolean;
}

/** Flows as tools of an MCP server. */
export const flowServer = (
  definitions: readonly ToolDefinition[],
  options: FlowServerOptions,
): ToolServer => ({
  id: FLOWS_ID,
  tools: definitions,
  async run({ name, input }, signal, client) {
    const { flows } = options;
    const inputs = Inputs.safeParse(parsePlain(JSON.stringify(input ?? {})));
    if (!inputs.success) throw hubError('FLOW_INPUT', { name, detail: z.prettifyError(inputs.error) });
    const { id } = await flows.start(name, inputs.data);
    try {
      return told(await restWithClient(id, signal, client, options));
    } catch (cause) {
      // Whoever called has left, and nobody else knows of the run.
      if (signal.aborted) await flows.cancel(id).catch(() => undefined);
      throw cause;
    }
  },
});

/** Waits for a run, and asks the person at the client where it waits for one. */
async function restWithClient(
  id: string,
  signal: AbortSignal,
  client: AskableClient,
  { flows, mayDecide }: FlowServerOptions,
): Promise<FlowRun> {
  for (;;) {
    const run = await flows.rest(id, signal);
    if (run.state !== 'waiting' || !mayDecide() || !client.can(ELICITATION, {})) return run;
    const answer = Decided.safeParse(await client.ask(ELICITATION, question(run)));
    if (!answer.success) return run;
    await flows.decide(id, answer.data.content.decision);
  }
}

/** What waits for a person's word, a line each. */
export const waitingCalls = ({ steps }: FlowRun): string[] =>
  steps
    .filter(({ state }) => state === 'waiting')
    .map(({ tool = 'tools', input, output, pending }) => {
      const text = JSON.stringify(pending === undefined ? input : output);
      return `${tool} ${text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text}`;
    });

const question = (run: FlowRun) => ({
  message: `The flow ${run.flow} is about to change things:\n${waitingCalls(run).join('\n')}`,
  requestedSchema: {
    type: 'object',
    properties: {
      decision: { type: 'string', title: 'Shall it do this?', enum: ['approve', 'reject'] },
    },
    required: ['decision'],
  },
});

function told(run: FlowRun): object {
  const { id, flow, state, outputs = {}, problem } = run;
  if (state === 'done') return { run: id, state, outputs };
  if (state === 'waiting')
    return {
      run: id,
      state,
      waitsFor: waitingCalls(run),
      next: `A person has to decide: \`hub flow approve ${id}\` or \`hub flow reject ${id}\`. You cannot approve it yourself.`,
    };
  const detail = problem === undefined ? `it is ${state}.` : `${problem.message} ${problem.fix}`;
  throw hubError('FLOW_RUN_FAILED', { id, name: flow, detail });
}
