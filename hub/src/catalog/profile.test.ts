import { effectOf, Profile, type ToolDefinition } from '@counterpart/schemas';
import { expect, test, vi } from 'vitest';
import { MemoryUpstream } from '../../../test/fixtures/gateway/memory-upstream.ts';
import { createLog } from '../kernel/log.ts';
import { createCatalog } from './catalog.ts';
import { mergeSources } from './merge.ts';
import { matchTools } from '../kernel/tools/tool-patterns.ts';
import { listedTools, presentationOf, selectProfile } from './profile.ts';
import { itemsOf } from './source-items.ts';

const tool = (name: string, readOnlyHint = true): ToolDefinition => ({
  name,
  inputSchema: { type: 'object' },
  annotations: { readOnlyHint },
});

function merged(
  prefix: (id: string) => string,
  ...servers: readonly (readonly [string, readonly string[]])[]
) {
  return mergeSources(
    servers.map(([id, names]) => {
      const lists = {
        tools: names.map((name) => tool(name, !name.startsWith('delete'))),
        prompts: [{ name: `${id}-prompt` }],
        resources: [{ uri: 'same://uri', name: id }],
        resourceTemplates: [],
      };
      const source = {
        id,
        prefix: prefix(id),
        upstream: new MemoryUpstream({ id }),
        known: lists,
        enabled: true,
      };
      return itemsOf(source, lists, () => undefined);
    }),
  );
}

const keys = (owned: readonly { readonly item: { readonly key: string } }[]) =>
  owned.map(({ item }) => item.key);

test('a pattern means a name, stars stand for any text, and nothing else in it is special', () => {
  const matches = (pattern: string, name: string) => matchTools([pattern])(name, 'read');
  expect(
    [
      ['a__get', 'a__get'],
      ['a__*', 'a__get'],
      ['*get', 'a__get'],
      ['a*e*t', 'a__get'],
      ['*', 'a__get'],
      ['a__ge', 'a__get'],
      ['a.get', 'a__get'],
      ['a__get', 'a__get2'],
    ].map(([pattern = '', name = '']) => matches(pattern, name)),
  ).toEqual([true, true, true, true, true, false, false, false]);
});

test('a pattern of an effect means what the annotations say; silence is the worst', () => {
  const destructive = matchTools(['effect:destructive']);
  const matches = (definition: ToolDefinition) => destructive('a', effectOf(definition));
  expect([
    matches(tool('a')),
    matches(tool('a', false)),
    matches({ name: 'a', inputSchema: { type: 'object' } }),
    matches({ name: 'a', inputSchema: { type: 'object' }, annotations: { destructiveHint: false } }),
  ]).toEqual([false, true, true, false]);
});

test('a profile keeps prompts, resources and their addresses of its servers, and excludes after it includes', () => {
  const all = merged((id) => id, ['a', ['get', 'delete']], ['b', ['get', 'put']]);
  const profile = Profile.parse({ servers: ['b'], tools: { include: ['*'], exclude: ['*put'] } });
  const chosen = selectProfile(all, profile);
  expect(keys(chosen.tools)).toEqual(['b__get']);
  expect(keys(chosen.prompts)).toEqual(['b__b-prompt']);
  expect(keys(chosen.resources)).toEqual(['hub+b:///same://uri']);
});

test('a name that another server has in the hub does not come to mean this one in a profile', () => {
  const all = merged(() => '', ['a', ['get']], ['b', ['get', 'put']]);
  expect(keys(selectProfile(all, Profile.parse({ servers: ['b'] })).tools)).toEqual(['put']);
});

test("the hub's own tools hide a server's tool of the same name in a list, and full profiles hide none", () => {
  const all = merged(() => '', ['a', ['find_tools', 'get']]);
  const listed = (settings: object) => {
    const profile = Profile.parse(settings);
    return keys(listedTools(all, profile, presentationOf(profile)));
  };
  expect(listed({ mode: 'search', alwaysVisible: ['*'] })).toEqual(['get']);
  expect(listed({})).toEqual(['find_tools', 'get']);
});

test('a profile that names a server that is not there is logged once; one that is disabled or down is there', () => {
  const log = createLog({ level: 'silent' });
  const warned = vi.spyOn(log, 'warn');
  const acts: (() => void)[] = [];
  const clock = { now: () => 0, after: (_: number, act: () => void) => (acts.push(act), () => undefined) };
  const catalog = createCatalog({ log, clock });
  catalog.setProfiles({ p: Profile.parse({ servers: ['gone', 'down'] }) });
  catalog.set([]);
  const outcomes = new Map([['down', { state: 'failed' as const, code: 'SERVER_START_FAILED' }]]);
  for (const set of [outcomes, new Map(outcomes)]) {
    catalog.setOutcomes(set);
    acts.shift()?.();
  }
  expect(warned.mock.calls.map(([, words]) => words)).toEqual([
    'profiles.p.servers: There is no server named gone; the profile offers nothing of it.',
  ]);
});
