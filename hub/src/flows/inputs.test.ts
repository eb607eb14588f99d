import { expect, test } from 'vitest';
import { parseExact } from '../kernel/protocol/exact-numbers.ts';
import { plainInputs } from './inputs.ts';

test('a number that no double holds is the text of its digits, as JSON and as a client’s arguments', () => {
  const json =
    '{"id":9007199254740993,"list":[-9007199254740993],"n":7,"part":0.5,"text":"9007199254740993"}';
  const plain = {
    id: '9007199254740993',
    list: ['-9007199254740993'],
    n: 7,
    part: 0.5,
    text: '9007199254740993',
  };
  expect([plainInputs(json), plainInputs(parseExact(json)), plainInputs(plain)]).toEqual([
    plain,
    plain,
    plain,
  ]);
});
