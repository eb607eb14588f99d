import { expect, test } from 'vitest';
import type { CatalogSource, ToolDescription } from '../kernel/ports.ts';
import { itemsOf } from './source-items.ts';
import { unlistedTool, type UnlistedRules } from './unlisted.ts';
import { MemoryUpstream } from '../../../test/fixtures/gateway/memory-upstream.ts';

const tool = (name: string) => ({
  name,
  inputSchema: { type: 'object' as const },
  annotations: { readOnlyHint: true },
});

function sourceOf(id: string, rest: Partial<CatalogSource> = {}, withheld?: string) {
  const upstream = new MemoryUpstream({ id, tools: [tool('look'), tool('list.all')] });
  const source = { id, prefix: id, upstream, known: undefined, enabled: true, ...rest };
  return itemsOf(source, upstream.lists, (_, { name }) => (name === withheld ? 'it changed' : undefined));
}

const OPEN: UnlistedRules = { visible: () => true, held: () => false };
const rule = (rules: Partial<UnlistedRules>): UnlistedRules => ({ ...OPEN, ...rules });

test('a name goes to the server whose prefix it has, the longest one, and to one without a prefix otherwise', () => {
  const sources = [sourceOf('a'), sourceOf('b', { prefix: 'a__b' }), sourceOf('c', { prefix: '' })];
  const find = (name: string) => {
    const { server, name: own, hubName, effect } = unlistedTool(name, sources, OPEN) ?? {};
    return [server, own, hubName, effect];
  };
  expect(find('a__new')).toEqual(['a', 'new', 'a__new', 'destructive']);
  expect(find('a__b__new')).toEqual(['b', 'new', 'a__b__new', 'destructive']);
  expect(find('new')).toEqual(['c', 'new', 'new', 'destructive']);
});

test('what the server lists is no such name, nor is one that the hub could not have given it', () => {
  const find = (name: string) => unlistedTool(name, [sourceOf('a')], OPEN);
  const names = ['a__look', 'a__list.all', 'a__', 'a__with space', `a__${'x'.repeat(60)}`, 'b__new'];
  expect(names.filter((name) => find(name) !== undefined)).toEqual([]);
  // Under two servers of one prefix nobody knows whose it is.
  expect(unlistedTool('a__new', [sourceOf('a'), sourceOf('z', { prefix: 'a' })], OPEN)).toBeUndefined();
});

test('nothing is asked of a server that lists all it has, or of which anything is left out', () => {
  const find = (source: ReturnType<typeof sourceOf>, rules: UnlistedRules = OPEN) =>
    unlistedTool('a__new', [source], rules);
  expect(find(sourceOf('a', { onlyListed: true }))).toBeUndefined();
  expect(find(sourceOf('a', {}, 'look'))).toBeUndefined();
  expect(find(sourceOf('a'), rule({ visible: ({ name }) => name !== 'look' }))).toBeUndefined();
  expect(find(sourceOf('a'), rule({ held: (_, name) => name === 'new' }))).toBeUndefined();
  const onlyReads = ({ effect }: ToolDescription) => effect === 'read';
  expect(find(sourceOf('a'), rule({ visible: onlyReads }))).toBeUndefined();
  expect(find(sourceOf('a'))).toMatchObject({ server: 'a', name: 'new' });
});
