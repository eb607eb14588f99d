import type { FlowDocument, FlowNode, FlowNodeKind } from '@counterpart/schemas';
import {
  referencesInText,
  referencesOf,
  textsIn,
  type FoundText,
  type Reference,
} from '../expression/references.ts';
import { bareExpression } from '../expression/text.ts';

/** A node and what it waits for. */
export interface PlannedNode {
  readonly name: string;
  readonly kind: FlowNodeKind;
  readonly node: FlowNode;
  /** Nodes that have to be over. */
  readonly before: ReadonlySet<string>;
  /** Of these, the ones whose output it cannot do without: it is skipped when one of them was. */
  readonly needs: ReadonlySet<string>;
}

/** The nodes of a flow, in the order of its file. */
export type FlowPlan = ReadonlyMap<string, PlannedNode>;

/** What a node is, by the member that says what it does. */
export function kindOf({ tool, code }: FlowNode): FlowNodeKind {
  if (tool !== undefined) return 'tool';
  return code !== undefined ? 'code' : 'prompt';
}

/** What waits for what. Throws ExpressionError for a flow that was not checked. */
export function planOf({ nodes }: FlowDocument): FlowPlan {
  return new Map(
    Object.entries(nodes).map(([name, node]) => {
      const references = referencesOfNode(node);
      const used = references.flatMap((one) => nodeNamed(one) ?? []);
      const needed = references.flatMap((one) =>
        one.isOptional || one.steps[1] === 'state' ? [] : (nodeNamed(one) ?? []),
      );
      const before = new Set([...used, ...(node.after ?? [])]);
      return [name, { name, kind: kindOf(node), node, before, needs: new Set(needed) }];
    }),
  );
}

/** Texts of a node that may hold `${…}`; code is left as it is. */
export const textsOfNode = ({ arguments: given, input, messages }: FlowNode): FoundText[] => [
  ...textsIn(given, ['arguments']),
  ...textsIn(input, ['input']),
  ...textsIn(typeof messages === 'string' ? messages : messages?.map((one) => ({ ...one })), ['messages']),
];

/** All that a node refers to, where a condition takes null for what is not there. Throws ExpressionError. */
function referencesOfNode(node: FlowNode): Reference[] {
  const { when, forEach } = node;
  return [
    ...textsOfNode(node).flatMap(({ text }) => referencesInText(text)),
    ...(when === undefined ? [] : referencesOf(bareExpression(when), true)),
    ...(typeof forEach === 'string' ? referencesOf(bareExpression(forEach)) : []),
    ...textsIn(typeof forEach === 'string' ? undefined : forEach, []).flatMap(({ text }) =>
      referencesInText(text),
    ),
  ];
}

/** The node that a path leads into; undefined for other paths. */
function nodeNamed({ root, steps }: Reference): string | undefined {
  const [name] = steps;
  return root === 'nodes' && typeof name === 'string' ? name : undefined;
}

/** Nodes of one circle, in its order; undefined: there is none. */
export function circleOf(plan: FlowPlan): readonly string[] | undefined {
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const visit = (name: string): readonly string[] | undefined => {
    if (state.get(name) === 'done') return undefined;
    if (state.get(name) === 'open') return [...trail.slice(trail.indexOf(name)), name];
    state.set(name, 'open');
    trail.push(name);
    for (const other of plan.get(name)?.before ?? []) {
      const circle = visit(other);
      if (circle !== undefined) return circle;
    }
    trail.pop();
    state.set(name, 'done');
    return undefined;
  };
  for (const name of plan.keys()) {
    const circle = visit(name);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
