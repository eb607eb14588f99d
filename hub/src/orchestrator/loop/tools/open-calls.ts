import type { ChatItem } from '../../../kernel/ports.ts';

/** Whether an item is a call of a tool, or what it gave. */
export const isOfTools = ({ type }: ChatItem): boolean =>
  type === 'function_call' || type === 'function_call_output';

/** Ids of calls that have no output yet. */
export function openCalls(items: readonly ChatItem[]): string[] {
  const answered = new Set(
    items.flatMap((item) => (item.type === 'function_call_output' ? [item.callId] : [])),
  );
  return items.flatMap((item) =>
    item.type === 'function_call' && !answered.has(item.callId) ? [item.callId] : [],
  );
}
