import { defineTool } from '@counterpart/kit';
import { z } from 'zod';

/** The smallest tool there is: what it takes, what it answers, and the way from one to the other. */
export const countWords = defineTool({
  name: 'count_words',
  title: 'Count words',
  description: 'Counts the words and the sentences of a text, in any language that has words apart.',
  effect: 'read',
  input: z.strictObject({
    text: z.string().max(100_000).describe('The text, at most 100,000 characters.'),
    language: z.string().default('en').describe('Language of the text as a BCP 47 tag, such as en or pt-BR.'),
  }),
  output: z.strictObject({ words: z.int(), sentences: z.int() }),
  examples: [{ text: 'One sentence. And another.' }],
  run({ text, language }) {
    const count = (granularity: 'word' | 'sentence'): Intl.SegmentData[] => [
      ...new Intl.Segmenter(language, { granularity }).segment(text),
    ];
    return {
      words: count('word').filter(({ isWordLike }) => isWordLike === true).length,
      sentences: count('sentence').length,
    };
  },
});
