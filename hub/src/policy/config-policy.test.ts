import { HubConfig } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import type { ToolDescription } from '../kernel/ports.ts';
import { configPolicy, offeredBy } from './config-policy.ts';

const TOOLS: readonly ToolDescription[] = [
  { server: 'a', name: 'get', hubName: 'a__get', effect: 'read' },
  { server: 'a', name: 'put', hubName: 'a__put', effect: 'write' },
  { server: 'b', name: 'get', hubName: 'b__get', effect: 'read' },
  { server: 'b', name: 'drop', hubName: 'b__drop', effect: 'destructive' },
];
const offered = (config: object): string[] =>
  TOOLS.filter(offeredBy(HubConfig.parse(config))).map(({ hubName }) => hubName);

test('without a policy every tool is offered', () => {
  expect(offered({})).toHaveLength(TOOLS.length);
});

test('the hub denies by names in the hub, a server by its own names, both by effect', () => {
  expect(offered({ policy: { deny: ['*__get'] } })).toEqual(['a__put', 'b__drop']);
  expect(offered({ policy: { deny: ['get', 'effect:destructive'] } })).toEqual([
    'a__get',
    'a__put',
    'b__get',
  ]);
  expect(offered({ overrides: { a: { policy: { deny: ['get', 'b__*'] } } } })).toEqual([
    'a__put',
    'b__get',
    'b__drop',
  ]);
  expect(offered({ mcpServers: { b: { command: 'x', policy: { deny: ['effect:destructive'] } } } })).toEqual([
    'a__get',
    'a__put',
    'b__get',
  ]);
});

test('read only keeps what reads, and a server may differ from the hub either way', () => {
  expect(offered({ policy: { readOnly: true } })).toEqual(['a__get', 'b__get']);
  expect(offered({ policy: { readOnly: true }, overrides: { b: { policy: { readOnly: false } } } })).toEqual([
    'a__get',
    'b__get',
    'b__drop',
  ]);
  expect(offered({ overrides: { a: { policy: { readOnly: true } } } })).toEqual([
    'a__get',
    'b__get',
    'b__drop',
  ]);
});

test('a new configuration counts from the next question on', () => {
  let config = HubConfig.parse({});
  const policy = configPolicy(() => config);
  const [tool] = TOOLS;
  const visible = () => tool && policy.visible?.(tool, 'owner');
  expect(visible()).toBe(true);
  config = HubConfig.parse({ policy: { deny: ['a__*'] } });
  expect(visible()).toBe(false);
});
