import { hubError, type ServerDetail, type ToolEntry } from '@counterpart/schemas';
import type { HubApi } from './hub-api.ts';
import { didYouMean } from '../kernel/nearest.ts';

/** The server of this name. Rejects with SERVER_UNKNOWN and names near to it. */
export async function findServer(hub: HubApi, id: string): Promise<ServerDetail> {
  const ids = (await hub.servers()).map((server) => server.id);
  if (!ids.includes(id)) throw hubError('SERVER_UNKNOWN', { server: id, suggestion: didYouMean(id, ids) });
  return hub.server(id);
}

/** The tool of this name in the hub, or by its own name where only one server has it. Rejects with TOOL_UNKNOWN. */
export function findTool(tools: readonly ToolEntry[], name: string): ToolEntry {
  const exact = tools.find((tool) => tool.name === name);
  if (exact) return exact;
  const own = tools.filter((tool) => tool.name.endsWith(`__${name}`));
  const [only] = own;
  if (only && own.length === 1) return only;
  const suggestion =
    own.length > 1
      ? `. Several servers have it: ${own.map((tool) => tool.name).join(', ')}.`
      : didYouMean(
          name,
          tools.map((tool) => tool.name),
        ).replace(/^ /, '. ');
  throw hubError('TOOL_UNKNOWN', { tool: name, suggestion });
}
