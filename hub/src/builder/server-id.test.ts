import { expect, test } from 'vitest';
import { parseServerId, toServerId } from './server-id.ts';

test.each([
  ['PokéAPI', 'pokeapi'],
  ['Redocly Museum API', 'redocly-museum-api'],
  ['  --- ', 'server'],
  ['日本語', 'server'],
  ['A title that is far too long for a folder name', 'a-title-that-is-far-too-long-for'],
  ['thirty-two characters end in a - dash', 'thirty-two-characters-end-in-a-d'],
  ['"; process.exit(1); //', 'process-exit-1'],
  ['../../etc', 'etc'],
])('the title %j gives the id %j', (title, id) => {
  expect(toServerId(title)).toBe(id);
});

test.each(['', 'Has Blanks', '../up', 'a--b', 'x'.repeat(33)])('the name %j is refused', (name) => {
  expect(() => parseServerId(name)).toThrow(/server name/);
});
