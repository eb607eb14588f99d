import type { Json, XmlShape } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { bindInput } from '../interpret/request.ts';
import { operationOf } from '../testing/blueprint.ts';
import { encodeXml } from './encode.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const written = (value: Json, root: XmlShape, types: Record<string, XmlShape> = {}): string =>
  encodeXml(value, { root, types }).replace(HEAD, '');

type Case = readonly [what: string, value: Json, root: XmlShape, xml: string];

/** The tables of OpenAPI's XML Object first, then what they leave open. */
const CASES: readonly Case[] = [
  ['an element a property', { animals: 'x' }, { name: 'r' }, '<r><animals>x</animals></r>'],
  [
    'a property under another name',
    { animals: 'x' },
    { name: 'r', properties: { animals: { name: 'animal' } } },
    '<r><animal>x</animal></r>',
  ],
  [
    'an attribute, prefix and namespace',
    { id: 0, name: 'string' },
    {
      name: 'Person',
      properties: {
        id: { node: 'attribute' },
        name: { namespace: 'http://example.com/schema/sample', prefix: 'sample' },
      },
    },
    '<Person id="0"><sample:name xmlns:sample="http://example.com/schema/sample">string</sample:name></Person>',
  ],
  ['a list', { animals: ['a', 'b'] }, { name: 'r' }, '<r><animals>a</animals><animals>b</animals></r>'],
  [
    'a list whose items have a name; that of the list says nothing',
    { animals: ['a', 'b'] },
    { name: 'r', properties: { animals: { name: 'aliens', items: { name: 'animal' } } } },
    '<r><animal>a</animal><animal>b</animal></r>',
  ],
  [
    'a wrapped list',
    { animals: ['a', 'b'] },
    { name: 'r', properties: { animals: { wrapped: true } } },
    '<r><animals><animals>a</animals><animals>b</animals></animals></r>',
  ],
  [
    'a wrapped list with names for both',
    { animals: ['a'] },
    { name: 'r', properties: { animals: { wrapped: true, name: 'aliens', items: { name: 'animal' } } } },
    '<r><aliens><animal>a</animal></aliens></r>',
  ],
  [
    'a wrapped list with a name of its own',
    { animals: ['a'] },
    { name: 'r', properties: { animals: { wrapped: true, name: 'aliens' } } },
    '<r><aliens><aliens>a</aliens></aliens></r>',
  ],
  ['an empty wrapped list', { a: [] }, { name: 'r', properties: { a: { wrapped: true } } }, '<r><a/></r>'],
  ['an empty list', { a: [] }, { name: 'r' }, '<r/>'],
  ['a list as the root', [1, 2], { items: { name: 'n' } }, '<items><n>1</n><n>2</n></items>'],
  ['a list of lists', { a: [[1], [2]] }, { name: 'r' }, '<r><a><item>1</item></a><a><item>2</item></a></r>'],
  [
    'text, numbers, truth and nothing',
    { a: '', b: 1.5, c: true, d: null },
    { name: 'r' },
    '<r><a/><b>1.5</b><c>true</c><d/></r>',
  ],
  [
    'the text of the element itself',
    { unit: 'kg', value: 3 },
    { name: 'weight', properties: { unit: { node: 'attribute' }, value: { node: 'text' } } },
    '<weight unit="kg">3</weight>',
  ],
  [
    'what would be markup',
    { a: '<&>"]]>\r', b: '"<\n' },
    { name: 'r', properties: { b: { node: 'attribute' } } },
    '<r b="&quot;&lt;&#10;"><a>&lt;&amp;&gt;"]]&gt;&#13;</a></r>',
  ],
  ['a default namespace', {}, { name: 'r', namespace: 'urn:a&b' }, '<r xmlns="urn:a&amp;b"/>'],
  [
    'an attribute in a namespace',
    { id: 1 },
    { name: 'r', properties: { id: { node: 'attribute', prefix: 'x', namespace: 'urn:x' } } },
    '<r xmlns:x="urn:x" x:id="1"/>',
  ],
  ['names of any script', { größe: 1, 名: 2 }, { name: 'r' }, '<r><größe>1</größe><名>2</名></r>'],
];

test.each(CASES)('%s', (_, value, root, xml) => {
  expect(written(value, root)).toBe(xml);
});

test('elements stand in the order of the description, unknown ones behind', () => {
  const properties = { first: {}, second: { node: 'attribute' as const }, third: {} };
  expect(written({ other: 0, third: 3, second: 2, first: 1 }, { name: 'r', properties })).toBe(
    '<r second="2"><first>1</first><third>3</third><other>0</other></r>',
  );
});

test('shapes that refer to each other are followed as deep as the value goes', () => {
  const node: XmlShape = { name: 'node', properties: { id: { node: 'attribute' }, child: { type: 'Node' } } };
  expect(written({ id: 1, child: { id: 2 } }, { type: 'Node' }, { Node: node })).toBe(
    '<node id="1"><node id="2"/></node>',
  );
  expect(written({ a: 1 }, { name: 'r', type: 'A' }, { A: { type: 'B' }, B: { type: 'A' } })).toBe(
    '<r><a>1</a></r>',
  );
});

describe('what XML cannot hold is refused', () => {
  test.each<readonly [Json, string]>([
    [{ 'a b': 1 }, 'cannot be the name of an XML element'],
    [{ '><x': 1 }, 'cannot be the name of an XML element'],
    [{ a: '\u0000' }, 'a character that XML cannot hold'],
    [{ a: '\uD800' }, 'a character that XML cannot hold'],
  ])('%j', (value, message) => {
    expect(() => written(value, { name: 'r' })).toThrow(message);
  });
});

test('a body of kind xml is sent as its media type, renamed keys under their own names', () => {
  const { http } = operationOf({
    method: 'POST',
    body: {
      required: true,
      contents: [
        {
          mediaType: 'application/xml',
          kind: 'xml',
          schema: { type: 'object' },
          xml: { root: { name: 'r', properties: { $id: { node: 'attribute', name: 'id' } } } },
        },
      ],
      renames: { '**': { id_: '$id' } },
    },
  });
  const { headers, body } = bindInput(http, { body: { id_: 7 } });
  expect(headers['content-type']).toBe('application/xml');
  expect(Buffer.from(body ?? []).toString()).toBe(`${HEAD}<r id="7"/>`);
});
