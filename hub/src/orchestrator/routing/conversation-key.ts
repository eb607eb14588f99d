import { hash } from 'node:crypto';
import type { RouteQuestion } from '../../kernel/ports.ts';

const READ_CHARS = 2_000;

/**
 * What a conversation is known by: its id, or how it began where a client sends all of it each time. Never the same for two
 * principals.
 */
export function conversationKey({ conversation, items, principal }: RouteQuestion): string {
  if (conversation !== undefined) return `${principal}\0${conversation}`;
  let begin = '';
  for (const item of items) {
    if (item.type !== 'message') continue;
    for (const part of item.content) if (part.type === 'text') begin += part.text.slice(0, READ_CHARS);
    if (item.role === 'user') break;
  }
  return `${principal}\0\0${hash('sha1', begin, 'base64')}`;
}
