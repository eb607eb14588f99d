import { hubError, type FlowStep, type Json } from '@counterpart/schemas';
import type { PlannedNode } from '../document/plan.ts';
import type { RunnableFlow } from '../document/read-flow.ts';
import { asksFirst } from '../nodes/tool-node.ts';
import { doStep, type StepDesk } from './do-step.ts';
import { prepare, scopeOf, type Prepared, type TemplateOf } from './prepare.ts';
import type { RunRecord } from './records.ts';
import { problemOf } from './run-state.ts';
import { nextNodes, statesOf } from './schedule.ts';

export interface FlowWorkOptions extends StepDesk {
  readonly record: RunRecord;
  readonly flow: RunnableFlow;
  readonly templateOf: TemplateOf;
  /** After each change of a node. */
  readonly told: (node: string) => void;
}

/** How a stretch of work ended: with the run, at a failure, or where nothing can go on before a person decides. */
export type Ending = 'done' | 'waiting' | { readonly node: string };

/** Items of one list at once, unless the node says otherwise. */
const ITEMS_AT_ONCE = 4;

/** A run from where it stands to its end, or to where it has to wait; nodes that need nothing of each other side by side. */
export class FlowWork {
  readonly #options: FlowWorkOptions;
  readonly #busy = new Map<string, Promise<void>>();
  #failed: string | undefined;

  constructor(options: FlowWorkOptions) {
    this.#options = options;
    // What failed before the hub ended ends the run now.
    this.#failed = [...options.flow.plan.values()].find((planned) => this.#isFatal(planned))?.name;
  }

  /** An abort rejects, once nothing of the run is under way any more. */
  async work(): Promise<Ending> {
    try {
      return await this.#goOn();
    } finally {
      await Promise.allSettled(this.#busy.values());
    }
  }

  async #goOn(): Promise<Ending> {
    const { flow, limits, state, signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      const { start, skip } = nextNodes(flow.plan, statesOf(state.steps), new Set(this.#busy.keys()));
      const isOver = this.#failed !== undefined;
      for (const { node, reason } of isOver ? [] : skip) await this.#skip(this.#planned(node), reason);
      if (!isOver && skip.length > 0) continue;
      for (const node of isOver ? [] : start.slice(0, limits.concurrency - this.#busy.size))
        this.#begin(node);
      // What is under way when something fails is let finish: nothing is left half done.
      if (this.#busy.size === 0) return this.#ending();
      await Promise.race(this.#busy.values());
    }
  }

  #ending(): Ending {
    if (this.#failed !== undefined) return { node: this.#failed };
    const isWaiting = this.#options.state.steps.some((step) => step.state === 'waiting');
    return isWaiting ? 'waiting' : 'done';
  }

  #planned(name: string): PlannedNode {
    const planned = this.#options.flow.plan.get(name);
    if (planned === undefined) throw hubError('INTERNAL', { detail: `the flow has no node ${name}` });
    return planned;
  }

  #begin(name: string): void {
    const planned = this.#planned(name);
    const work = this.#node(planned).finally(() => {
      this.#busy.delete(name);
      this.#options.told(name);
    });
    this.#busy.set(name, work);
    this.#options.told(name);
  }

  async #skip(planned: PlannedNode, reason: string): Promise<void> {
    await this.#options.state.put({ planned }, 'skipped', { reason });
    this.#options.told(planned.name);
  }

  async #node(planned: PlannedNode): Promise<void> {
    const { state, record, templateOf, signal } = this.#options;
    let prepared: Prepared;
    try {
      prepared = await prepare(planned, scopeOf(record.inputs, state.steps), templateOf);
    } catch (thrown) {
      signal.throwIfAborted();
      await state.put({ planned }, 'failed', { problem: problemOf(thrown) });
      return this.#judge(planned);
    }
    if (prepared.kind === 'skip') return await this.#skip(planned, prepared.reason);
    if (await this.#hasToWait(planned, prepared)) return;
    if (prepared.kind === 'once') await doStep({ planned }, prepared.input, this.#options);
    else await this.#each(planned, prepared.inputs);
    this.#judge(planned);
  }

  /** All calls of a node are decided on together, before the first is made. */
  async #hasToWait(planned: PlannedNode, prepared: Exclude<Prepared, { kind: 'skip' }>): Promise<boolean> {
    const { state, room } = this.#options;
    const { tool } = planned.node;
    if (tool === undefined || !asksFirst(room, tool)) return false;
    const inputs = prepared.kind === 'once' ? [prepared.input] : prepared.inputs;
    let isNew = false;
    for (const [at, input] of inputs.entries()) {
      const place = prepared.kind === 'once' ? { planned } : { planned, item: at };
      if (state.step(place) !== undefined) continue;
      isNew = true;
      await state.put(place, 'waiting', { input });
    }
    return isNew;
  }

  async #each(planned: PlannedNode, inputs: readonly Json[]): Promise<void> {
    const { state } = this.#options;
    const { concurrency = ITEMS_AT_ONCE, onError = 'fail' } = planned.node;
    const waiting = [...inputs.entries()];
    let hasFailed = false;
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [item, input] = next;
        const step = await doStep({ planned, item }, input, this.#options);
        hasFailed ||= step.state === 'failed';
        if (hasFailed && onError === 'fail') return;
      }
    };
    // All workers are waited for, also when one is aborted: none goes on unwatched.
    const ends = await Promise.allSettled(
      Array.from({ length: Math.min(concurrency, inputs.length) }, worker),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    await this.#gather(planned, state.items(planned));
  }

  async #gather(planned: PlannedNode, items: readonly FlowStep[]): Promise<void> {
    const { state } = this.#options;
    if (items.some((step) => step.state === 'waiting')) return;
    const failed = items.find((step) => step.state === 'failed');
    if (failed !== undefined && (planned.node.onError ?? 'fail') === 'fail') {
      await state.put({ planned }, 'failed', { problem: failed.problem });
      return;
    }
    const output = items.map((step) => (step.state === 'done' ? (step.output ?? null) : null));
    await state.put({ planned }, 'done', { output });
  }

  #judge(planned: PlannedNode): void {
    if (this.#isFatal(planned)) this.#failed ??= planned.name;
  }

  #isFatal(planned: PlannedNode): boolean {
    const { state } = this.#options;
    return state.step({ planned })?.state === 'failed' && planned.node.onError !== 'continue';
  }
}

/** The error of a run that ended at a node. */
export function failureOf(record: RunRecord, node: string, steps: readonly FlowStep[]) {
  const { problem } = steps.find((step) => step.node === node && step.state === 'failed') ?? {};
  const detail = problem === undefined ? 'it gave no reason' : problem.message;
  return hubError('FLOW_FAILED', { name: record.flow, node, detail, id: record.id });
}
