import { chatBuilds } from './chat-builds.ts';
import type { Builds } from './builds/builds.ts';
import type { ConfigStore } from './config/store.ts';
import type { Fleet } from './fleet/fleet.ts';
import { indexOf } from './gateway/search/tool-search.ts';
import type { SecretService } from './http/secret-routes.ts';
import type { Clock } from './kernel/clock.ts';
import type { EventLog } from './kernel/events.ts';
import type { Logger } from './kernel/log.ts';
import type { Catalog, ChatRouter, Generations, Orchestrator, ToolCalls, ToolRoute } from './kernel/ports.ts';
import type { Redactor } from './kernel/redact.ts';
import { createOrchestrator } from './orchestrator/loop/orchestrator.ts';
import { createPendingStore } from './orchestrator/loop/pending.ts';
import type { ToolShelf } from './orchestrator/loop/room.ts';
import type { Db } from './store/store.ts';

interface Desk {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventLog;
  readonly config: ConfigStore;
  readonly redactor: Redactor;
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly calls: ToolCalls;
  readonly builds: Builds;
  readonly generations: Generations;
  readonly router: ChatRouter;
  /** Lines for every conversation, such as the servers that were built here. */
  readonly memory: () => Promise<readonly string[]>;
  readonly secrets: () => Pick<SecretService, 'openPage'>;
}

/** The orchestrator of a hub, given what it needs of the other rooms. */
export function chatDesk(desk: Desk): Orchestrator {
  return createOrchestrator({
    ...desk,
    config: () => desk.config.current().chat,
    shelf: shelfOver(desk.catalog),
    pending: createPendingStore(desk),
    builds: chatBuilds(desk),
    clean: desk.redactor.redact,
  });
}

const NONE: ReadonlyMap<string, ToolRoute> = new Map();

/** Tools of a view as clients have them, found as clients find them. */
export function shelfOver(catalog: Pick<Catalog, 'view'>): ToolShelf {
  return {
    all: (view) => catalog.view(view)?.tools ?? NONE,
    async find(view, text, limit) {
      const tools = catalog.view(view)?.tools;
      if (tools === undefined || tools.size === 0) return [];
      return (await indexOf(tools)).find(text, limit);
    },
  };
}
