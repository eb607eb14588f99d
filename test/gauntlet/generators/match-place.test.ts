import { expect, test } from 'vitest';
import { matchPlace } from './match-place.ts';

const root = {
  paths: {
    '/pets/{id}': { get: {}, parameters: [] },
    '/pets/mine': { get: {} },
    '/pets': { post: {} },
    '/files/{name}.json': { get: {} },
  },
};

test.each([
  ['GET', '/pets/7?x=/pets', '/pets/{id}'],
  ['GET', '/pets/mine', '/pets/mine'],
  ['POST', '/pets/', '/pets'],
  ['GET', '/files/a.json', '/files/{name}.json'],
  ['GET', '/files/ajson', undefined],
  ['DELETE', '/pets', undefined],
])('%s %s is %s', (method, target, path) => {
  expect(matchPlace(root, method, target)?.path).toBe(path);
});
