import { expect, test } from 'vitest';
import type { CatalogChange, JsonMembers, UpstreamLists } from '../kernel/ports.ts';
import type { ToolDefinition } from '@counterpart/schemas';
import {
  catalogOf,
  handClock,
  itemsIn,
  listsOf,
  source,
  tool,
} from '../../../test/fixtures/catalog/listed-sources.ts';

test('tools of all servers are listed under their names, known ones before any server runs, unknown members kept', () => {
  const { all, names } = catalogOf([
    source('b', { tools: [tool('x', { vendor: { a: 1 } })] }),
    source('a', { tools: [tool('y')] }),
  ]);
  expect(names()).toEqual(['a__y', 'b__x']);
  expect(itemsIn(all().page('tools', undefined)?.items)[1]).toEqual({
    name: 'b__x',
    inputSchema: { type: 'object' },
    vendor: { a: 1 },
  });
  expect(all().tool('b__x')).toMatchObject({ name: 'x', definition: { name: 'x' }, upstream: { id: 'b' } });
  expect([all().tool('x'), all().toolCount]).toEqual([undefined, 2]);
});

test('a server’s own list replaces what was known, and others keep their text', () => {
  const [a, b] = [source('a', { tools: [tool('old')] }), source('b', { tools: [tool('x')] })];
  const { names, all } = catalogOf([a, b]);
  const before = all();
  a.upstream.list({ tools: [tool('new')] });
  expect([names(), before.tool('a__old')?.name, all().version > before.version]).toEqual([
    ['a__new', 'b__x'],
    'old',
    true,
  ]);
});

test('names never change because another server comes or goes', () => {
  const a = source('a', { tools: [tool('x'), tool('y')] });
  const { catalog, names } = catalogOf([a]);
  const alone = names();
  catalog.set([source('0', { tools: [tool('x')] }), a, source('z', { tools: [tool('x')] })]);
  expect(names().slice(1, 3)).toEqual(alone);
});

test('when two servers offer one name the later by id is refused, recorded, and never served silently', () => {
  const shared = { tools: [tool('same')], prompts: [{ name: 'hello' }] };
  const { catalog, all, names } = catalogOf([
    source('two', shared, { prefix: '' }),
    source('one', shared, { prefix: '' }),
  ]);
  expect([names(), names('prompts'), all().tool('same')?.upstream.id]).toEqual([['same'], ['hello'], 'one']);
  expect(catalog.problems('two').map(({ kind, name, code, detail }) => [kind, name, code, detail])).toEqual([
    ['tool', 'same', 'NAME_COLLISION', 'one and two both offer same.'],
    ['prompt', 'hello', 'NAME_COLLISION', 'one and two both offer hello.'],
  ]);
  expect(catalog.problems('one')).toEqual([]);
});

let deep: JsonMembers = {};
for (let level = 0; level < 20_000; level += 1) deep = { deep };

const sound = { name: 'bad', inputSchema: { type: 'object' } };

test.each([
  ['no object schema', { name: 'bad', inputSchema: { type: 'string' } }],
  ['no schema at all', { name: 'bad' }],
  ['an array for a schema', { name: 'bad', inputSchema: [] }],
  ['no name', { name: '', inputSchema: { type: 'object' } }],
  ['a name of control characters', { name: 'a\u0007b', inputSchema: { type: 'object' } }],
  [
    'a definition of a megabyte',
    { name: 'bad', inputSchema: { type: 'object', description: 'x'.repeat(1_000_000) } },
  ],
  ['a number for a description', { ...sound, description: 7 }],
  ['a word for annotations', { ...sound, annotations: 'x' }],
  ['a word for a hint', { ...sound, annotations: { readOnlyHint: 'yes' } }],
  ['icons that are no array', { ...sound, icons: {} }],
  ['an array for _meta', { ...sound, _meta: [1] }],
  ['properties that are no schemas', { name: 'bad', inputSchema: { type: 'object', properties: { a: 5 } } }],
  ['a definition nested beyond reason', { name: 'bad', inputSchema: { type: 'object', deep } }],
])('a tool with %s is left out alone', (_, bad) => {
  const upstream = source('a', {});
  const { catalog, names } = catalogOf([upstream]);
  const lists: unknown = listsOf({ tools: [tool('good')] });
  if (isLists(lists)) upstream.upstream.list({ tools: [...lists.tools, ...asListed(bad)] });
  expect([names(), catalog.problems().map(({ code }) => code)]).toEqual([['a__good'], ['TOOL_INVALID']]);
});

const isLists = (value: unknown): value is UpstreamLists => typeof value === 'object' && value !== null;
/** As a server listed it: nothing was checked. */
const isListed = (value: unknown): value is ToolDefinition => typeof value === 'object';
const asListed = (value: unknown): ToolDefinition[] => (isListed(value) ? [value] : []);

test('a name that a server lists twice is offered once, and the second is recorded', () => {
  const { catalog, names } = catalogOf([source('a', { tools: [tool('x', { title: 'first' }), tool('x')] })]);
  expect([names(), catalog.problems().map(({ code }) => code)]).toEqual([['a__x'], ['NAME_COLLISION']]);
});

