import { effectOf } from '@counterpart/schemas';
import type { ToolRoute } from '../../kernel/ports.ts';
import { summaryOf } from '../../search/analysis.ts';

/** Bytes of one line with its line feed: ten of them stay under two kilobytes. */
const LINE_BYTES = 200;
const SHORTEST_SUMMARY = 20;

/** One line for each tool: name, effect, and as much of its first sentence as fits. */
export const hitLines = (tools: ReadonlyMap<string, ToolRoute>, names: readonly string[]): string =>
  names.flatMap((name) => lineOf(name, tools.get(name))).join('\n');

function lineOf(name: string, route: ToolRoute | undefined): string[] {
  if (!route) return [];
  const head = `${name} (${effectOf(route.definition)}) `;
  const room = LINE_BYTES - 1 - Buffer.byteLength(head);
  return [`${head}${cutBytes(summaryOf(route.definition), Math.max(SHORTEST_SUMMARY, room))}`.trimEnd()];
}

/** The start of a text in at most so many bytes of UTF-8, no character cut in two. */
function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const kept = new TextDecoder().decode(Buffer.from(text).subarray(0, most - 3), { stream: true });
  return `${kept}…`;
}
