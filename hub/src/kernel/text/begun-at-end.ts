/** How many characters at the end of a text may be the beginning of one of these words, of which more is to come. */
export function begunAtEnd(text: string, words: readonly string[]): number {
  const longest = Math.max(0, ...words.map((word) => word.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1)
    if (words.some((word) => word.startsWith(text.slice(-length)))) return length;
  return 0;
}
