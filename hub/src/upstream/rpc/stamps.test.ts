import { expect, test } from 'vitest';
import { carriedCapabilities, modernMeta, modernMetaText } from './stamps.ts';

const TASKS = { 'io.modelcontextprotocol/tasks': {} };

test('of a legacy client a modern server may ask what the gateway can ask it for, and nothing else', () => {
  const capabilities = { elicitation: { form: {} }, sampling: {}, roots: { listChanged: true }, tasks: {} };
  expect(carriedCapabilities({ era: 'legacy', capabilities })).toEqual({
    elicitation: { form: {} },
    sampling: {},
    roots: { listChanged: true },
  });
  expect(carriedCapabilities({ era: 'legacy', capabilities: { experimental: {} } })).toEqual({});
  const ui = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
  expect(carriedCapabilities({ era: 'legacy', capabilities: { extensions: { ...TASKS, ...ui } } })).toEqual({
    extensions: ui,
  });
});

test('a modern client’s capabilities go on as they are', () => {
  const capabilities = { elicitation: {}, extensions: { ...TASKS, other: {} } };
  expect(carriedCapabilities({ era: 'modern', capabilities })).toEqual(capabilities);
});

test('a legacy client that named no level gets logs, a modern one that named none gets none', () => {
  const levelFor = (era: 'modern' | 'legacy', logLevel?: string) =>
    modernMeta({}, { era, capabilities: {}, logLevel })['io.modelcontextprotocol/logLevel'];
  expect([levelFor('legacy'), levelFor('modern'), levelFor('legacy', 'error')]).toEqual([
    'info',
    undefined,
    'error',
  ]);
});

test('the text for a session says what its caller is now', () => {
  const caller = { era: 'legacy', capabilities: {}, clientInfo: { name: 'ide' } } as const;
  const louder = { ...caller, logLevel: 'error' };
  for (const one of [caller, louder, caller, { ...caller, era: 'modern' } as const])
    expect(JSON.parse(modernMetaText(one))).toEqual(modernMeta(undefined, one));
});
