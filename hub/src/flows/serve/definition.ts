import { effectOf, type Effect, type ToolDefinition } from '@counterpart/schemas';
import { inputSchemaOf } from '../document/inputs.ts';
import type { ReadFlow, RunnableFlow } from '../document/read-flow.ts';
import type { World } from '../document/world.ts';

/** The tool that a flow is; undefined for one that is not offered, or cannot be run. */
export function definitionOf({ name, flow }: ReadFlow, world: World): ToolDefinition | undefined {
  if (flow === undefined || !flow.document.serve) return undefined;
  const { title, description } = flow.document;
  const effect = effectOfFlow(flow, world);
  return {
    name,
    ...(title === undefined ? {} : { title }),
    description: description ?? `Runs the flow ${name}.`,
    inputSchema: { ...inputSchemaOf(flow.document), type: 'object' },
    annotations: { readOnlyHint: effect === 'read', destructiveHint: effect === 'destructive' },
  };
}

const STRENGTH: readonly Effect[] = ['read', 'write', 'destructive'];

/** As strong as its strongest tool; a model that may choose tools itself may choose any. */
function effectOfFlow({ plan }: RunnableFlow, world: World): Effect {
  const effects = [...plan.values()].map(({ kind, node }): Effect => {
    if (kind === 'code') return 'read';
    if (kind === 'prompt') return (node.tools ?? 'none') === 'none' ? 'read' : 'destructive';
    const tool = world.tool(node.tool ?? '');
    return tool === undefined || tool === 'unlisted' ? 'destructive' : effectOf(tool);
  });
  return effects.toSorted((a, b) => STRENGTH.indexOf(b) - STRENGTH.indexOf(a))[0] ?? 'read';
}
