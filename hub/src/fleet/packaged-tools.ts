import type { HubConfig } from '@counterpart/schemas';
import { hubName, prefixOf } from '../catalog/naming/names.ts';
import type { PackagedTools } from '../config/alias-issues.ts';
import { discoverServers } from '../registry/discover.ts';

/** The tools of all packages in the servers folder under the names that this configuration gives them; reads them. */
export function packagedTools(serversDir: string, { overrides, mcpServers }: HubConfig): PackagedTools {
  const tools = new Map<string, string>();
  const prefixes = new Map<string, string>();
  const others = Object.entries(mcpServers).map(([id, { prefix = id }]) => prefix);
  for (const [id, { manifest, tools: listed }] of discoverServers(serversDir).servers) {
    const prefix = overrides[id]?.prefix ?? id;
    const names = listed?.map(({ name }) => name) ?? Object.keys(manifest.tools);
    for (const name of names) tools.set(hubName(id, prefix, name), id);
    // Another server may have the missing name where its prefix is the same or none.
    const begin = prefixOf(prefix);
    if (
      names.length > 0 &&
      prefix !== '' &&
      !others.some((other) => other === '' || begin.startsWith(prefixOf(other)))
    )
      prefixes.set(begin, id);
  }
  return { tools, prefixes };
}
