import { expect, test } from 'vitest';
import { linksOfPage } from './links.ts';

const BASE = new URL('https://docs.example.com/api/');
const found = (html: string): string[] => linksOfPage(html, BASE).map(({ href }) => href);

test('finds the description that a page names, by each way of naming it', () => {
  expect(found('<redoc spec-url="a.json">')).toEqual(['https://docs.example.com/api/a.json']);
  expect(found('SwaggerUIBundle({ url: "/b.json" })')).toEqual(['https://docs.example.com/b.json']);
  expect(found('<link rel="service-desc" type="x" href="/c">')).toEqual(['https://docs.example.com/c']);
  expect(found('<a href="/d/openapi">')).toEqual(['https://docs.example.com/d/openapi']);
  expect(found('load("e/swagger.yaml")')).toEqual(['https://docs.example.com/api/e/swagger.yaml']);
});

test.for(["'openapi", 'rel=describedby ', 'openapi', 'href=" ', '"url" '])(
  'a page of two megabytes that repeats %s does not keep the search busy',
  (piece) => {
    const page = `<html>'${piece.repeat(Math.ceil((2 * 1024 * 1024) / piece.length))}`;
    expect(found(page)).toEqual([]);
  },
);
