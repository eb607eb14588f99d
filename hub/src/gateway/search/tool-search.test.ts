import { effectOf, type ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { MemoryUpstream } from '../../../../test/fixtures/gateway/memory-upstream.ts';
import { indexOf } from './tool-search.ts';

const upstream = new MemoryUpstream({});
const tool = (name: string, ui?: object): [string, ReturnType<typeof route>] => [
  name,
  route({
    name,
    description: 'Redraws the chart.',
    inputSchema: { type: 'object' },
    ...(ui ? { _meta: { ui } } : {}),
  }),
];
const route = (definition: ToolDefinition) => ({
  server: upstream.id,
  upstream,
  name: definition.name,
  hubName: definition.name,
  effect: effectOf(definition),
  definition,
});

test('a tool for the interface of an app alone is not found; one that is for the model too is', async () => {
  const tools = new Map([
    tool('chart__hidden', { visibility: ['app'] }),
    tool('chart__both', { visibility: ['app', 'model'] }),
    tool('chart__silent', { resourceUri: 'ui://chart/view' }),
    tool('chart__plain'),
  ]);
  const found = (await indexOf(tools)).find('redraw the chart', 10);
  expect([...found].toSorted()).toEqual(['chart__both', 'chart__plain', 'chart__silent']);
});

test('what the package of a server says for search finds its tools', async () => {
  const hinted = Object.assign(new MemoryUpstream({}), {
    searchHints: () => Promise.resolve(new Map([['plain', { synonyms: ['bulletin'], questions: [] }]])),
  });
  const [name, plain] = tool('plain');
  const index = await indexOf(new Map([tool('chart'), [name, { ...plain, upstream: hinted }]]));
  expect(index.find('bulletin', 5)).toEqual(['plain']);
});
