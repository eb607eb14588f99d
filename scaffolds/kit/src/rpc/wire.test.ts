import { expect, test } from 'vitest';
import { paramsOf } from './wire.ts';

const order = ['a', 'b', 'c'];

test.each([
  ['by-name', { b: 2 }, { b: 2 }],
  ['by-name', {}, undefined],
  ['by-position', { a: 1, b: 2 }, [1, 2]],
  ['by-position', { a: 1, c: 3 }, [1, null, 3]],
  ['by-position', {}, undefined],
  ['either', { a: 1 }, [1]],
  ['either', { b: 2 }, { b: 2 }],
  ['either', { a: 1, b: 2, c: 3 }, [1, 2, 3]],
] as const)('parameters %s of %j travel as %j', (params, given, expected) => {
  expect(paramsOf({ params, order }, given)).toEqual(expected);
});
