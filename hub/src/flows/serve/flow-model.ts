import {
  JsonValue,
  hubError,
  toCounterpartError,
  type FlowRun,
  type FlowSummary,
  type Json,
} from '@counterpart/schemas';
import { z } from 'zod';
import { parsePlain } from '../../kernel/protocol/exact-numbers.ts';
import type { ChatItem, Orchestrator, RunEvent, RunRequest } from '../../kernel/ports.ts';
import { said } from '../../orchestrator/loop/prompt.ts';
import { textOf } from '../../orchestrator/understanding/text-of.ts';
import type { Flows } from '../flows.ts';
import { waitingCalls } from './flow-server.ts';

/** Under which a flow is asked for as a model. */
export const FLOW_MODEL = 'flow/';

const Members = z.record(z.string(), JsonValue);

/** An orchestrator whose models are also flows: the last thing that was said is what a flow is given. */
export function withFlowModels(orchestrator: Orchestrator, flows: () => Promise<Flows>): Orchestrator {
  return {
    run: (request, signal) =>
      request.model.startsWith(FLOW_MODEL)
        ? answerByFlow(request, flows, signal)
        : orchestrator.run(request, signal),
    pending: (principal) => orchestrator.pending(principal),
    decide: (id, decision, signal, principal) => orchestrator.decide(id, decision, signal, principal),
  };
}

async function* answerByFlow(
  { model, items }: RunRequest,
  open: () => Promise<Flows>,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  const name = model.slice(FLOW_MODEL.length);
  let run: FlowRun | undefined;
  try {
    const flows = await open();
    const inputs = inputsOf(await flows.show(name), items);
    const { id } = await flows.start(name, inputs);
    run = await flows.rest(id, signal);
    if (run.state === 'failed' || run.state === 'cancelled')
      throw hubError('FLOW_RUN_FAILED', { id, name, detail: run.problem?.message ?? `it is ${run.state}.` });
    yield* ended(model, run, answerText(run));
  } catch (thrown) {
    signal.throwIfAborted();
    const problem = toCounterpartError(thrown);
    yield* ended(model, run, problem.words, problem);
  }
}

function* ended(
  model: string,
  run: FlowRun | undefined,
  text: string,
  problem?: ReturnType<typeof toCounterpartError>,
): Generator<RunEvent> {
  const sum = (of: 'inputTokens' | 'outputTokens'): number =>
    (run?.steps ?? []).reduce((total, step) => total + step[of], 0);
  yield { type: 'text', delta: text };
  yield {
    type: 'end',
    finish: 'stop',
    usage: { input: sum('inputTokens'), output: sum('outputTokens') },
    costUsd: run?.costUsd ?? 0,
    model,
    rounds: 1,
    items: [said('assistant', text)],
    problem,
  };
}

/** One output is the answer; several are shown as JSON. */
function answerText(run: FlowRun): string {
  const { id, state, outputs = {} } = run;
  if (state === 'waiting')
    return `This changes things, and waits for a decision:\n${waitingCalls(run).join('\n')}\n\`hub flow approve ${id}\` or \`hub flow reject ${id}\`.`;
  const [only, ...more] = Object.values(outputs);
  if (only !== undefined && more.length === 0)
    return typeof only === 'string' ? only : JSON.stringify(only, undefined, 2);
  return JSON.stringify(outputs, undefined, 2);
}

/** A JSON object is the inputs; any other text is the one input that takes text. Throws FLOW_INPUT. */
export function inputsOf(
  { name, inputs: schema = {} }: FlowSummary,
  items: readonly ChatItem[],
): Record<string, Json> {
  const last = items.findLast((item) => item.type === 'message' && item.role === 'user');
  const text = last === undefined ? '' : textOf(last).trim();
  const object = objectIn(text);
  if (object !== undefined) return object;
  const properties = Object.keys(Members.safeParse(schema['properties']).data ?? {});
  const required = z.array(z.string()).safeParse(schema['required']).data ?? [];
  const [first, ...others] = required.length > 0 ? required : properties;
  if (first === undefined) return {};
  if (others.length > 0)
    throw hubError('FLOW_INPUT', {
      name,
      detail: `it has several inputs (${[first, ...others].join(', ')}): say them as a JSON object.`,
    });
  return { [first]: text };
}

function objectIn(text: string): Record<string, Json> | undefined {
  try {
    return Members.safeParse(parsePlain(text)).data;
  } catch {
    return undefined;
  }
}
