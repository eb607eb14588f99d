import {
  CachedAnswer,
  type BranchRequest,
  type ConversationChange,
  type MemoryRequest,
} from '@counterpart/schemas';
import { ConversationDetail, ConversationSummary, MemoryEntry } from '@counterpart/schemas/chat/conversation';
import { z } from 'zod';
import type { Send } from './mirror-api.ts';

/** The conversations and the memory of one hub. Every method rejects with the catalogue's errors. */
export interface ConversationApi {
  list(): Promise<ConversationSummary[]>;
  show(id: string): Promise<ConversationDetail>;
  change(id: string, change: ConversationChange): Promise<ConversationSummary>;
  branch(id: string, request: BranchRequest): Promise<ConversationSummary>;
  delete(id: string): Promise<void>;
  /** Puts its first part in short; null: there is too little of it. */
  summarise(id: string): Promise<{ readonly text: string; readonly items: number } | null>;
  remembered(): Promise<MemoryEntry[]>;
  remember(entry: MemoryRequest): Promise<MemoryEntry>;
  forget(kind: string, subject: string): Promise<void>;
  cached(): Promise<CachedAnswer[]>;
  /** How many there were. */
  clearCache(principal?: string): Promise<number>;
}

const List = z.object({ conversations: z.array(ConversationSummary) });
const Memory = z.object({ memory: z.array(MemoryEntry) });
const Summary = z.object({ summary: z.object({ text: z.string(), items: z.int() }).nullable() });
const Cache = z.object({ answers: z.array(CachedAnswer) });
const Cleared = z.object({ cleared: z.int() });
const done = z.unknown();

/** Talks to `/api/conversations`, `/api/memory` and `/api/cache`. */
export function createConversationApi(send: Send): ConversationApi {
  const at = (id: string, verb = ''): string => `/api/conversations/${encodeURIComponent(id)}${verb}`;
  return {
    list: async () => (await send(List, 'GET', '/api/conversations')).conversations,
    show: (id) => send(ConversationDetail, 'GET', at(id)),
    change: (id, change) => send(ConversationSummary, 'POST', at(id), change),
    branch: (id, request) => send(ConversationSummary, 'POST', at(id, '/branch'), request),
    delete: async (id) => void (await send(done, 'DELETE', at(id))),
    summarise: async (id) => (await send(Summary, 'POST', at(id, '/summary'), {})).summary,
    remembered: async () => (await send(Memory, 'GET', '/api/memory')).memory,
    remember: (entry) => send(MemoryEntry, 'POST', '/api/memory', entry),
    forget: async (kind, subject) =>
      void (await send(
        done,
        'DELETE',
        `/api/memory/${encodeURIComponent(kind)}/${encodeURIComponent(subject)}`,
      )),
    cached: async () => (await send(Cache, 'GET', '/api/cache')).answers,
    async clearCache(principal) {
      const of = principal === undefined ? '' : `/${encodeURIComponent(principal)}`;
      return (await send(Cleared, 'DELETE', `/api/cache${of}`)).cleared;
    },
  };
}
