import { canonicalJson, type HubConfig } from '@counterpart/schemas';

export interface ServersDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
}

/** How the servers that a configuration names differ from those of another; ids in alphabetical order. Pure. */
export function diffServers(before: HubConfig, after: HubConfig): ServersDiff {
  const was = settings(before);
  const is = settings(after);
  const sameFor = (id: string) => was.get(id) === is.get(id);
  const kept = [...is.keys()].filter((id) => was.has(id)).sort();
  return {
    added: [...is.keys()].filter((id) => !was.has(id)).sort(),
    removed: [...was.keys()].filter((id) => !is.has(id)).sort(),
    changed: kept.filter((id) => !sameFor(id)),
    unchanged: kept.filter(sameFor),
  };
}

/** Everything that bears on a server, in a form that can be compared; defaults bear on all of them. */
function settings({ mcpServers, overrides, defaults }: HubConfig): Map<string, string> {
  const ids = new Set([...Object.keys(mcpServers), ...Object.keys(overrides)]);
  const entry = (id: string) => canonicalJson([mcpServers[id] ?? null, overrides[id] ?? null, defaults]);
  return new Map([...ids].map((id) => [id, entry(id)]));
}

/** Settings that are read once, when the hub starts. */
const STATIC_SETTINGS: Readonly<Record<string, (config: HubConfig) => unknown>> = {
  'listen.host': ({ listen }) => listen.host,
  'listen.port': ({ listen }) => listen.port,
  serversDir: ({ serversDir }) => serversDir,
  dataDir: ({ dataDir }) => dataDir,
  'log.level': ({ log }) => log.level,
  'defaults.spawnConcurrency': ({ defaults }) => defaults.spawnConcurrency,
};

/** Settings that differ and take effect only after a restart. Pure. */
export function needsRestart(before: HubConfig, after: HubConfig): string[] {
  return Object.entries(STATIC_SETTINGS)
    .filter(([, read]) => read(before) !== read(after))
    .map(([name]) => name);
}
