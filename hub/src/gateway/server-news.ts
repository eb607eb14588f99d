import type { Catalog, JsonMembers, Upstream } from '../kernel/ports.ts';

/** What servers say outside of any call. */
export interface News {
  /** A log message that belongs to no call. */
  logged(upstream: Upstream, params: JsonMembers): void;
  /** Something of a task or an elicitation. */
  notified(upstream: Upstream, method: string, params: JsonMembers): void;
}

/** Hears every server of the catalog, also those added later. */
export function followServers(catalog: Catalog, news: News): () => void {
  const followed = new Map<Upstream, () => void>();
  const follow = (upstream: Upstream): (() => void) => {
    const stopLogs = upstream.on('log-message', (params) => news.logged(upstream, params));
    const stopNews = upstream.on('notification', (method, params) => news.notified(upstream, method, params));
    return () => {
      stopLogs();
      stopNews();
    };
  };
  const sync = (): void => {
    const present = new Set(catalog.view({ kind: 'all' })?.upstreams.values());
    for (const [upstream, stop] of followed) {
      if (present.has(upstream)) continue;
      stop();
      followed.delete(upstream);
    }
    for (const upstream of present) if (!followed.has(upstream)) followed.set(upstream, follow(upstream));
  };
  sync();
  const stopCatalog = catalog.subscribe(sync);
  return () => {
    stopCatalog();
    for (const stop of followed.values()) stop();
  };
}
