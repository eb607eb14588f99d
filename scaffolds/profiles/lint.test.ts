import type { ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { lintTool } from './lint.ts';
import { CLIENT_PROFILES } from './profiles.ts';

const tool = (
  inputSchema: Record<string, unknown>,
  name = 'get_thing',
  description = 'd',
): ToolDefinition => ({
  name,
  description,
  inputSchema: { type: 'object', ...inputSchema },
});

const failing = (definition: ToolDefinition): string[] =>
  lintTool(definition).map(({ profile, rule }) => `${profile} ${rule}`);

test('a plain tool fits every client, recursion and union types inside included', () => {
  const Node = {
    type: 'object',
    properties: { next: { $ref: '#/$defs/Node' }, or: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
  };
  expect(lintTool(tool({ properties: { body: { $ref: '#/$defs/Node' } }, $defs: { Node } }))).toEqual([]);
});

test('each rule is found for the clients that have it', () => {
  expect(failing(tool({}, 'a/b'))).toEqual([
    'anthropic name',
    'openai name',
    'gemini name',
    'strict-2020-12 name',
  ]);
  expect(failing(tool({}, 'x'.repeat(57)))).toHaveLength(4);
  expect(failing(tool({}, '1st'))).toEqual(['gemini name']);
  expect(failing(tool({ anyOf: [{}] }))).toHaveLength(4);
  expect(failing(tool({ enum: [{}] }))).toEqual(['openai root', 'gemini root', 'strict-2020-12 root']);
  expect(failing(tool({ properties: { 'a.b': {} } }))).toEqual([
    'openai property-key',
    'gemini property-key',
  ]);
  expect(failing(tool({ properties: { a: { properties: { 'b[c]': {} } } } }))).toEqual([
    'anthropic property-key',
    'openai property-key',
    'gemini property-key',
  ]);
  expect(failing(tool({ properties: { a: { type: 'array' } } }))).toEqual(['openai items', 'gemini items']);
  expect(failing(tool({ properties: { a: { nullable: true, type: 'string' } } }))).toEqual([
    'strict-2020-12 keyword',
  ]);
  expect(failing(tool({}, 'get_thing', 'x'.repeat(1_025)))).toHaveLength(4);
  expect(failing(tool({ properties: { a: { description: 'x'.repeat(110_000) } } }))).toHaveLength(4);
});

test('a schema that does not compile or refers to nothing fits no client', () => {
  expect(
    new Set(failing(tool({ properties: { a: { type: 'strin' } } })).map((one) => one.split(' ')[1])),
  ).toEqual(new Set(['schema']));
  expect(failing(tool({ properties: { a: { $ref: '#/$defs/Gone' } } }))).toContain('openai reference');
  expect(failing(tool({ properties: { a: { type: 'string', pattern: '[' } } }))).toContain(
    'anthropic schema',
  );
});

test('data inside a schema is not taken for a schema', () => {
  const data = { 'a.b': 1, $ref: '#/nowhere', nullable: true };
  expect(lintTool(tool({ properties: { a: { default: data, enum: [data], examples: [data] } } }))).toEqual(
    [],
  );
});

test('one profile can be asked alone', () => {
  const [anthropic] = CLIENT_PROFILES;
  expect(lintTool(tool({ properties: { 'a.b': {} } }), anthropic)).toEqual([]);
});
