import { readFileSync } from 'node:fs';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, it } from 'vitest';
import { servicePage } from './page.ts';

const museum = Blueprint.parse(
  JSON.parse(readFileSync(new URL('../../servers/museum/blueprint.json', import.meta.url), 'utf8')),
);

it('a page shows every operation, and what the names of types in its inputs and answers stand for', () => {
  const page = servicePage(museum);
  const names = Object.keys(museum.types);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !page.includes(`<h3>${name}</h3>`))).toEqual([]);
  expect(museum.operations.filter(({ name }) => !page.includes(`<article id="${name}">`))).toEqual([]);
  expect(page.match(/<h2>Types<\/h2>/g)).toHaveLength(1);
});

it('text of a description is no markup on the page, in the names of types neither', () => {
  const named = { '<b>': { type: 'object' as const, properties: {} } };
  const page = servicePage({ ...museum, title: '<script>alert(1)</script>', types: named, operations: [] });
  expect(page).not.toContain('<script>');
  expect(page).toContain('<h3>&#60;b&#62;</h3>');
});
