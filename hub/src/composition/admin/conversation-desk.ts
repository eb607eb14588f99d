import type { Access } from '../../access/access.ts';
import type { ConversationService } from '../../http/routes/conversation-routes.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createKeptAnswers } from '../../orchestrator/cache/kept-answers.ts';
import { createConversations } from '../../orchestrator/conversations/conversations.ts';
import { toMarkdown } from '../../orchestrator/conversations/export.ts';
import { createMemory } from '../../orchestrator/conversations/memory.ts';
import type { Db } from '../../store/store.ts';

interface Desk {
  readonly db: Db;
  readonly clock: Clock;
  readonly access: Access;
}

/** Conversations, memory and kept answers as whose they are sees them; all stand in the database, so nothing has to run for it. */
export function conversationDesk(options: Desk, principal: string): ConversationService {
  const { access } = options;
  const conversations = createConversations({ ...options, principal });
  const sees = (server: string): boolean => access.sees(principal, server);
  const memory = createMemory({ ...options, principal, sees });
  const answers = createKeptAnswers(options.db);
  return {
    list: () => conversations.list(),
    show: (id) => conversations.show(id),
    change: (id, change) => conversations.change(id, change),
    branch: (id, request) => conversations.branch(id, request),
    delete: (id) => conversations.delete(id),
    markdown: async (id) => toMarkdown(await conversations.show(id)),
    remembered: (kind) => memory.list(kind),
    remember: (entry) => memory.add(entry),
    forget: (kind, subject) => memory.forget(kind, subject),
    // The owner clears up for everybody.
    cached: () => answers.list(principal === OWNER ? undefined : principal),
    clearCache: (whose) => answers.clear(principal === OWNER ? whose : principal),
  };
}
