import { expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { EntityBook, type Entity } from './entities.ts';

const OFFICE: Entity = {
  key: 'work',
  names: ['office', 'HQ', 'das Büro'],
  address: 'Hauptstr. 12, 10115 Berlin',
};
const HOME: Entity = { key: 'home', names: ['my place'], address: '1 Main St, Springfield' };
const BOSS: Entity = { key: 'boss', names: ['Anna'], value: 'anna@example.com' };
const book = new EntityBook([OFFICE, HOME, BOSS]);

test.each([
  'work',
  'Work',
  'office',
  'the office',
  'my office',
  'The Office!',
  'hq',
  'Büro',
  'das büro',
  'im',
  'Hauptstraße 12',
  'hauptstr 12',
  'Hauptstr. 12, 10115 Berlin',
])('%s is found by key, name or address', (name) => {
  verifies('P12');
  expect(book.resolve(name)).toBe(name === 'im' ? undefined : OFFICE);
});

test.each([
  ['When should I leave for the office?', [OFFICE]],
  ['how long from home to work', [HOME, OFFICE]],
  ['wie komme ich ins Büro', [OFFICE]],
  ['does this work?', []],
  ['it will not work today', []],
  ['take me to 1 Main Street', [HOME]],
  ['write to Anna', [BOSS]],
])('in %j the right things are mentioned', (sentence, entities) => {
  verifies('P12');
  expect(new Set(book.mentionedIn(sentence))).toEqual(new Set(entities));
});

test('places get their address and others their value, where a parameter takes them', () => {
  verifies('P12');
  expect(
    book.inArguments({
      destination: 'the office',
      from: 'Home',
      to: ['boss'],
      phone_type: 'work',
      note: 'see you at work',
    }),
  ).toEqual({
    destination: 'Hauptstr. 12, 10115 Berlin',
    from: '1 Main St, Springfield',
    to: ['anna@example.com'],
    phone_type: 'work',
    note: 'see you at work',
  });
});
