import { hubError } from '@counterpart/schemas';

/** `NAME=value` words as members. Throws USAGE naming the word that is none. */
export function parsePairs(
  words: readonly string[],
  option: string,
  command: string,
): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at < 1)
        throw hubError('USAGE', {
          detail: `${option} takes NAME=value, and "${word}" is not.`,
          command: `hub ${command}`,
        });
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}
