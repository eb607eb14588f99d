import type { ChatItem } from '../../kernel/ports.ts';
import { textOf } from '../understanding/text-of.ts';

const MOST_CHARACTERS = 60;

/** The beginning of the first question, cut at a word; empty when nobody asked. */
export function titleOf(items: readonly ChatItem[]): string {
  const asked = items.find((item) => item.type === 'message' && item.role === 'user');
  const words = asked === undefined ? '' : textOf(asked).trim().replace(/\s+/g, ' ');
  if (words.length <= MOST_CHARACTERS) return words;
  const cut = words.slice(0, MOST_CHARACTERS);
  const space = cut.lastIndexOf(' ');
  return `${space > MOST_CHARACTERS / 2 ? cut.slice(0, space) : cut}…`;
}
