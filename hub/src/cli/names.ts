import { type CounterpartError, hubError } from '@counterpart/schemas';
import type { HubStatus, ServerDetail, ToolEntry } from '@counterpart/schemas';
import { hubName } from '../catalog/naming/names.ts';
import type { HubApi } from './api/hub-api.ts';
import { didYouMean } from '../kernel/nearest.ts';

/** The server of this name. Rejects with SERVER_UNKNOWN and names near to it, or why the one of this name is not served. */
export async function findServer(hub: HubApi, id: string): Promise<ServerDetail> {
  const ids = (await hub.servers()).map((server) => server.id);
  if (!ids.includes(id)) throw unknownServer(id, ids, await hub.status());
  return hub.server(id);
}

/** Whether this is a server, or what the hub itself offers as one. Throws as `findServer` rejects. */
export function checkServed(status: HubStatus, id: string): void {
  const ids = [...status.servers, ...status.ownServers].map((server) => server.id);
  if (!ids.includes(id)) throw unknownServer(id, ids, status);
}

function unknownServer(id: string, known: readonly string[], { problems }: HubStatus): CounterpartError {
  const broken = problems.find(({ server }) => server === id);
  const suggestion = broken === undefined ? didYouMean(id, known) : ` ${broken.detail}`;
  return hubError('SERVER_UNKNOWN', { server: id, suggestion });
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

/** Why the hub does not offer a tool that a server lists, in the words of every other surface; undefined for any other name. */
export function withheldTool({ servers, leftOut }: HubStatus, name: string): CounterpartError | undefined {
  const prefixes = new Map(servers.map(({ id, prefix }) => [id, prefix]));
  const held = leftOut
    .filter(({ code }) => code === 'TOOL_QUARANTINED')
    .map((each) => ({
      ...each,
      tool: hubName(each.server, prefixes.get(each.server) ?? each.server, each.name),
    }));
  const own = held.filter((each) => each.name === name);
  const found = held.find(({ tool }) => tool === name) ?? (own.length === 1 ? own[0] : undefined);
  return found && hubError('TOOL_CHANGED', { server: found.server, tool: found.tool, reason: found.detail });
}
