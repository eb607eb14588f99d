import { testContext } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { convertLength, metresIn } from '../src/tools/convert-length.ts';

test('a length is converted with six digits', async () => {
  const answer = await convertLength.call({ value: 10, from: 'ft', to: 'm' }, testContext());
  expect(answer.structuredContent).toEqual({ value: 3.048 });
});

test('a unit that is not known is refused with those that are', () => {
  expect(() => metresIn('furlong')).toThrow('use one of mm, cm, m, km, in, ft');
});
