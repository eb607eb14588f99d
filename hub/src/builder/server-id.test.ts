import { expect, test } from 'vitest';
import { parseServerId, toServerId } from './server-id.ts';

test.each([
  ['PokéAPI', 'pokeapi'],
  ['Redocly Museum API', 'redocly-museum'],
  ["GitHub's official OpenAPI spec + Octokit extension", 'github-octokit-extension'],
  ['Swagger Petstore - OpenAPI 3.0', 'swagger-petstore'],
  ['The API', 'the-api'],
  ['API v2', 'api-v2'],
  ['  --- ', 'server'],
  ['Straßenverzeichnis Köln', 'strassenverzeichnis-koln'],
  ['日本語', 'server'],
  ['A title that is far too long for a folder name', 'title-that-is-far-too'],
  ['Incomprehensibilitiesandmore one', 'incomprehensibilitiesand'],
  ['"; process.exit(1); //', 'process-exit'],
  ['The Hub API', 'hub-api'],
  ['../../etc', 'etc'],
])('the title %j gives the id %j', (title, id) => {
  expect(toServerId(title)).toBe(id);
});

test.each(['', 'hub', 'Has Blanks', '../up', 'a--b', 'x'.repeat(33)])('the name %j is refused', (name) => {
  expect(() => parseServerId(name)).toThrow(/server name/);
});
