import type {
  CachedAnswer,
  ConversationDetail,
  ConversationSummary,
  MemoryEntry,
} from '@counterpart/schemas';
import { BranchRequest, ConversationChange, MemoryRequest } from '@counterpart/schemas/chat/conversation';
import type { Context, Hono } from 'hono';
import { askerOf } from '../asker.ts';
import { readBody } from '../read-body.ts';
import { queryOf } from './query.ts';

/** The conversations of a principal and what is remembered for later ones, as the admin API needs them. */
export interface ConversationService {
  list(): Promise<ConversationSummary[]>;
  show(id: string): Promise<ConversationDetail>;
  change(id: string, change: ConversationChange): Promise<ConversationSummary>;
  branch(id: string, request: BranchRequest): Promise<ConversationSummary>;
  delete(id: string): Promise<void>;
  /** For reading, and for other programs. */
  markdown(id: string): Promise<string>;
  remembered(kind: string | undefined): Promise<MemoryEntry[]>;
  remember(entry: MemoryRequest): Promise<MemoryEntry>;
  forget(kind: string, subject: string): Promise<void>;
  /** Answers that are given again, the one that was used last first. */
  cached(): Promise<CachedAnswer[]>;
  /** Drops all of them, or those of one principal; how many there were. */
  clearCache(principal: string | undefined): Promise<number>;
}

/** Routes under `/api/conversations`, `/api/memory` and `/api/cache`. */
export function addConversationRoutes(
  app: Hono,
  conversationsOf: (principal: string) => Promise<ConversationService>,
): void {
  const at = (c: Context): Promise<ConversationService> => conversationsOf(askerOf(c));
  app.get('/api/conversations', async (c) => c.json({ conversations: await (await at(c)).list() }));
  app.get('/api/conversations/:id', async (c) => c.json(await (await at(c)).show(c.req.param('id'))));
  app.post('/api/conversations/:id', async (c) =>
    c.json(await (await at(c)).change(c.req.param('id'), await readBody(c, ConversationChange))),
  );
  app.post('/api/conversations/:id/branch', async (c) =>
    c.json(await (await at(c)).branch(c.req.param('id'), await readBody(c, BranchRequest)), 201),
  );
  app.delete('/api/conversations/:id', async (c) => {
    await (await at(c)).delete(c.req.param('id'));
    return c.json({ deleted: true });
  });
  app.get('/api/conversations/:id/export', async (c) => {
    const id = c.req.param('id');
    if (queryOf(c, '/api/conversations/:id/export').format === 'json')
      return c.json(await (await at(c)).show(id));
    return c.text(await (await at(c)).markdown(id), 200, { 'content-type': 'text/markdown; charset=utf-8' });
  });
  app.get('/api/memory', async (c) =>
    c.json({ memory: await (await at(c)).remembered(queryOf(c, '/api/memory').kind) }),
  );
  app.post('/api/memory', async (c) =>
    c.json(await (await at(c)).remember(await readBody(c, MemoryRequest)), 201),
  );
  app.delete('/api/memory/:kind/:subject', async (c) => {
    await (await at(c)).forget(c.req.param('kind'), c.req.param('subject'));
    return c.json({ forgotten: true });
  });
  app.get('/api/cache', async (c) => c.json({ answers: await (await at(c)).cached() }));
  app.delete('/api/cache', async (c) => c.json({ cleared: await (await at(c)).clearCache(undefined) }));
  app.delete('/api/cache/:principal', async (c) =>
    c.json({ cleared: await (await at(c)).clearCache(c.req.param('principal')) }),
  );
}
