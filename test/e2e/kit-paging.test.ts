import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startService, StdioPeer, type Message, type Service } from '@counterpart/kit/testing';
import { ejectTool } from '@counterpart/scaffolds/server/eject';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { pagedBlueprint } from '../fixtures/kit/paged-blueprint.ts';
import { openWorkspace, type Workspace } from './builder-workspace.ts';

/** Ten items, three a page, in each of the ways that services page. */
const COUNT = 10;
const SIZE = 3;
const rows = (from: number, size = SIZE) =>
  Array.from({ length: Math.max(0, Math.min(size, COUNT - from)) }, (_, index) => ({ id: from + index }));

let workspace: Workspace;
let service: Service;
let peer: StdioPeer;
let seen: string[] = [];
let hangAt: string | undefined;
let onHang = (): void => undefined;

function answer(url: URL): { readonly body: unknown; readonly link?: string } {
  const number = (name: string, usual: number): number => Number(url.searchParams.get(name) ?? usual);
  if (url.pathname === '/list_numbered') return { body: rows((number('page', 1) - 1) * SIZE, SIZE) };
  if (url.pathname === '/list_by_cursor') {
    const from = Number((url.searchParams.get('cursor') ?? 'c0').slice(1));
    return { body: { data: rows(from), next: from + SIZE < COUNT ? `c${from + SIZE}` : null } };
  }
  const from = number('after', 0);
  const link = from + SIZE < COUNT ? `</list_linked?after=${from + SIZE}>; rel="next"` : undefined;
  return { body: rows(from), ...(link === undefined ? {} : { link }) };
}

async function start(directory: string): Promise<StdioPeer> {
  const started = new StdioPeer(join(directory, 'dist', 'server.js'), { PAGED_BASE_URL: service.url });
  await started.initialize();
  return started;
}

beforeAll(async () => {
  service = await startService((request, response) => {
    const target = request.url ?? '';
    seen.push(target);
    if (target === hangAt) return onHang();
    const { body, link } = answer(new URL(target, service.url));
    response.setHeader('content-type', 'application/json');
    if (link !== undefined) response.setHeader('link', link);
    response.end(JSON.stringify(body));
  });
  workspace = await openWorkspace();
  const from = join(workspace.dir, 'paged.json');
  await writeFile(from, JSON.stringify(pagedBlueprint));
  const { directory } = await workspace.build({ from, name: 'paged' });
  peer = await start(directory);
});

afterAll(async () => {
  await peer.end();
  await service.close();
  await workspace[Symbol.asyncDispose]();
});

beforeEach(() => {
  seen = [];
  hangAt = undefined;
});

const call = (name: string, args: object = {}, meta?: object): Promise<Message> =>
  peer.request('tools/call', { name, arguments: args, ...(meta ? { _meta: meta } : {}) });

const notes = ({ result }: Message): string[] =>
  ((result?.['content'] ?? []) as { text: string }[]).slice(1).map(({ text }) => text);

const every = rows(0, COUNT);

test('a tool of pages takes `all`, `max_items` and `fields` beside the inputs of the service', async () => {
  const { result } = await peer.request('tools/list');
  const [tool] = (result?.['tools'] ?? []) as { inputSchema: { properties: object } }[];
  expect(Object.keys(tool?.inputSchema.properties ?? {})).toEqual([
    'page',
    'limit',
    'all',
    'max_items',
    'fields',
  ]);
});

test.each([
  ['list_numbered', { result: every }, 4],
  ['list_by_cursor', { data: every, next: null }, 4],
  ['list_linked', { result: every }, 4],
])('%s reads every page at once', async (name, structured, requests) => {
  const answered = await call(name, { all: true });
  expect(answered.result?.['structuredContent']).toEqual(structured);
  expect(notes(answered)).toEqual(['All of it: 10 items of 4 pages.']);
  expect(seen).toHaveLength(requests);
});

test('one page says how to call for the next, in words and as a member', async () => {
  const first = await call('list_by_cursor');
  expect(first.result?.['structuredContent']).toEqual({
    data: rows(0),
    next: 'c3',
    next_call: { cursor: 'c3' },
  });
  expect(notes(first)).toEqual([
    'Next page: call again with the same arguments and {"cursor":"c3"}, or {"all":true} for all of them.',
  ]);
  const second = await call('list_numbered', { page: 2 });
  expect(second.result?.['structuredContent']).toEqual({ result: rows(3), next_call: { page: 3 } });
  expect(notes(await call('list_linked'))).toEqual([
    'There are more pages: call again with {"all":true} for all of them.',
  ]);
  expect(notes(await call('list_by_cursor', { cursor: 'c9' }))).toEqual([]);
});

test('a number of items ends the reading and says where to go on', async () => {
  const some = await call('list_numbered', { max_items: 5 });
  expect(some.result?.['structuredContent']).toEqual({ result: rows(0, 5), next_call: { page: 2 } });
  expect(notes(some)).toEqual([
    'There is more: 5 items of 2 pages were read, because 5 items were asked for, and the last page has 1 more. To read on, call again with {"page":2}.',
  ]);
});

test('progress is told after each page, and cancelling stops the next one', async () => {
  hangAt = '/list_by_cursor?cursor=c6';
  const hung = new Promise<void>((resolve) => (onHang = resolve));
  const { id, answer } = peer.begin('tools/call', {
    name: 'list_by_cursor',
    arguments: { all: true },
    _meta: { progressToken: 'p' },
  });
  // A cancelled call has no answer: it is lost with the server at the end.
  answer.catch(() => undefined);
  await hung;
  // The request for a page may be here before the line that was written before it: this answer is not.
  await peer.request('ping');
  const told = peer.lines
    .map((line) => JSON.parse(line) as Message)
    .filter(({ params }) => params?.['progressToken'] === 'p');
  expect(told.map(({ params }) => [params?.['progress'], params?.['message']])).toEqual([
    [3, '3 items of 1 pages'],
    [6, '6 items of 2 pages'],
  ]);
  const before = seen.length;
  peer.notify('notifications/cancelled', { requestId: id });
  await peer.request('ping');
  await call('list_linked');
  expect(seen.slice(before)).toEqual(['/list_linked']);
});

test('an ejected tool pages as the compiled one did', async () => {
  const directory = join(workspace.serversDir, 'paged');
  await ejectTool(directory, 'list_by_cursor');
  await workspace.build({ from: directory, name: 'paged' });
  const ejected = await start(directory);
  const ask = async (args: object): Promise<unknown> =>
    (await ejected.request('tools/call', { name: 'list_by_cursor', arguments: args })).result?.[
      'structuredContent'
    ];
  expect(await ask({ all: true })).toEqual({ data: every, next: null });
  expect(await ask({ cursor: 'c3' })).toEqual({ data: rows(3), next: 'c6', next_call: { cursor: 'c6' } });
  expect(await ask({ max_items: 3 })).toEqual({ data: rows(0), next: 'c3', next_call: { cursor: 'c3' } });
  await ejected.end();
});
