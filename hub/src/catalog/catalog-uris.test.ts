import { expect, test } from 'vitest';
import { catalogOf, itemsIn, source, tool } from '../../../test/fixtures/catalog/listed-sources.ts';

test('a URI that two servers have stays the first one’s and is rewritten for the second, in the list and back', () => {
  const resources = [{ uri: 'file:///x', name: 'x' }];
  const { all, catalog } = catalogOf([source('b', { resources }), source('a', { resources })]);
  expect(itemsIn(all().page('resources', undefined)?.items).map(({ uri }) => uri)).toEqual([
    'file:///x',
    'hub+b:///file:///x',
  ]);
  const route = (uri: string) => {
    const found = all().resource(uri);
    return found && [found.upstream.id, found.uri];
  };
  expect([
    route('file:///x'),
    route('hub+b:///file:///x'),
    route('hub+b:///file:///other'),
    route('hub+c:///file:///x'),
  ]).toEqual([['a', 'file:///x'], ['b', 'file:///x'], ['b', 'file:///other'], undefined]);
  expect(
    itemsIn(catalog.view({ kind: 'server', id: 'b' })?.page('resources', undefined)?.items)[0]?.['uri'],
  ).toBe('file:///x');
});

test('a resource that is not listed is found by its template, else by its scheme', () => {
  const { all } = catalogOf([
    source('a', {
      resources: [{ uri: 'note:1', name: 'one' }],
      resourceTemplates: [{ uriTemplate: 'db://{table}/{id}', name: 'row' }],
    }),
    source('b', { resourceTemplates: [{ uriTemplate: 'db://{table}', name: 'table' }] }),
  ]);
  const owner = (uri: string) => all().resource(uri)?.upstream.id;
  expect(['db://t/1', 'db://t', 'note:77', 'db://t/1/2', 'other:1'].map(owner)).toEqual([
    'a',
    'b',
    'a',
    'a',
    undefined,
  ]);
});

test('an update of a resource is told as its server says it; a view knows what it is called there', () => {
  const resources = [{ uri: 'file:///x', name: 'x' }];
  const resourceTemplates = [{ uriTemplate: 'db://{row}', name: 'row' }];
  const [a, b] = [
    source('a', { resources, resourceTemplates }),
    source('b', { resources, resourceTemplates }),
  ];
  const { catalog, all } = catalogOf([a, b]);
  const heard: unknown[] = [];
  catalog.onResourceUpdated(({ upstream, uri }) => void heard.push([upstream.id, uri]));
  a.upstream.emit('resource-updated', 'file:///x');
  b.upstream.emit('resource-updated', 'file:///x');
  expect(heard).toEqual([
    ['a', 'file:///x'],
    ['b', 'file:///x'],
  ]);
  const rename = all().renameUri('b') ?? String;
  expect(['file:///x', 'db://1', 'file:///y'].map(rename)).toEqual([
    'hub+b:///file:///x',
    'hub+b:///db://1',
    'file:///y',
  ]);
  expect([all().renameUri('a'), catalog.view({ kind: 'server', id: 'b' })?.renameUri('b')]).toEqual([
    undefined,
    undefined,
  ]);
});

test('the interface of a tool is renamed with it when another server has one of that name, also where nobody lists it', () => {
  const withUi = (name: string) =>
    tool(name, {
      _meta: { 'ui/resourceUri': 'ui://app/main', ui: { resourceUri: 'ui://app/main', kept: 1 } },
    });
  const { all } = catalogOf([
    source('a', { tools: [withUi('x')] }),
    source('b', { tools: [withUi('y'), tool('z')], resources: [{ uri: 'ui://app/main', name: 'main' }] }),
  ]);
  const renamed = 'ui://hub+b/app/main';
  expect(itemsIn(all().page('tools', undefined)?.items).map(({ _meta }) => _meta)).toEqual([
    { 'ui/resourceUri': 'ui://app/main', ui: { resourceUri: 'ui://app/main', kept: 1 } },
    { 'ui/resourceUri': renamed, ui: { resourceUri: renamed, kept: 1 } },
    undefined,
  ]);
  expect(itemsIn(all().page('resources', undefined)?.items)).toEqual([{ uri: renamed, name: 'main' }]);
  const route = (uri: string) => [all().resource(uri)?.upstream.id, all().resource(uri)?.uri];
  expect([route('ui://app/main'), route(renamed)]).toEqual([
    ['a', 'ui://app/main'],
    ['b', 'ui://app/main'],
  ]);
  expect(all().capabilities['extensions']).toEqual({ 'io.modelcontextprotocol/ui': {} });
});
