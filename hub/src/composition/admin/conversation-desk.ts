import type { ConversationService } from '../../http/routes/conversation-routes.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createKeptAnswers } from '../../orchestrator/cache/kept-answers.ts';
import { createConversations } from '../../orchestrator/conversations/conversations.ts';
import { toMarkdown } from '../../orchestrator/conversations/export.ts';
import { createMemory } from '../../orchestrator/conversations/memory.ts';
import type { Db } from '../../store/store.ts';

/** Conversations, memory and kept answers as their owner sees them; all stand in the database, so nothing has to run for it. */
export function conversationDesk(options: { readonly db: Db; readonly clock: Clock }): ConversationService {
  const conversations = createConversations(options);
  const memory = createMemory(options);
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
    cached: () => answers.list(),
    clearCache: (principal) => answers.clear(principal),
  };
}
