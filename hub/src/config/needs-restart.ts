import type { HubConfig } from '@counterpart/schemas';

/** Settings that are read once, when the hub starts. */
const STATIC_SETTINGS: Readonly<Record<string, (config: HubConfig) => unknown>> = {
  'listen.host': ({ listen }) => listen.host,
  'listen.port': ({ listen }) => listen.port,
  serversDir: ({ serversDir }) => serversDir,
  dataDir: ({ dataDir }) => dataDir,
  'log.level': ({ log }) => log.level,
  'defaults.warmSpares': ({ defaults }) => defaults.warmSpares,
  'defaults.warmWalls': ({ defaults }) => defaults.warmWalls,
  'defaults.sandbox': ({ defaults }) => defaults.sandbox,
  'defaults.spawnConcurrency': ({ defaults }) => defaults.spawnConcurrency,
};

/** Settings that differ and take effect only after a restart. Pure. */
export function needsRestart(before: HubConfig, after: HubConfig): string[] {
  return Object.entries(STATIC_SETTINGS)
    .filter(([, read]) => read(before) !== read(after))
    .map(([name]) => name);
}
