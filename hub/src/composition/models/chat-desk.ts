import type { Access } from '../../access/access.ts';
import { FLOWS_ID } from '../../flows/serve/flow-server.ts';
import type { Builds } from '../../builds/builds.ts';
import { chatBuilds } from './chat-builds.ts';
import { createChat, type ChatSurface } from '../../chat/chat.ts';
import type { ConfigStore } from '../../config/store.ts';
import type { Fleet } from '../../fleet/fleet.ts';
import type { Flows } from '../../flows/flows.ts';
import { withFlowModels } from '../../flows/serve/flow-model.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import { indexOf } from '../../gateway/search/tool-search.ts';
import type { SecretService } from '../../http/secrets/secret-routes.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { Logger } from '../../kernel/log.ts';
import type {
  Catalog,
  ChatRouter,
  Generations,
  Orchestrator,
  ToolCalls,
  ToolRoute,
} from '../../kernel/ports.ts';
import type { Redactor } from '../../kernel/redact.ts';
import { createAnswerCache } from '../../orchestrator/cache/answer-cache.ts';
import { createConversations, type Conversations } from '../../orchestrator/conversations/conversations.ts';
import { createMemory } from '../../orchestrator/conversations/memory.ts';
import { createSummariser, type Summariser } from '../../orchestrator/conversations/summariser.ts';
import { ROUTES } from '../../orchestrator/routing/route-names.ts';
import { createResponses } from '../../orchestrator/conversations/responses.ts';
import { createOrchestrator } from '../../orchestrator/loop/orchestrator.ts';
import { createPendingStore } from '../../orchestrator/loop/pending.ts';
import type { ToolShelf } from '../../orchestrator/loop/room.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { Db } from '../../store/store.ts';
import { ORGANISATION } from '../../vault/records.ts';

export interface ChatDesk {
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
  readonly access: Access;
  readonly generations: Generations;
  readonly router: ChatRouter;
  readonly metrics: Metrics;
  readonly secrets: () => Pick<SecretService, 'openPage'>;
  /** Flows that are asked for as models. */
  readonly flows: { readonly models: readonly string[]; open(): Promise<{ readonly flows: Flows }> };
}

/** Everything of a hub that chats: opened when somebody first asks for it, for most hubs only relay. */
export interface Chats {
  readonly surface: ChatSurface;
  readonly orchestrator: Orchestrator;
  conversationsOf(principal: string): Pick<Conversations, 'append'>;
  readonly summariser: Summariser;
  /** Ends answers that are under way. */
  close(): Promise<void>;
}

/** The chats of a hub, given what they need of its other rooms. */
export async function openChats(desk: ChatDesk): Promise<Chats> {
  const { config, clock, log, generations } = desk;
  const { access } = desk;
  const conversationsOf = (principal: string): Conversations =>
    createConversations({ ...desk, principal, added: (id) => summariser.added(id, principal) });
  const clean = desk.redactor.redact;
  const summariser = createSummariser({ ...desk, conversations: conversationsOf, clean });
  const chatting = createOrchestrator({
    ...desk,
    config: () => config.current().chat,
    consistency: () => config.current().routing.consistency,
    shelf: shelfOver(desk.catalog),
    pending: createPendingStore(desk),
    organisation: ORGANISATION,
    cache: createAnswerCache({
      ...desk,
      config: () => config.current().chat.cache,
      meter: desk.metrics.cache,
      clean,
    }),
    builds: (principal) => chatBuilds(desk, principal),
    memory: (principal) => rememberedFor(desk, principal),
    clean,
  });
  const orchestrator = withFlowModels(chatting, async () => (await desk.flows.open()).flows);
  const surface = await createChat({
    orchestrator,
    generations,
    conversations: conversationsOf(OWNER),
    responses: createResponses(desk),
    clock,
    log,
    routes: () => [...ROUTES, ...desk.flows.models],
    principal: OWNER,
    people: {
      names: () => access.people().map(({ name }) => name),
      of: (principal) => ({
        conversations: conversationsOf(principal),
        responses: createResponses({ ...desk, principal }),
        routes: () => [...ROUTES, ...(access.sees(principal, FLOWS_ID) ? desk.flows.models : [])],
      }),
    },
  });
  const stop = access.subscribe({ revoked: (person) => surface.expel(person) });
  return {
    surface,
    orchestrator,
    conversationsOf,
    summariser,
    async close() {
      stop();
      await surface.close();
      await summariser.close();
    },
  };
}

async function rememberedFor(desk: ChatDesk, principal: string): Promise<string[]> {
  const sees = (server: string): boolean => desk.access.sees(principal, server);
  const lines = await createMemory({ ...desk, principal, sees }).list();
  return lines.map(({ kind, subject, text }) => `${kind} ${subject}: ${text}`);
}

const NONE: ReadonlyMap<string, ToolRoute> = new Map();

/** Tools of a view as clients have them, found as clients find them. */
function shelfOver(catalog: Pick<Catalog, 'view'>): ToolShelf {
  return {
    all: (view) => catalog.view(view)?.tools ?? NONE,
    async find(view, text, limit) {
      const tools = catalog.view(view)?.tools;
      if (tools === undefined || tools.size === 0) return [];
      return (await indexOf(tools)).find(text, limit);
    },
  };
}
