import type { Hono } from 'hono';
import { z } from 'zod';
import type { ChatItem, Orchestrator, RunEvent } from '../../kernel/ports.ts';
import { askerOf } from '../asker.ts';
import { readBody } from '../read-body.ts';

const Nothing = z.strictObject({});
const Decision = z.strictObject({ decision: z.enum(['approve', 'reject']) });

/** Chats, opened when they are first asked for. */
export type ChatService = () => Promise<{
  readonly orchestrator: Pick<Orchestrator, 'pending' | 'decide'>;
  conversationsOf(principal: string): {
    append(id: string, items: readonly ChatItem[]): Promise<void>;
  };
  readonly summariser: {
    now(
      id: string,
      principal: string,
    ): Promise<{ readonly text: string; readonly items: number } | undefined>;
  };
}>;

/** Calls of chats that wait for a person, and conversations put in short. */
export function addChatRoutes(app: Hono, chats: ChatService): void {
  app.get('/api/chat/pending', async (c) =>
    c.json({ pending: await (await chats()).orchestrator.pending(askerOf(c)) }),
  );
  app.post('/api/chat/pending/:id', async (c) => {
    const { decision } = await readBody(c, Decision);
    const room = await chats();
    const { orchestrator } = room;
    const [id, asker] = [c.req.param('id'), askerOf(c)];
    const { conversation } = (await orchestrator.pending(asker)).find((waiting) => waiting.id === id) ?? {};
    const { items, ...answer } = await answerOf(
      await orchestrator.decide(id, decision, c.req.raw.signal, asker),
    );
    // Words would be new to clients that keep the conversation themselves; what was called and what came of it is the hub's.
    const made = items.filter(({ type }) => type === 'function_call' || type === 'function_call_output');
    if (conversation !== undefined) await room.conversationsOf(asker).append(conversation, made);
    return c.json(answer);
  });
  app.post('/api/conversations/:id/summary', async (c) => {
    await readBody(c, Nothing);
    const summary = await (await chats()).summariser.now(c.req.param('id'), askerOf(c));
    return c.json({ summary: summary ?? null });
  });
}

/** The rest of an answer that had waited. */
async function answerOf(run: AsyncIterable<RunEvent>) {
  let text = '';
  let items: readonly ChatItem[] = [];
  const calls: { readonly tool: string; readonly isError: boolean }[] = [];
  for await (const event of run) {
    if (event.type === 'text') text += event.delta;
    if (event.type === 'tool-ended') calls.push({ tool: event.name, isError: event.isError });
    if (event.type === 'end') items = event.items;
  }
  return { text, calls, items };
}
