import {
  hubError,
  toCounterpartError,
  type CounterpartError,
  type FlowLimits,
  type FlowProblem,
  type FlowStep,
  type FlowStepState,
} from '@counterpart/schemas';
import type { PlannedNode } from '../document/plan.ts';
import { newMeter, type Meter } from '../nodes/meter.ts';
import type { FlowRoom } from '../room.ts';
import { usageOf, type FlowRecords } from './records.ts';

/** What a step is of: a node, or one item of its list. */
export interface StepPlace {
  readonly planned: PlannedNode;
  readonly item?: number | undefined;
}

/** What is known of a run: written down first, then remembered. */
export class RunState {
  readonly #id: string;
  readonly #records: FlowRecords;
  readonly #room: Pick<FlowRoom, 'clock'>;
  readonly #steps: Map<string, FlowStep>;

  private constructor(
    id: string,
    records: FlowRecords,
    room: Pick<FlowRoom, 'clock'>,
    steps: readonly FlowStep[],
  ) {
    this.#id = id;
    this.#records = records;
    this.#room = room;
    this.#steps = new Map(steps.map((step) => [keyOf(step.node, step.item), step]));
  }

  static async open(id: string, records: FlowRecords, room: Pick<FlowRoom, 'clock'>): Promise<RunState> {
    return new RunState(id, records, room, await records.steps(id));
  }

  get steps(): FlowStep[] {
    return [...this.#steps.values()];
  }

  step({ planned, item }: StepPlace): FlowStep | undefined {
    return this.#steps.get(keyOf(planned.name, item));
  }

  /** Steps of a node's items, in their order. */
  items({ name }: PlannedNode): FlowStep[] {
    return this.steps
      .filter(({ node, item }) => node === name && item !== undefined)
      .toSorted((a, b) => (a.item ?? 0) - (b.item ?? 0));
  }

  /** Writes a step down; what it took before is kept. */
  async put(
    place: StepPlace,
    state: FlowStepState,
    change: Partial<FlowStep> = {},
    meter?: Meter,
  ): Promise<FlowStep> {
    const before = this.step(place);
    const now = new Date(this.#room.clock.now()).toISOString();
    const step: FlowStep = {
      ...(before ?? freshStep(place, now)),
      ...change,
      ...(meter === undefined ? {} : counted(before, meter)),
      state,
    };
    if (OVER.has(state)) step.endedAt = now;
    await this.#records.putStep(this.#id, step);
    this.#steps.set(keyOf(step.node, step.item), step);
    return step;
  }

  /** Why no model may be asked any more; undefined: one may. */
  spent({ tokens, costUsd }: FlowLimits): CounterpartError | undefined {
    const used = usageOf(this.steps);
    if (used.tokens >= tokens) return hubError('FLOW_LIMIT', { detail: `${tokens} tokens`, limit: 'tokens' });
    if (costUsd !== undefined && used.costUsd >= costUsd && used.costUsd > 0)
      return hubError('FLOW_LIMIT', { detail: `$${costUsd}`, limit: 'costUsd' });
    return undefined;
  }

  /** What models may still take. */
  left({ tokens, costUsd }: FlowLimits): { readonly tokens: number; readonly costUsd?: number } {
    const used = usageOf(this.steps);
    return {
      tokens: Math.max(1, tokens - used.tokens),
      ...(costUsd === undefined ? {} : { costUsd: Math.max(0, costUsd - used.costUsd) }),
    };
  }
}

/** An error as it is kept. */
export function problemOf(thrown: unknown): FlowProblem {
  const { code, message, fix } = toCounterpartError(thrown);
  return { code, message, fix };
}

const OVER: ReadonlySet<FlowStepState> = new Set(['done', 'failed', 'skipped']);

const keyOf = (node: string, item: number | undefined): string => `${node} ${item ?? ''}`;

const freshStep = ({ planned, item }: StepPlace, startedAt: string): FlowStep => ({
  node: planned.name,
  kind: planned.kind,
  ...(planned.node.tool === undefined ? {} : { tool: planned.node.tool }),
  ...(item === undefined ? {} : { item }),
  state: 'running',
  attempt: 0,
  ...none,
  startedAt,
});

const none = { inputTokens: 0, outputTokens: 0, costUsd: 0, calls: [] };

function counted(before: FlowStep | undefined, meter: Meter): Partial<FlowStep> {
  const { inputTokens, outputTokens, costUsd, calls } = before ?? { ...newMeter() };
  return {
    ...(meter.model === undefined ? {} : { model: meter.model }),
    inputTokens: inputTokens + meter.inputTokens,
    outputTokens: outputTokens + meter.outputTokens,
    costUsd: costUsd + meter.costUsd,
    calls: [...calls, ...meter.calls],
  };
}
