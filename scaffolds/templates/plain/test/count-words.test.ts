import { testContext } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { countWords } from '../src/tools/count-words.ts';

test('words and sentences of a text are counted', async () => {
  const { structuredContent } = await countWords.call({ text: 'One sentence. And another.' }, testContext());
  expect(structuredContent).toEqual({ words: 4, sentences: 2 });
});

test('a missing text is named', async () => {
  const { isError, content } = await countWords.call({}, testContext());
  expect(isError).toBe(true);
  expect(content).toMatchObject([{ text: expect.stringContaining('text:') as string }]);
});
