import { exactText } from '../../kernel/protocol/exact-numbers.ts';

/** Width of a line of laid out JSON: what is shorter stays on one. */
const WIDTH = 200;
/** Lists inside lists that are laid out; what lies deeper stays on one line. */
const DEEPEST = 8;

/** JSON in lines that a reader can stop after: every item of a long list begins one. Parsed, it is the same value. */
export function layOut(value: unknown, depth = 0): string {
  const compact = JSON.stringify(value) ?? 'null';
  if (compact.length <= WIDTH || depth >= DEEPEST || typeof value !== 'object' || value === null)
    return compact;
  if (exactText(value) !== undefined) return compact;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = Array.isArray(value)
    ? value.map((item) => layOut(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${layOut(item, depth + 1)}`);
  const indent = ' '.repeat(depth + 1);
  return `${open}\n${parts.map((part) => indent + part).join(',\n')}\n${' '.repeat(depth)}${close}`;
}

/** Part of a text, and where the next one begins; undefined when this was the last. */
export interface Page {
  readonly text: string;
  readonly next: number | undefined;
}

/** So many characters of a text from `offset`, ended after a line where there is one to end after. */
export function pageOf(text: string, offset: number, most: number): Page {
  const end = offset + most;
  if (end >= text.length) return { text: text.slice(offset), next: undefined };
  const lineEnd = text.lastIndexOf('\n', end - 1) + 1;
  const cut = lineEnd > offset + most / 2 ? lineEnd : wholeCharacter(text, end);
  return { text: text.slice(offset, cut), next: cut };
}

/** Not between the two halves of a character. */
function wholeCharacter(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
