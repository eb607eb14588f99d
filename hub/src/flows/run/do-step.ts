import { setTimeout as delay } from 'node:timers/promises';
import { hubError, type FlowLimits, type FlowStep, type Json } from '@counterpart/schemas';
import { computeCode } from '../nodes/code-node.ts';
import { newMeter, type Meter } from '../nodes/meter.ts';
import { askPrompt, goOnAsking, isAlone, WaitsForPerson, type Asked } from '../nodes/prompt-node.ts';
import { callTool, isRepeatable } from '../nodes/tool-node.ts';
import type { FlowRoom } from '../room.ts';
import { problemOf, type RunState, type StepPlace } from './run-state.ts';

/** What a step is done with. */
export interface StepDesk {
  readonly room: FlowRoom;
  readonly state: RunState;
  readonly limits: FlowLimits;
  /** Aborted when the hub ends, or the time of the run is over. */
  readonly signal: AbortSignal;
}

const FIRST_DELAY_MS = 1_000;

/**
 * Does a step unless it was done, and keeps what came of it: `done`, `failed` or `waiting`. What it is about to do is written
 * before it is done; a step that the end of the hub cut off is done again only where that does no harm. An abort rejects and
 * leaves the step as it was, to be taken up by the next hub.
 */
export async function doStep(place: StepPlace, input: Json, desk: StepDesk): Promise<FlowStep> {
  const { state } = desk;
  const before = state.step(place);
  if (before === undefined) return await attempts(place, input, desk);
  const given = before.input ?? input;
  const { state: stood, pending } = before;
  // A chat that was told no goes on with its answer.
  if (stood === 'approved' || (stood === 'rejected' && pending !== undefined))
    return await attempts(place, given, desk);
  if (stood === 'running')
    return mayRepeat(place, desk)
      ? await attempts(place, given, desk)
      : await state.put(place, 'failed', { problem: problemOf(interrupted(place)) });
  if (stood !== 'rejected') return before;
  const problem = problemOf(hubError('FLOW_REJECTED', { node: place.planned.name }));
  return await state.put(place, 'failed', { problem });
}

function mayRepeat({ planned: { kind, node } }: StepPlace, { room }: StepDesk): boolean {
  if (kind === 'tool') return isRepeatable(room, node.tool ?? '');
  return kind === 'code' || isAlone(node);
}

const interrupted = ({ planned: { name, node } }: StepPlace) =>
  hubError('FLOW_INTERRUPTED', { node: name, tool: node.tool ?? 'tools' });

async function attempts(place: StepPlace, input: Json, desk: StepDesk): Promise<FlowStep> {
  const { state, signal } = desk;
  const { retries = 0, retryDelayMs = FIRST_DELAY_MS } = place.planned.node;
  for (let turn = 0; ; turn += 1) {
    const before = state.step(place);
    const meter = newMeter();
    await state.put(place, 'running', { input, attempt: (before?.attempt ?? 0) + 1 });
    try {
      const output = await timed(place, before, { ...desk, meter });
      return await state.put(place, 'done', { output, problem: undefined, pending: undefined }, meter);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof WaitsForPerson)
        return await state.put(place, 'waiting', { pending: thrown.pending, output: thrown.calls }, meter);
      const problem = problemOf(thrown);
      const isLast = turn >= retries || problem.code === 'FLOW_LIMIT';
      const step = await state.put(
        place,
        isLast ? 'failed' : 'running',
        { problem, pending: undefined },
        meter,
      );
      if (isLast) return step;
      await delay(retryDelayMs * 2 ** turn, undefined, { signal });
    }
  }
}

interface Attempt extends StepDesk {
  readonly meter: Meter;
}

/** One try, within its time. */
async function timed(place: StepPlace, before: FlowStep | undefined, desk: Attempt): Promise<Json> {
  const { name, node } = place.planned;
  const { timeoutMs } = node;
  const time = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signal = time === undefined ? desk.signal : AbortSignal.any([desk.signal, time]);
  try {
    return await once(place, before, { ...desk, signal });
  } catch (thrown) {
    desk.signal.throwIfAborted();
    if (time?.aborted) throw hubError('FLOW_TIMEOUT', { node: name, ms: timeoutMs ?? 0 }, { cause: thrown });
    throw thrown;
  }
}

async function once(place: StepPlace, before: FlowStep | undefined, desk: Attempt): Promise<Json> {
  const { name, node, kind } = place.planned;
  const input = desk.state.step(place)?.input ?? null;
  const attempt = { room: desk.room, meter: desk.meter, signal: desk.signal, timeoutMs: node.timeoutMs };
  switch (kind) {
    case 'tool':
      return await callTool(node.tool ?? '', input, attempt);
    case 'code':
      return await computeCode(name, node.code ?? '', input, attempt);
    case 'prompt': {
      const spent = desk.state.spent(desk.limits);
      if (spent) throw spent;
      const asked: Asked = { name, node, input, left: desk.state.left(desk.limits) };
      if (before?.pending === undefined) return await askPrompt(asked, attempt);
      const decision = before.state === 'rejected' ? 'reject' : 'approve';
      return await goOnAsking(asked, { pending: before.pending, decision }, attempt);
    }
  }
}
