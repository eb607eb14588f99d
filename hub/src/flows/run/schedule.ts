import type { FlowStep, FlowStepState } from '@counterpart/schemas';
import type { FlowPlan } from '../document/plan.ts';

/** How a node stands as a whole; a node that nothing was done of is not in it. */
export type NodeStates = ReadonlyMap<string, FlowStepState>;

export interface NextNodes {
  /** Nothing keeps them from beginning, in the order of the file. */
  readonly start: readonly string[];
  /** They lack what they need. */
  readonly skip: readonly { readonly node: string; readonly reason: string }[];
}

const OVER: ReadonlySet<FlowStepState> = new Set(['done', 'failed', 'skipped']);

/** What can begin, and what never will. `busy`: nodes at work now. */
export function nextNodes(plan: FlowPlan, states: NodeStates, busy: ReadonlySet<string>): NextNodes {
  const start: string[] = [];
  const skip: { node: string; reason: string }[] = [];
  const isOver = (name: string): boolean => OVER.has(states.get(name) ?? 'running');
  for (const { name, before, needs } of plan.values()) {
    const state = states.get(name);
    if (busy.has(name) || state === 'waiting' || isOver(name)) continue;
    if (![...before].every(isOver)) continue;
    const lost = [...needs].find((other) => states.get(other) !== 'done');
    if (lost === undefined) start.push(name);
    else skip.push({ node: name, reason: `${lost} was ${states.get(lost) ?? 'left out'}` });
  }
  return { start, skip };
}

/** States of nodes from what was done; a node of which items wait or were decided stands as these do. */
export function statesOf(steps: Iterable<FlowStep>): NodeStates {
  const states = new Map<string, FlowStepState>();
  for (const { node, item, state } of steps) {
    const known = states.get(node);
    if (item === undefined) states.set(node, state);
    else if (known === undefined || known === 'running')
      states.set(node, state === 'waiting' ? 'waiting' : 'running');
  }
  return states;
}
