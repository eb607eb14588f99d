import { expect, test } from 'vitest';
import { citationsIn, CitedText } from './citations.ts';

const [one, two] = ['https://one.test/a', 'https://two.test/b'];

test('each mark of a source is a citation where it stands, and a source without a mark stands at the end', () => {
  const text = 'Snow [1] falls, see [1] and [9].';
  expect(citationsIn(text, [one, two])).toEqual([
    { type: 'url_citation', url: one, title: 'one.test', start_index: 5, end_index: 8 },
    { type: 'url_citation', url: one, title: 'one.test', start_index: 20, end_index: 23 },
    { type: 'url_citation', url: two, title: 'two.test', start_index: text.length, end_index: text.length },
  ]);
});

test('sources belong to what was said since the ones before, and a source that is no address is its own title', () => {
  const cited = new CitedText();
  cited.text = 'A [1].';
  cited.cite([one]);
  cited.text += ' B [1].';
  expect(cited.cite(['a book'])).toEqual([
    { type: 'url_citation', url_citation: { url: 'a book', title: 'a book', start_index: 9, end_index: 12 } },
  ]);
  expect([cited.urls, cited.annotations.length]).toEqual([[one, 'a book'], 2]);
});
