import { expect, test } from 'vitest';
import { withoutPreamble } from './delimited.ts';

test.each([
  [
    ['sep=;', 'id;v', '1;2'],
    ['', 'id;v', '1;2'],
  ],
  [
    ['# made on Monday, by x', '#', 'id,v,w', '1,2,3'],
    ['', '', 'id,v,w', '1,2,3'],
  ],
  [
    ['# note', 'name', 'a'],
    ['', 'name', 'a'],
  ],
  [
    ['#id,v', '1,2'],
    ['#id,v', '1,2'],
  ],
  [
    ['# id;v', '1;2', '# 3;4'],
    ['# id;v', '1;2', '# 3;4'],
  ],
  [
    ['id,v', '# 1', '2,3'],
    ['id,v', '# 1', '2,3'],
  ],
  [['#tag'], ['#tag']],
  [[], []],
])('what stands before a table is emptied, and headers and rows stay: %j', (lines, expected) => {
  expect(withoutPreamble(lines)).toEqual(expected);
});
