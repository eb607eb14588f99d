import {
  hubError,
  toCounterpartError,
  type FlowRun,
  type FlowRunState,
  type Json,
} from '@counterpart/schemas';
import type { DurableSteps } from '../../kernel/ports.ts';
import { readFlow, type RunnableFlow } from '../document/read-flow.ts';
import { resolve } from '../expression/evaluate.ts';
import type { FlowRoom } from '../room.ts';
import { failureOf, FlowWork, type Ending } from './flow-work.ts';
import { scopeOf, type TemplateOf } from './prepare.ts';
import { hasEnded, type FlowRecords, type RunRecord } from './records.ts';
import { problemOf, RunState } from './run-state.ts';

export interface EngineWorkOptions {
  readonly room: FlowRoom;
  readonly records: FlowRecords;
}

/**
 * A run as the durable engine keeps it going: stretches of work, and between them waiting for a person. A stretch that the end
 * of the hub cut off is gone through again, from what is written of its nodes.
 */
export async function workOnRun(id: string, steps: DurableSteps, options: EngineWorkOptions): Promise<void> {
  const { records } = options;
  for (let turn = 1; ; turn += 1) {
    const ending = await steps.step(`work ${turn}`, () => stretch(id, steps.signal, options));
    if (ending === 'ended') return;
    await steps.wait(`word ${turn}`, async () => {
      const [record, known] = await Promise.all([records.get(id), records.steps(id)]);
      return (
        hasEnded(record.state) || known.some(({ state }) => state === 'approved' || state === 'rejected')
      );
    });
  }
}

async function stretch(
  id: string,
  signal: AbortSignal,
  options: EngineWorkOptions,
): Promise<'ended' | 'waiting'> {
  const { room, records } = options;
  const record = await records.get(id);
  if (hasEnded(record.state)) return 'ended';
  const { flow } = readFlow(`flows/${record.flow}.yaml`, record.flow, record.text);
  if (flow === undefined) throw hubError('INTERNAL', { detail: `the run ${id} holds no flow` });
  const { timeMs } = flow.document.limits;
  const began = room.clock.now();
  const workedMs = () => record.workedMs + room.clock.now() - began;
  const time = AbortSignal.timeout(Math.max(1, timeMs - record.workedMs));
  const state = await RunState.open(id, records, room);
  await change(record, options, { state: 'running' });
  try {
    const work = new FlowWork({
      room,
      state,
      record,
      flow,
      limits: flow.document.limits,
      signal: AbortSignal.any([signal, time]),
      templateOf: pinnedTemplates(record, room),
      told: (node) => tell(record, 'running', room, node),
    });
    const ending = await work.work();
    return await rest(ending, { record, state, flow, workedMs: workedMs(), options });
  } catch (thrown) {
    if (signal.aborted) {
      // The next hub counts on from here; one that was killed loses only the time of its last stretch.
      await records.update(id, { workedMs: workedMs() });
      throw thrown;
    }
    const error = time.aborted
      ? hubError('FLOW_LIMIT', { detail: `${timeMs} ms`, limit: 'timeMs' })
      : toCounterpartError(thrown);
    if (error.code === 'INTERNAL') room.log.error({ run: id, cause: thrown }, 'a run of a flow broke');
    for (const step of state.steps.filter((one) => one.state === 'running'))
      await records.putStep(id, { ...step, state: 'failed', problem: problemOf(error) });
    await change(record, options, { state: 'failed', problem: problemOf(error), workedMs: workedMs() });
    return 'ended';
  }
}

interface Resting {
  readonly record: RunRecord;
  readonly state: RunState;
  readonly flow: RunnableFlow;
  readonly workedMs: number;
  readonly options: EngineWorkOptions;
}

async function rest(
  ending: Ending,
  { record, state, flow, workedMs, options }: Resting,
): Promise<'ended' | 'waiting'> {
  if (ending === 'waiting') {
    // Who decided meanwhile sees it at work, not waiting once more.
    const isWaiting = (await options.records.steps(record.id)).some((step) => step.state === 'waiting');
    await change(record, options, { state: isWaiting ? 'waiting' : 'running', workedMs });
    return 'waiting';
  }
  if (ending === 'done') {
    const outputs = outputsOf(flow, record, state);
    await change(record, options, { state: 'done', outputs, workedMs });
  } else {
    const problem = problemOf(failureOf(record, ending.node, state.steps));
    await change(record, options, { state: 'failed', problem, workedMs });
  }
  return 'ended';
}

async function change(
  record: RunRecord,
  { room, records }: EngineWorkOptions,
  {
    state,
    ...more
  }: Pick<Partial<RunRecord>, 'outputs' | 'problem' | 'workedMs'> & { readonly state: FlowRunState },
): Promise<void> {
  const endedAt = hasEnded(state) ? { endedAt: new Date(room.clock.now()).toISOString() } : {};
  // One that was cancelled meanwhile stays cancelled.
  if (await records.update(record.id, { state, ...more, ...endedAt })) tell(record, state, room);
}

function tell({ id, flow }: RunRecord, state: FlowRunState, { events }: FlowRoom, node?: string): void {
  events.publish({ kind: 'flow-changed', run: id, flow, state, ...(node === undefined ? {} : { node }) });
}

/** Templates as they were when the run began; each is looked up once. */
function pinnedTemplates({ prompts }: RunRecord, room: FlowRoom): TemplateOf {
  const known = new Map<string, ReturnType<TemplateOf>>();
  return (reference) => {
    const [name = ''] = reference.split('@');
    const template = known.get(reference) ?? room.prompts.template(name, prompts[reference]);
    known.set(reference, template);
    return template;
  };
}

/** What the flow answers: what its `outputs` say, null where nothing came of it; without them the outputs of its last nodes. */
function outputsOf(
  { document, plan }: RunnableFlow,
  record: RunRecord,
  state: RunState,
): NonNullable<FlowRun['outputs']> {
  const scope = scopeOf(record.inputs, state.steps);
  const used = new Set([...plan.values()].flatMap(({ before }) => [...before]));
  const last = [...plan.keys()].filter((name) => !used.has(name));
  const wanted =
    document.outputs ?? Object.fromEntries(last.map((name) => [name, `\${nodes.${name}.output}`]));
  return Object.fromEntries(
    Object.entries(wanted).map(([name, value]): [string, Json] => [
      name,
      resolveOr(() => resolve(value, scope, `outputs.${name}`)),
    ]),
  );
}

function resolveOr(work: () => Json): Json {
  try {
    return work();
  } catch (thrown) {
    if (toCounterpartError(thrown).code === 'FLOW_REFERENCE') return null;
    throw thrown;
  }
}
