import type { IncomingMessage, ServerResponse } from 'node:http';
import { hubError } from '@counterpart/schemas';
import { ConversationRequest } from '@counterpart/schemas/chat/api/responses';
import { answerJson } from './errors.ts';
import { listOf, pageOf } from './lists.ts';
import { withoutPastedCredentials } from '../orchestrator/understanding/credentials/pasted.ts';
import type { ChatParts } from './parts.ts';
import { readBody } from './request/read-body.ts';
import { toItems, toWire } from './responses/items.ts';

/** A request of `/v1/conversations` below its first part. */
export interface ConversationCall {
  readonly method: string;
  /** What stands behind `/v1/conversations/`, between the slashes. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** `/v1/conversations`, as clients of OpenAI's know it; the same conversations as those of `/api/conversations`. */
export async function serveConversations(
  { conversations }: Pick<ChatParts, 'conversations'>,
  { method, path: [id, ...below], query }: ConversationCall,
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
): Promise<void> {
  const shown = async (of: string): Promise<object> => {
    const { createdAt, metadata } = await conversations.show(of);
    return { id: of, object: 'conversation', created_at: seconds(createdAt), metadata };
  };
  const call = `${method} ${[id === undefined ? '' : ':id', ...below].join('/')}`;
  if (id === undefined) {
    const { items, metadata } = await readBody(req, ConversationRequest);
    const made = await conversations.create({
      items: withoutPastedCredentials(toItems(items, 'items')),
      metadata: metadata ?? {},
    });
    return answerJson(res, await shown(made.id));
  }
  switch (call) {
    case 'GET :id':
      return answerJson(res, await shown(id));
    case 'POST :id': {
      const { metadata } = await readBody(req, ConversationRequest);
      await conversations.change(id, { metadata: metadata ?? {} });
      return answerJson(res, await shown(id));
    }
    case 'DELETE :id':
      await conversations.delete(id);
      return answerJson(res, { id, object: 'conversation.deleted', deleted: true });
    case 'GET :id/items': {
      const { items } = await conversations.show(id);
      const wire = items.map(({ id: itemId, item }) => toWire(item, itemId));
      return answerJson(res, listOf(pageOf(wire, query)));
    }
    case 'POST :id/items': {
      const { items } = await readBody(req, ConversationRequest);
      const before = (await conversations.show(id)).items.length;
      await conversations.append(id, withoutPastedCredentials(toItems(items, 'items')));
      const added = (await conversations.show(id)).items.slice(before);
      const wire = added.map(({ id: itemId, item }) => toWire(item, itemId));
      return answerJson(res, listOf({ data: wire, hasMore: false }));
    }
    default:
      return oneItem({ conversations }, { id, below }, res);
  }
}

async function oneItem(
  { conversations }: Pick<ChatParts, 'conversations'>,
  { id, below }: { readonly id: string; readonly below: readonly string[] },
  res: ServerResponse,
): Promise<void> {
  const [, wanted] = below;
  const found = (await conversations.show(id)).items.find((one) => one.id === wanted);
  if (found === undefined) throw hubError('ROUTE_UNKNOWN', { path: `item ${wanted ?? ''} of ${id}` });
  answerJson(res, toWire(found.item, found.id));
}

const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