test('a tool that awaits approval is not offered, and said to be left out', () => {
  const quarantined = (server: string, { name }: ToolDefinition) =>
    server === 'a' && name === 'new' ? 'nobody knows it' : undefined;
  const { catalog, names } = catalogOf([source('a', { tools: [tool('old'), tool('new')] })], { quarantined });
  expect(names()).toEqual(['a__old']);
  expect(catalog.problems()).toMatchObject([{ server: 'a', name: 'new', code: 'TOOL_QUARANTINED' }]);
});

test('a long list comes in pages that together hold every tool once, in order', () => {
  const tools = Array.from({ length: 12_500 }, (_, at) => tool(`t${String(at).padStart(5, '0')}`));
  const { all } = catalogOf([source('a', { tools })]);
  const pages: unknown[][] = [];
  let cursor: string | undefined;
  do {
    const page = all().page('tools', cursor);
    pages.push(itemsIn(page?.items).map(({ name }) => name));
    cursor = page?.nextCursor;
  } while (cursor !== undefined);
  expect([pages.map(({ length }) => length), pages.flat()]).toEqual([
    [5_000, 5_000, 2_500],
    tools.map(({ name }) => `a__${name}`),
  ]);
});

test('pages are bounded by size, too', () => {
  const tools = Array.from({ length: 30 }, (_, at) => tool(`t${at}`, { description: 'x'.repeat(400_000) }));
  const first = catalogOf([source('a', { tools })])
    .all()
    .page('tools', undefined);
  expect([(first?.items.length ?? 0) <= 4.5 * 1024 * 1024, first?.nextCursor !== undefined]).toEqual([
    true,
    true,
  ]);
});

test('a cursor outlives a change as long as the tool it names is there; a foreign one leads nowhere', () => {
  const tools = Array.from({ length: 5_500 }, (_, at) => tool(`t${String(at).padStart(5, '0')}`));
  const a = source('a', { tools });
  const { all } = catalogOf([a]);
  const cursor = all().page('tools', undefined)?.nextCursor;
  a.upstream.list({ tools: tools.slice(10) });
  const names = itemsIn(all().page('tools', cursor)?.items).map(({ name }) => name);
  a.upstream.list({ tools: tools.slice(0, 5) });
  expect([
    names[0],
    names.length > 0,
    all().page('tools', cursor),
    all().page('tools', 'bogus'),
    all().page('tools', ''),
  ]).toEqual(['a__t05000', true, undefined, undefined, undefined]);
});

test('a burst of changes is one notice, and a list that is the same is none', () => {
  const clock = handClock();
  const [a, b] = [source('a', { tools: [tool('x')] }), source('b', {})];
  const { catalog } = catalogOf([a, b], { clock });
  clock.run();
  const changes: CatalogChange[] = [];
  catalog.subscribe((change) => void changes.push(change));
  a.upstream.list({ tools: [tool('x')] });
  clock.run();
  a.upstream.list({ tools: [tool('y')] });
  b.upstream.list({ resources: [{ uri: 'n:1', name: 'one' }] });
  a.upstream.list({ tools: [tool('z')] });
  clock.run();
  expect(changes).toEqual([{ tools: true, prompts: false, resources: true }]);
});

test('the view of one server has its own names; unknown and disabled servers have none', () => {
  const { catalog } = catalogOf([
    source('a', { tools: [tool('x')] }),
    source('off', { tools: [tool('y')] }, { enabled: false }),
  ]);
  const view = catalog.view({ kind: 'server', id: 'a' });
  expect([
    view?.tool('x')?.name,
    itemsIn(view?.page('tools', undefined)?.items).map(({ name }) => name),
  ]).toEqual(['x', ['x']]);
  expect([catalog.view({ kind: 'server', id: 'off' }), catalog.view({ kind: 'server', id: 'none' })]).toEqual(
    [undefined, undefined],
  );
});

test('lists are always announced, other capabilities as servers say, and instructions stand under their server', () => {
  const [a, b] = [source('a', { prompts: [{ name: 'p' }] }), source('b', {})];
  const { all } = catalogOf([a, b]);
  const lists = {
    tools: { listChanged: true },
    prompts: { listChanged: true },
    resources: { listChanged: true },
  };
  expect(all().capabilities).toEqual(lists);
  const capabilities = { resources: { subscribe: true }, logging: {}, completions: {} };
  b.upstream.info = { era: 'legacy', protocolVersion: '2025-11-25', capabilities, instructions: 'Be kind.' };
  b.upstream.emit('availability-changed', true);
  expect([all().capabilities, all().instructions]).toEqual([
    { ...lists, resources: { listChanged: true, subscribe: true }, logging: {}, completions: {} },
    '## b\nBe kind.',
  ]);
});

test('names near to an unknown one are suggested, best first, also without the prefix', () => {
  const { all } = catalogOf([
    source('github', { tools: [tool('list_pull_requests'), tool('create_issue'), tool('list_issues')] }),
  ]);
  expect([
    all().similarTools('list_pull_request')[0],
    all().similarTools('github__creat_isue')[0],
    all().similarTools('zzzz'),
  ]).toEqual(['github__list_pull_requests', 'github__create_issue', []]);
});

test('a removed server is listened to no more', () => {
  const a = source('a', {});
  const { catalog } = catalogOf([a]);
  catalog.set([]);
  expect(Object.values(a.upstream.listeners).filter(({ size }) => size > 0)).toEqual([]);
});
