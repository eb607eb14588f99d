import { expect, test } from 'vitest';
import { keepNames, lockOf, type FreshName } from './name-lock.ts';

const operation = (key: string, name: string, operationId?: string): FreshName => ({
  key,
  name,
  operationId,
});
const first = [
  operation('GET /pets', 'list_pets', 'listPets'),
  operation('GET /pets/{id}', 'get_pet', 'getPet'),
  operation('GET /animals/{id}', 'get_pet_ab12', 'getPet'),
];
const lock = lockOf(first, keepNames(first, undefined));

test('what is built a second time keeps its names, whatever was added before it', () => {
  const added = [operation('GET /v0/pets', 'list_pets'), ...first.toReversed()];
  const [fresh, ...rest] = keepNames(added, lock);
  expect(rest).toEqual(['get_pet_ab12', 'get_pet', 'list_pets']);
  expect(fresh).toMatch(/^list_pets_[0-9a-f]{4}$/);
});

test('an operation that moved is known by its operationId, unless that belongs to several', () => {
  const moved = [
    operation('GET /v2/pets', 'list_v2_pets', 'listPets'),
    operation('GET /v2/pets/{id}', 'get_v2_pet', 'getPet'),
    operation('GET /v2/animals/{id}', 'get_v2_animal', 'getPet'),
  ];
  expect(keepNames(moved, lock)).toEqual(['list_pets', 'get_v2_pet', 'get_v2_animal']);
});

test('a renamed operation keeps the name of its place', () => {
  expect(keepNames([operation('GET /pets', 'find_animals', 'findAnimals')], lock)).toEqual(['list_pets']);
});

test('a lock in which two operations have one name gives it to the first', () => {
  const edited = { 'GET /a': { name: 'same' }, 'GET /b': { name: 'same' } };
  const names = keepNames([operation('GET /a', 'get_a'), operation('GET /b', 'get_b')], edited);
  expect(names).toEqual(['same', 'get_b']);
});

test('names stay different and at most 40 characters long', () => {
  const long = 'x'.repeat(40);
  const names = keepNames([operation('GET /a', long), operation('GET /b', long)], {});
  expect(new Set(names).size).toBe(2);
  expect(names.every((name) => name.length <= 40)).toBe(true);
});

test('keys that objects have by nature are ordinary places', () => {
  expect(keepNames([operation('constructor', 'get_it')], {})).toEqual(['get_it']);
  expect(lockOf([operation('__proto__', 'get_it')], ['get_it'])).toEqual({});
});
