import type { ChatItem } from '../../kernel/ports.ts';

/** The text of a message, its pieces on lines of their own; empty for any other item. */
export function textOf(item: ChatItem): string {
  if (item.type !== 'message') return '';
  return item.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
