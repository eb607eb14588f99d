import type { IncomingMessage } from 'node:http';
import { hubError } from '@counterpart/schemas';
import { ConversationRequest } from '@counterpart/schemas/chat/api/responses';
import type { ChatItem } from '../kernel/ports.ts';
import { listOf, pageOf } from './lists.ts';
import { withoutPastedCredentials } from '../orchestrator/understanding/credentials/pasted.ts';
import type { ChatParts } from './parts.ts';
import { readBody } from './request/read-body.ts';
import { toItems, toWire } from './responses/items.ts';

type Kept = Pick<ChatParts, 'conversations'>;

/** `POST /v1/conversations`: one of those of `/api/conversations` is begun, as are all here. */
export async function createConversation(kept: Kept, req: IncomingMessage): Promise<object> {
  const { items, metadata } = await readBody(req, ConversationRequest);
  const { id } = await kept.conversations.create({
    items: withoutPastedCredentials(toItems(items, 'items')),
    metadata: metadata ?? {},
  });
  return await showConversation(kept, id);
}

/** `GET /v1/conversations/<id>`. */
export async function showConversation({ conversations }: Kept, id: string): Promise<object> {
  const { createdAt, metadata } = await conversations.show(id);
  return { id, object: 'conversation', created_at: seconds(createdAt), metadata };
}

/** `POST /v1/conversations/<id>`. */
export async function changeConversation(kept: Kept, id: string, req: IncomingMessage): Promise<object> {
  const { metadata } = await readBody(req, ConversationRequest);
  await kept.conversations.change(id, { metadata: metadata ?? {} });
  return await showConversation(kept, id);
}

/** `DELETE /v1/conversations/<id>`. */
export async function deleteConversation({ conversations }: Kept, id: string): Promise<object> {
  await conversations.delete(id);
  return { id, object: 'conversation.deleted', deleted: true };
}

/** `GET /v1/conversations/<id>/items`. */
export async function listItems(
  { conversations }: Kept,
  id: string,
  query: URLSearchParams,
): Promise<object> {
  const { items } = await conversations.show(id);
  return listOf(pageOf(items.map(wireOf), query));
}

/** `POST /v1/conversations/<id>/items`. */
export async function addItems({ conversations }: Kept, id: string, req: IncomingMessage): Promise<object> {
  const { items } = await readBody(req, ConversationRequest);
  const before = (await conversations.show(id)).items.length;
  await conversations.append(id, withoutPastedCredentials(toItems(items, 'items')));
  const added = (await conversations.show(id)).items.slice(before);
  return listOf({ data: added.map(wireOf), hasMore: false });
}

/** `GET /v1/conversations/<id>/items/<item>`. */
export async function showItem({ conversations }: Kept, id: string, item: string): Promise<object> {
  const found = (await conversations.show(id)).items.find((one) => one.id === item);
  if (found === undefined) throw noItem(id, item);
  return wireOf(found);
}

/** `DELETE /v1/conversations/<id>/items/<item>`: what is left is the conversation. */
export async function removeItem(kept: Kept, id: string, item: string): Promise<object> {
  if (!(await kept.conversations.remove(id, item))) throw noItem(id, item);
  return await showConversation(kept, id);
}

const noItem = (id: string, item: string) => hubError('ROUTE_UNKNOWN', { path: `item ${item} of ${id}` });

const wireOf = ({ id, item }: { readonly id: string; readonly item: ChatItem }) => toWire(item, id);
const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
