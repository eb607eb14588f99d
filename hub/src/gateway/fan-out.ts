import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Catalog, CatalogChange, Upstream, ViewSelector } from '../kernel/ports.ts';

export type ChangedList = keyof CatalogChange;

/** Someone who is told of changes: a legacy session or a modern listen. */
export interface Follower {
  readonly selector: ViewSelector;
  listChanged(list: ChangedList): void;
  resourceUpdated(uri: string): void;
}

export interface Following {
  /** Follows a resource; resolves when its server knows. Rejects with the server's refusal. */
  watch(uri: string): Promise<void>;
  unwatch(uri: string): void;
  readonly watched: ReadonlySet<string>;
  stop(): void;
}

/** Tells followers what changed: lists at most once in `coalesceMs`, resources only to those who watch them. */
export interface FanOut {
  follow(follower: Follower): Following;
  close(): void;
}

interface FanOutOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly coalesceMs: number;
}

const LISTS: readonly ChangedList[] = ['tools', 'prompts', 'resources'];

interface Entry {
  readonly follower: Follower;
  readonly uris: Set<string>;
  /** Version of the follower's view when it was last told. */
  version: number | undefined;
}

export function createFanOut(options: FanOutOptions): FanOut {
  const { catalog, clock } = options;
  const entries = new Set<Entry>();
  const resources = createResourceWatch(options);
  const pending = { tools: false, prompts: false, resources: false };
  let cancelFlush: (() => void) | undefined;

  const versionOf = (entry: Entry): number | undefined => catalog.view(entry.follower.selector)?.version;
  const flush = (): void => {
    cancelFlush = undefined;
    const changed = LISTS.filter((list) => pending[list]);
    for (const list of LISTS) pending[list] = false;
    for (const entry of entries) tell(entry, versionOf(entry), changed);
  };
  const stopCatalog = catalog.subscribe((change) => {
    for (const list of LISTS) pending[list] ||= change[list];
    cancelFlush ??= clock.after(options.coalesceMs, flush);
    resources.rebind();
  });
  const stopResources = catalog.onResourceUpdated((uri) => {
    for (const entry of entries) if (watches(entry.uris, uri)) entry.follower.resourceUpdated(uri);
  });

  return {
    follow(follower) {
      const entry: Entry = { follower, uris: new Set(), version: catalog.view(follower.selector)?.version };
      entries.add(entry);
      return {
        watched: entry.uris,
        watch(uri) {
          if (entry.uris.has(uri)) return Promise.resolve();
          entry.uris.add(uri);
          return resources.add(uri, follower.selector);
        },
        unwatch: (uri) => void (entry.uris.delete(uri) && resources.remove(uri)),
        stop() {
          if (!entries.delete(entry)) return;
          for (const uri of entry.uris) resources.remove(uri);
        },
      };
    },
    close() {
      cancelFlush?.();
      stopCatalog();
      stopResources();
    },
  };
}

/** A view of one server need not hear of another's changes. */
function tell(entry: Entry, version: number | undefined, changed: readonly ChangedList[]): void {
  if (version === entry.version) return;
  entry.version = version;
  for (const list of changed) entry.follower.listChanged(list);
}

/** A server may report a part of what was subscribed (2025-11-25, server/resources: sub-resources). */
function watches(uris: ReadonlySet<string>, changed: string): boolean {
  if (uris.has(changed)) return true;
  for (const uri of uris) if (changed.startsWith(uri.endsWith('/') ? uri : `${uri}/`)) return true;
  return false;
}

interface Watched {
  count: number;
  readonly selector: ViewSelector;
  upstream: Upstream | undefined;
  uri: string;
}

/** One subscription upstream however many clients watch; moved when another upstream comes to serve the URI. */
function createResourceWatch({ catalog, log }: FanOutOptions): {
  add(uri: string, selector: ViewSelector): Promise<void>;
  remove(uri: string): void;
  rebind(): void;
} {
  const watched = new Map<string, Watched>();
  const bind = async (hubUri: string, entry: Watched): Promise<void> => {
    const target = catalog.view(entry.selector)?.resource(hubUri);
    if (!target || target.upstream === entry.upstream) return;
    entry.upstream = target.upstream;
    entry.uri = target.uri;
    try {
      await target.upstream.subscribeResource(target.uri);
    } catch (thrown) {
      entry.upstream = undefined;
      throw thrown;
    }
  };
  const report = (uri: string) => (thrown: unknown) =>
    log.warn({ uri, err: thrown }, 'resource subscription was not passed on');
  return {
    add(uri, selector) {
      const before = watched.get(uri);
      if (before) before.count++;
      const entry = before ?? { count: 1, selector, upstream: undefined, uri };
      watched.set(uri, entry);
      return bind(uri, entry);
    },
    remove(uri) {
      const entry = watched.get(uri);
      if (!entry || --entry.count > 0) return;
      watched.delete(uri);
      void entry.upstream?.unsubscribeResource(entry.uri).catch(report(uri));
    },
    rebind() {
      for (const [uri, entry] of watched) void bind(uri, entry).catch(report(uri));
    },
  };
}
