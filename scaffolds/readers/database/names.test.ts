import { expect, test } from 'vitest';
import { mirrorNames } from './names.ts';

test('names that differ in their case alone have others in a mirror, and no other name has', () => {
  expect(mirrorNames(['Case', 'case', 'CASE', 'case (2)', 'Ä', 'ä', 'b'])).toEqual([
    undefined,
    'case (2)',
    'CASE (3)',
    'case (2) (2)',
    undefined,
    undefined,
    undefined,
  ]);
});
