import { expect, test } from 'vitest';
import { keyOf } from './database/names.ts';
import { latinLetters } from './latin-letters.ts';
import { plainKey } from './openapi/operation/keys.ts';
import { wordsOf } from './openapi/text/names.ts';
import { columnsOfCells } from './sample/columns.ts';
import { nounsOf } from './sample/names.ts';

test.each([
  ['Größe', 'Grosse'],
  ['Ærø', 'AEro'],
  ['sélection', 'selection'],
  ['Łódź', 'Lodz'],
  ['ﬁnal', 'final'],
  ['цена_EUR', 'цена_EUR'],
])('%s is written %s', (text, plain) => {
  expect(latinLetters(text)).toBe(plain);
});

test('a letter with a mark stays a letter, whatever a description is made a name of', () => {
  expect(plainKey('Größe')).toBe('Grosse');
  expect(wordsOf('Straßenkörbe')).toEqual(['strassenkorbe']);
  expect(keyOf('Länge (m)', 'column')).toBe('Lange_m');
  expect(columnsOfCells(['Größe', 'prénom'], [['1', 'Ann']]).map(({ key }) => key)).toEqual([
    'grosse',
    'prenom',
  ]);
  expect(nounsOf('Gerät').one).toBe('gerat');
});
