import { readFileSync } from 'node:fs';
import { openSchema, parseDocument, validateDocument } from '@counterpart/kit/graphql';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { createRandom } from '../../mirror/sample/random.ts';
import { documentsOf, readText } from './testing.ts';

const text = readFileSync(new URL('../../golden/graphql/shop/input.graphql', import.meta.url), 'utf8');
const { blueprint } = await readText(text);
const own = openSchema(blueprint.graphql ?? { roots: {}, types: {}, directives: {} });
const referee = buildSchema(text);

/** What the kit says of a document: its problems, or that it is no GraphQL. */
function problems(document: string): string[] {
  try {
    return validateDocument(own, parseDocument(document)).map(({ message }) => message);
  } catch (error) {
    return [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  }
}

function isAccepted(document: string): boolean {
  try {
    return validate(referee, parse(document)).length === 0;
  } catch {
    return false;
  }
}

test.each([
  '{ version }',
  '{ __schema { types { name fields(includeDeprecated: true) { name } } } __type(name: "Product") { kind } }',
  'query A { version } query B { now }',
  'query($s: Int = 5) @cached(seconds: $s) { version @cached }',
  '{ products(filter: { and: [{ not: { name: "x" } }], price: { from: 1 } }) { nodes { id } } }',
  '{ products(filter: { and: { name: "one for a list" } }) { totalCount } }',
  '{ productBy(by: { id: 7 }) { id } }',
  'query($id: ID!) { productBy(by: { id: $id }) { id } }',
  '{ search(text: "x") { ... on Node { id } ... on Product { title: name } ... on Maker { title: name } } }',
  '{ node(id: 1) { ...F } } fragment F on Product { related { ...G } } fragment G on Product { id }',
  'query($a: Boolean = true) { version @include(if: $a) now @skip(if: $a) }',
  'mutation($p: JSON) { createProduct(input: { sku: "s", name: """n""", price: 1, makerId: 2, attributes: { a: [$p] } }) { product { id } } }',
  'subscription { ticks }',
  'query($n: Int) { search(text: "x", limit: 3) { __typename } products(first: $n) { totalCount } }',
  'query($l: Int = 3) { search(text: "x", limit: $l) { __typename } }',
])('what the referee takes, the kit takes: %s', (document) => {
  expect([isAccepted(document), problems(document)]).toEqual([true, []]);
});

test.each([
  ['{ versoin }', 'Query has no field versoin; did you mean version?'],
  ['{ version { x } }', 'Query.version is String, which has no fields: take the braces away'],
  ['{ node(id: 1) }', 'Query.node is Node: say which of its fields, such as { id }'],
  ['{ node { id } }', 'Query.node needs the argument id: ID!'],
  ['{ node(id: 1, i: 2) { id } }', 'Query.node has no argument i; did you mean id?'],
  ['{ node(id: 1, id: 2) { id } }', 'Query.node: the argument id is given twice'],
  [
    '{ node(id: 1) { name } }',
    'Node has no field name; it stands on Maker, Person, Product: write ... on Maker { name }',
  ],
  ['{ search(text: 5) { __typename } }', 'expected String, found 5'],
  ['{ search(text: "x", limit: null) { __typename } }', 'expected Int!, found null'],
  ['{ search(text: "x", limit: 3000000000) { __typename } }', 'expected Int, found 3000000000'],
  [
    '{ products(filter: { currency: "EUR" }) { totalCount } }',
    'expected Currency, one of EUR, USD, GBP, found "EUR" without quotes',
  ],
  [
    '{ products(filter: { currncy: EUR }) { totalCount } }',
    'ProductFilter has no field currncy; did you mean currency?',
  ],
  ['{ productBy(by: {}) { id } }', 'ProductBy takes exactly one of id, sku'],
  ['{ productBy(by: { id: 1, sku: 2 }) { id } }', 'ProductBy takes exactly one of id, sku'],
  ['query($id: ID) { node(id: $id) { id } }', '$id is ID where ID! is wanted'],
  ['query($id: [ID!]!) { node(id: $id) { id } }', '$id is [ID!]! where ID! is wanted'],
  ['query($id: ID!, $x: Int) { node(id: $id) { id } }', '$x is defined and never used'],
  ['{ node(id: $id) { id } }', '$id is not defined by the operation'],
  ['query($p: Product) { version }', '$p: Product is no input type'],
  ['query($n: Int = "x") { products(first: $n) { totalCount } }', 'expected Int, found "x"'],
  ['{ version ...F }', 'there is no fragment F'],
  ['{ version } fragment F on Product { id }', 'the fragment F is never used'],
  ['{ node(id: 1) { ...F } } fragment F on Node { ...F }', 'the fragment F holds itself'],
  ['{ node(id: 1) { ... on Currency { id } } }', 'Currency has no fields, so no fragment can be on it'],
  ['{ product(id: 1) { ... on Maker { id } } }', 'a Product is never a Maker'],
  ['{ version @foo }', 'the service knows no directive @foo'],
  ['{ version @include(if: true) @include(if: true) }', '@include stands twice'],
  ['query @skip(if: true) { version }', '@skip cannot stand at a query'],
  [
    '{ a: version a: now }',
    'a stands for two things: version and now; give one of them another name, such as other: now',
  ],
  [
    '{ product(id: 1) { id } product(id: 2) { id } }',
    'product stands for two things: its arguments differ; give one of them another name, such as other: product',
  ],
  [
    '{ search(text: "x") { ... on Product { v: price } ... on Maker { v: id } } }',
    'v stands for two things: BigInt! and ID!; give one of them another name, such as other: id',
  ],
  ['subscription { ticks stockChanged { id } }', 'a subscription has exactly one field at its root'],
  ['{ version } { now }', 'an operation without a name must be the only one'],
  ['query A { version } query A { now }', 'two operations are called A'],
  ['{ version', 'GraphqlSyntaxError: expected a field, found the end'],
  ['{ node(id: 01) { id } }', 'GraphqlSyntaxError: "01" is no number'],
  ['{ search(text: "x\n") { __typename } }', 'GraphqlSyntaxError: a string does not end'],
  [
    'type X { y: Int }',
    'GraphqlSyntaxError: expected query, mutation, subscription, fragment or {, found "type"',
  ],
  ['', 'GraphqlSyntaxError: expected query, mutation, subscription, fragment or {, found the end'],
])('what the referee refuses, the kit refuses and says why: %s', (document, problem) => {
  expect(isAccepted(document)).toBe(false);
  expect(problems(document)).toContain(problem);
});

test('a member of a OneOf input object takes no variable that may be null (GraphQL September 2025, 5.8.5)', () => {
  expect(problems('query($id: ID) { productBy(by: { id: $id }) { id } }')).toEqual([
    '$id is ID where ID! is wanted',
  ]);
});

const PIECES = [
  '1',
  '"x"',
  'null',
  '[1]',
  '{ id: 1 }',
  '$id',
  'EUR',
  '1.5',
  'a:',
  '__typename',
  '@skip(if: true)',
  '... on Node { id }',
];

/** A document with a few of its tokens taken away, doubled, exchanged or made up. */
function spoiled(document: string, salt: number): string {
  const random = createRandom(`spoiled ${salt}`);
  const tokens = document.match(/\.\.\.|[\w$]+|[^\s\w]/g) ?? [];
  for (let count = random.int(1, 2); count > 0; count -= 1) {
    const at = random.int(0, tokens.length - 1);
    const other = tokens[random.int(0, tokens.length - 1)] ?? '';
    const piece = PIECES[random.int(0, PIECES.length - 1)] ?? '';
    const kind = random.int(0, 4);
    if (kind === 0) tokens.splice(at, 1);
    else if (kind === 1) tokens.splice(at, 1, other);
    else if (kind === 2) tokens.splice(at, 0, other);
    else if (kind === 3) tokens.splice(at, 1, piece);
    else tokens.splice(at, 0, piece);
  }
  return tokens.join(' ');
}

test('of two thousand spoiled documents the kit and the referee refuse the same', () => {
  const documents = documentsOf(blueprint);
  const all = Array.from({ length: 2_000 }, (_, salt) =>
    spoiled(documents[salt % documents.length] ?? '', salt),
  );
  const differing = all.filter((document) => isAccepted(document) !== (problems(document).length === 0));
  expect(differing).toEqual([]);
  expect(all.filter(isAccepted).length).toBeGreaterThan(50);
});

test('a document nested without measure is refused, not the end of the program', () => {
  const deep = `${'{ node(id: 1) '.repeat(50_000)}${'}'.repeat(50_000)}`;
  expect(problems(deep)[0]).toMatch(/^GraphqlSyntaxError: expected at most 200 levels/);
  expect(problems(`{ node(id: ${'['.repeat(50_000)}`)[0]).toMatch(
    /^GraphqlSyntaxError: expected at most 200 levels/,
  );
});
