import type { ChatItem } from '../../kernel/ports.ts';
import { textOf } from '../../orchestrator/understanding/text-of.ts';

/** How messages of a request stand to the conversation that they belong to. */
export interface Match {
  /** How many of the kept items still hold. */
  readonly kept: number;
  /** What is new. */
  readonly added: readonly ChatItem[];
}

const isInstruction = (item: ChatItem): boolean =>
  item.type === 'message' && (item.role === 'system' || item.role === 'developer');
const isSpoken = (item: ChatItem): boolean => item.type === 'message' && !isInstruction(item);

/** Instructions of the client: they are the request's and not kept. */
export const instructionsIn = (items: readonly ChatItem[]): readonly ChatItem[] =>
  items.filter(isInstruction);

/**
 * Tells what of a request is new. Clients send either what is new only (words of the user and nothing of the assistant), or
 * all that was said as they have it: then it is held against what is kept, whose calls of the hub's own tools the client
 * does not know, and from the first difference on the client is right.
 */
export function matchHistory(kept: readonly ChatItem[], sent: readonly ChatItem[]): Match {
  const said = sent.filter((item) => !isInstruction(item));
  const isWhole = said.some((item) => item.type !== 'message' || item.role === 'assistant');
  if (!isWhole) return { kept: kept.length, added: said };
  let at = 0;
  for (const [n, item] of said.entries()) {
    const found = nextSame(kept, at, item);
    if (found < 0) return { kept: withOwn(kept, at), added: said.slice(n) };
    at = found + 1;
  }
  return { kept: withOwn(kept, at), added: [] };
}

/** Where the same item stands next, past what only the hub knows; -1: it does not come next. */
function nextSame(kept: readonly ChatItem[], from: number, item: ChatItem): number {
  for (let at = from; at < kept.length; at += 1) {
    const one = kept[at];
    if (one === undefined) return -1;
    if (isSame(one, item)) return at;
    if (isSpoken(one)) return -1;
  }
  return -1;
}

/** Calls and answers of tools that follow belong to what stands before them; words do not. */
function withOwn(kept: readonly ChatItem[], from: number): number {
  let at = from;
  while (at < kept.length) {
    const one = kept[at];
    if (one === undefined || isSpoken(one)) return from;
    at += 1;
  }
  return at;
}

function isSame(a: ChatItem, b: ChatItem): boolean {
  if (a.type === 'message' && b.type === 'message')
    return a.role === b.role && textOf(a).trim() === textOf(b).trim();
  if (a.type === 'function_call' && b.type === 'function_call') return a.callId === b.callId;
  if (a.type === 'function_call_output' && b.type === 'function_call_output') return a.callId === b.callId;
  return false;
}
