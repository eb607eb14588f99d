/** Text of a description as Markdown text within a line: nothing in it can become a link, an image, HTML or a table cell's end. */
export const escapeMarkdown = (text: string): string =>
  toOneLine(text).replace(/[\\`*_[\]<>#|~!&$]/g, (mark) => `\\${mark}`);

/** The same for text that begins a line, where it could also begin a list. */
export const escapeMarkdownLine = (text: string): string =>
  escapeMarkdown(text)
    .replace(/^[-+=]/, (mark) => `\\${mark}`)
    .replace(/^(\d+)([.)])/, '$1\\$2');

/** The first sentence of a text, at most `maxLength` characters, on one line. */
export function firstSentence(text: string, maxLength: number): string {
  const line = toOneLine(text);
  const sentence = /^.*?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  return sentence.length <= maxLength ? sentence : `${sentence.slice(0, maxLength - 1).trimEnd()}…`;
}

/** Blanks and control characters, direction marks included, become single spaces. */
const toOneLine = (text: string): string => text.replace(/[\s\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
