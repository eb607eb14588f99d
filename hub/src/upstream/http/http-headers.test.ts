import { expect, test } from 'vitest';
import { headerParameters, headerValue, modernHeaders } from './http-headers.ts';

const VERSION = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
const tool = (properties: Record<string, unknown>, rest: Record<string, unknown> = {}) => ({
  name: 't',
  inputSchema: { type: 'object' as const, properties, ...rest },
});

test('values that a header cannot carry travel as base64, and so do those that look as if they did', () => {
  expect(
    ['plain', 'with blank inside', ' led', 'trailed ', 'naïve', 'a\nb', '=?base64?eA==?=', ''].map(
      headerValue,
    ),
  ).toEqual([
    'plain',
    'with blank inside',
    '=?base64?IGxlZA==?=',
    '=?base64?dHJhaWxlZCA=?=',
    '=?base64?bmHDr3Zl?=',
    '=?base64?YQpi?=',
    '=?base64?PT9iYXNlNjQ/ZUE9PT89?=',
    '=?base64??=',
  ]);
});

test('annotated arguments are found where only properties lead to them', () => {
  const region = { type: 'string', 'x-mcp-header': 'Region' };
  const nested = tool({
    region,
    place: { type: 'object', properties: { code: { type: 'integer', 'x-mcp-header': 'Code' } } },
  });
  expect(headerParameters(nested)).toEqual([
    { path: ['region'], header: 'Region' },
    { path: ['place', 'code'], header: 'Code' },
  ]);
});

test.each([
  ['a number', tool({ a: { type: 'number', 'x-mcp-header': 'A' } })],
  ['no token', tool({ a: { type: 'string', 'x-mcp-header': 'A b' } })],
  ['not text', tool({ a: { type: 'string', 'x-mcp-header': 1 } })],
  [
    'twice the same',
    tool({ a: { type: 'string', 'x-mcp-header': 'A' }, b: { type: 'string', 'x-mcp-header': 'a' } }),
  ],
  ['inside an array', tool({ a: { type: 'array', items: { type: 'string', 'x-mcp-header': 'A' } } })],
  [
    'behind a combinator',
    tool({}, { anyOf: [{ properties: { a: { type: 'string', 'x-mcp-header': 'A' } } }] }),
  ],
])('an annotation that is %s makes the tool unusable over HTTP', (_, definition) => {
  expect(headerParameters(definition)).toBeUndefined();
});

test('a property that merely has the name of the annotation is none', () => {
  expect(headerParameters(tool({ 'x-mcp-header': { type: 'string' } }))).toEqual([]);
});

test('a modern request repeats method, name and annotated arguments; absent and null ones are left out', () => {
  const parameters = [
    { path: ['region'], header: 'Region' },
    { path: ['deep', 'flag'], header: 'Flag' },
    { path: ['none'], header: 'None' },
    { path: ['absent'], header: 'Absent' },
  ];
  const params = {
    name: 'tööl',
    arguments: { region: 'eu', deep: { flag: true }, none: null },
    _meta: VERSION,
  };
  expect([
    modernHeaders('tools/call', params, () => parameters),
    modernHeaders('resources/read', { uri: 'file:///x', _meta: VERSION }, () => parameters),
    modernHeaders('tools/list', { _meta: VERSION }, () => parameters),
    modernHeaders('tools/list', {}, () => parameters, '2026-07-28'),
    modernHeaders('tools/call', { name: 'legacy' }, () => parameters),
  ]).toEqual([
    {
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'tools/call',
      'Mcp-Name': '=?base64?dMO2w7Zs?=',
      'Mcp-Param-Region': 'eu',
      'Mcp-Param-Flag': 'true',
    },
    { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'resources/read', 'Mcp-Name': 'file:///x' },
    { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/list' },
    { 'MCP-Protocol-Version': '2026-07-28', 'Mcp-Method': 'tools/list' },
    {},
  ]);
});
