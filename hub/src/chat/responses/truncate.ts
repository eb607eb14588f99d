import type { ChatItem } from '../../kernel/ports.ts';
import { estimateTokens, readSaid } from '../../orchestrator/routing/classify/said.ts';

/** Of a model's context, for what is said; the rest is for the hub's tools and the answer. */
const SHARE = 0.7;

const isInstruction = (item: ChatItem): boolean =>
  item.type === 'message' && (item.role === 'system' || item.role === 'developer');
const isQuestion = (item: ChatItem): boolean => item.type === 'message' && item.role === 'user';

/**
 * What of a conversation fits a model: the oldest exchanges are left out, each as a whole, so that no call stays without its
 * output; instructions and the last question stay.
 */
export function truncated(items: readonly ChatItem[], contextTokens: number): readonly ChatItem[] {
  const fits = (some: readonly ChatItem[]): boolean =>
    estimateTokens(readSaid(some), 0) <= contextTokens * SHARE;
  if (fits(items)) return items;
  const told = items.filter(isInstruction);
  const said = items.filter((item) => !isInstruction(item));
  const starts = said.flatMap((item, n) => (n > 0 && isQuestion(item) ? [n] : []));
  const from = (at: number): readonly ChatItem[] => [...told, ...said.slice(starts[at])];
  // The later it begins, the shorter it is: the first beginning that fits is found by halving.
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(from(middle))) high = middle;
    else low = middle + 1;
  }
  return starts.length === 0 ? items : from(low);
}
