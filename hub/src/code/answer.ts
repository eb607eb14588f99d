import { withDigitsAsText } from '../kernel/protocol/exact-numbers.ts';
import { isMembers } from '../kernel/protocol/members.ts';
import type { JsonMembers } from '../kernel/ports.ts';

/** What a call came to: the tool's result as the protocol has it, or why there is none. */
export type Called =
  | { readonly kind: 'result'; readonly result: JsonMembers }
  | { readonly kind: 'failure'; readonly message: string };

const LONGEST_ERROR = 4_000;

/**
 * What the code gets of a result, as JSON text: its structured content; else its text, parsed where that is an object or a
 * list; else its content as it is. Whole numbers that no double holds are texts of their digits. An error of the tool becomes the
 * message of an exception.
 */
export function answerText(tool: string, called: Called, mostBytes: number): { ok: boolean; text: string } {
  if (called.kind === 'failure') return failed(`${tool}: ${called.message}`);
  const { result } = called;
  const words = textOf(result);
  if (result['isError'] === true)
    return failed(
      `${tool} failed: ${words ?? JSON.stringify(result['structuredContent'] ?? result['content'])}`,
    );
  // What code and flows hand on must be the record that they were given, and they know doubles only.
  const text = withDigitsAsText(dataOf(result, words));
  if (text.length > mostBytes)
    return failed(`${tool} answered with more than ${mostBytes} bytes; ask it for less`);
  return { ok: true, text };
}

const failed = (text: string): { ok: boolean; text: string } => ({
  ok: false,
  text: text.slice(0, LONGEST_ERROR),
});

function dataOf({ structuredContent, content }: JsonMembers, words: string | undefined): string {
  if (structuredContent !== undefined) return JSON.stringify(structuredContent);
  if (words === undefined) return JSON.stringify(content ?? null);
  return isJsonData(words) ? words : JSON.stringify(words);
}

/** All text of a result; undefined when there is anything beside text. */
function textOf({ content }: JsonMembers): string | undefined {
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((block: unknown) => (isMembers(block) ? block['text'] : undefined));
  return texts.every((text) => typeof text === 'string') ? texts.join('\n') : undefined;
}

function isJsonData(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
