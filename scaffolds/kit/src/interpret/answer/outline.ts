import type { Json } from '@counterpart/schemas';
import { isList, isMembers, isNumber } from '../../json-value.ts';

const DEEPEST = 4;
const MOST_MEMBERS = 24;
const MOST_CHARACTERS = 1_500;

function outlineOf(value: Json, depth: number): string {
  if (isList(value)) {
    const [first] = value;
    return first === undefined ? '[]' : `[${value.length} × ${outlineOf(first, depth + 1)}]`;
  }
  if (!isMembers(value)) return value === null ? 'null' : isNumber(value) ? 'number' : typeof value;
  const members = Object.entries(value);
  if (members.length === 0) return '{}';
  if (depth >= DEEPEST) return `{${members.length} members}`;
  const shown = members
    .slice(0, MOST_MEMBERS)
    .map(([key, member]) => `${JSON.stringify(key)}: ${outlineOf(member, depth + 1)}`);
  const more = members.length > shown.length ? [`… ${members.length - shown.length} more`] : [];
  return `{${[...shown, ...more].join(', ')}}`;
}

/** What an answer is made of, on one line: names, types, and how many items its lists have; of each list the first item. */
export function outline(value: Json): string {
  const text = outlineOf(value, 0);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
