import type { AnyNode, Node } from 'acorn';

/** What to do with nodes of some types. */
export type Visitors = { readonly [T in AnyNode['type']]?: (node: Extract<AnyNode, { type: T }>) => unknown };

/** Visits a tree in the order of the text; no deeper than memory allows, however deep the code is nested. */
export function walk(root: AnyNode, visitors: Visitors): void {
  const stack: AnyNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    visit(node, visitors);
    stack.push(...childrenOf(node).reverse());
  }
}

/** TypeScript cannot see that the visitor taken by a node's type takes that node: the one cast of this room. */
function visit(node: AnyNode, visitors: Visitors): void {
  const visitor = visitors[node.type] as ((node: AnyNode) => unknown) | undefined;
  visitor?.(node);
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) => {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.filter(isNode);
  });
}

/** A member of a node that is a node itself; acorn's trees hold nothing else with a type and a place. */
const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

export type { AnyNode, Node };
