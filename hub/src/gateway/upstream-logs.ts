import type { Catalog, JsonMembers, Upstream } from '../kernel/ports.ts';

/** Hears log messages that belong to no call from every server of the catalog, also of those added later. */
export function followLogs(
  catalog: Catalog,
  heard: (upstream: Upstream, params: JsonMembers) => void,
): () => void {
  const followed = new Map<Upstream, () => void>();
  const sync = (): void => {
    const present = new Set(catalog.view({ kind: 'all' })?.upstreams.values());
    for (const [upstream, stop] of followed) {
      if (present.has(upstream)) continue;
      stop();
      followed.delete(upstream);
    }
    for (const upstream of present) {
      if (!followed.has(upstream))
        followed.set(
          upstream,
          upstream.on('log-message', (params) => heard(upstream, params)),
        );
    }
  };
  sync();
  const stopCatalog = catalog.subscribe(sync);
  return () => {
    stopCatalog();
    for (const stop of followed.values()) stop();
  };
}
