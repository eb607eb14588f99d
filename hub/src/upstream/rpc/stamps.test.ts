import { expect, test } from 'vitest';
import { carriedCapabilities, modernMeta, relayedText } from './stamps.ts';

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

test('the text of a request says what its caller is now, with the arguments and keys that came', () => {
  const caller = { era: 'legacy', capabilities: {}, clientInfo: { name: 'ide' } } as const;
  const louder = { ...caller, logLevel: 'error' };
  for (const one of [caller, louder, caller, { ...caller, era: 'modern' } as const])
    for (const params of [{}, { name: 'echo', arguments: { a: 1 } }, { name: 'echo', _meta: { own: 1 } }]) {
      const { _meta, ...rest } = params as { _meta?: object };
      const sent: unknown = JSON.parse(relayedText({ params }, { era: 'modern', caller: one, id: 7 }));
      expect(sent).toEqual({ ...rest, _meta: modernMeta(_meta, one) });
    }
});

test('a server of before gets no more than the progress token in place of the client’s', () => {
  const told = (params: object, progressToken?: string): unknown =>
    JSON.parse(
      relayedText({ params: { ...params }, progressToken }, { era: 'legacy', caller: LEGACY, id: 7 }),
    );
  expect(told({ name: 'echo' })).toEqual({ name: 'echo' });
  expect(told({ _meta: { own: 1 } }, 'mine')).toEqual({ _meta: { own: 1, progressToken: 7 } });
});

const LEGACY = { era: 'legacy', capabilities: {} } as const;
