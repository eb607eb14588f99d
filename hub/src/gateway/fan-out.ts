import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type {
  CallerSession,
  Catalog,
  JsonMembers,
  ListsChange,
  Upstream,
  ViewSelector,
} from '../kernel/ports.ts';
import { ResourceWatch } from './resource-watch.ts';

export type ChangedList = keyof ListsChange;

/** Someone who is told of changes: a legacy session or a modern listen. */
export interface Follower {
  readonly selector: ViewSelector;
  /** Set for a legacy client, which may have an instance of a server of its own. */
  readonly callerSession?: CallerSession | undefined;
  listChanged(list: ChangedList): void;
  resourceUpdated(uri: string): void;
  /** A server told news of a task or an elicitation: the follower says itself whether it is one of its own. */
  notified(upstream: Upstream, method: string, params: JsonMembers): void;
}

export interface Following {
  /** Follows a resource; resolves when its server knows. Rejects with the server's refusal. */
  watch(uri: string): Promise<void>;
  unwatch(uri: string): void;
  readonly watched: Pick<ReadonlySet<string>, 'has' | 'size'>;
  stop(): void;
}

/** Tells followers what changed: lists at most once in `coalesceMs`, resources only to those who watch them. */
export interface FanOut {
  follow(follower: Follower): Following;
  /** Passes on what a server said of a task or an elicitation. */
  notify(upstream: Upstream, method: string, params: JsonMembers): void;
  close(): void;
}

interface FanOutOptions {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly coalesceMs: number;
}

const LISTS: readonly ChangedList[] = ['tools', 'prompts', 'resources'];
const NONE: ReadonlySet<ChangedList> = new Set();

interface Entry {
  readonly follower: Follower;
  readonly resources: ResourceWatch;
  /** Version of the follower's view when it was last told. */
  version: number | undefined;
}

export function createFanOut({ catalog, clock, log, coalesceMs }: FanOutOptions): FanOut {
  const entries = new Set<Entry>();
  /** By whom it concerns; undefined: the owner. */
  const pending = new Map<string | undefined, Set<ChangedList>>();
  let cancelFlush: (() => void) | undefined;

  const versionOf = (entry: Entry): number | undefined => catalog.view(entry.follower.selector)?.version;
  const flush = (): void => {
    cancelFlush = undefined;
    const changed = new Map(pending);
    pending.clear();
    for (const entry of entries)
      tell(entry, versionOf(entry), changed.get(entry.follower.selector.principal) ?? NONE);
  };
  const note = (principal: string | undefined, change: ListsChange): void => {
    const lists = pending.get(principal) ?? new Set();
    for (const list of LISTS) if (change[list]) lists.add(list);
    pending.set(principal, lists);
  };
  const stopCatalog = catalog.subscribe((change) => {
    note(undefined, change);
    for (const [principal, theirs] of change.people ?? []) note(principal, theirs);
    cancelFlush ??= clock.after(coalesceMs, flush);
    for (const { resources } of entries) resources.rebind();
  });
  const stopResources = catalog.onResourceUpdated((update) => {
    for (const { follower, resources } of entries)
      for (const uri of resources.names(update)) follower.resourceUpdated(uri);
  });

  return {
    follow(follower) {
      const { selector, callerSession } = follower;
      const resources = new ResourceWatch({
        view: () => catalog.view(selector),
        session: callerSession,
        refused: (uri, thrown) => log.warn({ uri, err: thrown }, 'resource subscription was not passed on'),
      });
      const entry: Entry = { follower, resources, version: catalog.view(selector)?.version };
      entries.add(entry);
      return {
        watched: resources,
        watch: (uri) => resources.add(uri),
        unwatch: (uri) => resources.remove(uri),
        stop() {
          if (entries.delete(entry)) resources.clear();
        },
      };
    },
    notify(upstream, method, params) {
      for (const { follower } of entries) follower.notified(upstream, method, params);
    },
    close() {
      cancelFlush?.();
      stopCatalog();
      stopResources();
    },
  };
}

/** A view of one server need not hear of another's changes. */
function tell(entry: Entry, version: number | undefined, changed: ReadonlySet<ChangedList>): void {
  if (version === entry.version) return;
  entry.version = version;
  for (const list of changed) entry.follower.listChanged(list);
}
