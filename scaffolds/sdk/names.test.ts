import { expect, test } from 'vitest';
import { camelCase, pascalCase, snakeCase } from './names.ts';

test('names of types and members spell letters of other languages as names of tools do', () => {
  expect([pascalCase('Straße-Typ'), camelCase('Größe'), snakeCase('Łódź œuvre')]).toEqual([
    'StrasseTyp',
    'grosse',
    'lodz_oeuvre',
  ]);
});
