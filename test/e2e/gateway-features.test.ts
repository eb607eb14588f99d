import { afterEach, describe, expect, test } from 'vitest';
import { modern, modernMeta, RawSession, stream, type Message } from '../fixtures/gateway/raw-client.ts';
import { serveRealServers, type RealHub, type RealServer } from '../fixtures/gateway/real-servers.ts';

const FEATURES = new URL('../fixtures/gateway/features.mjs', import.meta.url).pathname;
const UI = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };

let hub: RealHub;
const serve = async (servers: Readonly<Record<string, Partial<RealServer> & { era: string }>>) => {
  hub = await serveRealServers(
    Object.fromEntries(
      Object.entries(servers).map(([id, { era, ...more }]) => [
        id,
        { args: [FEATURES, era], prefix: id, ...more },
      ]),
    ),
  );
};
afterEach(() => hub.close());

type Params = Record<string, unknown>;
const at = (path: string): string => hub.url.replace('/mcp', path);
const ask = async (method: string, params: Params = {}, capabilities: object = {}, url = hub.url) =>
  (await modern(url, method, { params, meta: modernMeta(capabilities) })).messages.at(-1) ?? {};
const callTool = (name: string, more: Params = {}, capabilities: object = {}) =>
  ask('tools/call', { name, arguments: {}, ...more }, capabilities);
const answered = async (session: RawSession, method: string, params: Params): Promise<Message> =>
  (await session.call(method, params)).messages.at(-1) ?? {};
const callIn = (session: RawSession, name: string) =>
  answered(session, 'tools/call', { name, arguments: {} });
const textOf = ({ result }: Message): string =>
  String((result?.['content'] as { text?: unknown }[] | undefined)?.[0]?.text);
const listened = (session: RawSession) => stream(session.url, { method: 'GET', headers: session.headers });

const ONE = 'hub+b:///doc:1';

describe('URIs that two servers have', () => {
  test('are renamed for the later one in every place, and left alone where it stands alone', async () => {
    await serve({ a: { era: 'modern' }, b: { era: 'legacy' } });
    const read = async (uri: string) => (await ask('resources/read', { uri })).result?.['contents'];
    expect(await read('doc:1')).toEqual([{ uri: 'doc:1', text: 'doc:1 of modern' }]);
    expect(await read(ONE)).toEqual([{ uri: ONE, text: 'doc:1 of legacy' }]);
    expect(await read('hub+b:///doc:item/7')).toEqual([
      { uri: 'hub+b:///doc:item/7', text: 'doc:item/7 of legacy' },
    ]);
    expect((await callTool('b__show')).result).toMatchObject({
      content: [{ uri: ONE }, { resource: { uri: ONE } }],
      structuredContent: { uri: 'doc:1' },
    });
    expect((await callTool('a__show')).result).toMatchObject({ content: [{ uri: 'doc:1' }, {}] });
    const ref = { type: 'ref/resource', uri: 'hub+b:///doc:item/{id}' };
    const completed = await ask('completion/complete', { ref, argument: { name: 'id', value: '' } });
    expect(completed.result).toMatchObject({ completion: { values: ['doc:item/{id}'] } });
    const alone = await ask('resources/read', { uri: 'doc:1' }, {}, at('/mcp/s/b'));
    expect(alone.result?.['contents']).toEqual([{ uri: 'doc:1', text: 'doc:1 of legacy' }]);
  });

  test('are told of under the name that each client knows, and only to those who can see them', async () => {
    await serve({ a: { era: 'legacy' }, b: { era: 'legacy' } });
    const everywhere = await RawSession.open(hub.url);
    const ofB = await RawSession.open(at('/mcp/s/b'));
    const ofA = await RawSession.open(at('/mcp/s/a'));
    const [wide, b, a] = await Promise.all([everywhere, ofB, ofA].map(listened));
    await everywhere.call('resources/subscribe', { uri: ONE });
    await ofB.call('resources/subscribe', { uri: 'doc:1' });
    await ofA.call('resources/subscribe', { uri: 'doc:1' });
    await callIn(everywhere, 'b__touch');
    expect([(await wide?.next())?.params, (await b?.next())?.params]).toEqual([
      { uri: ONE },
      { uri: 'doc:1' },
    ]);
    // What the client of the other server hears first is of its own server.
    await callIn(everywhere, 'b__paid');
    await callIn(everywhere, 'a__touch');
    expect((await a?.next())?.params).toEqual({ uri: 'doc:1' });
    await callIn(everywhere, 'b__touch');
    expect((await b?.next())?.params).toEqual({ uri: 'doc:1' });
    for (const open of [wide, b, a]) open?.close();
  });

  test('a change in the process of one session is told to that session alone', async () => {
    await serve({ a: { era: 'legacy', isolation: 'session' } });
    const [mine, other] = [await RawSession.open(hub.url), await RawSession.open(hub.url)];
    const [heard, silent] = await Promise.all([mine, other].map(listened));
    await callIn(mine, 'a__show');
    await mine.call('resources/subscribe', { uri: 'doc:1' });
    await other.call('resources/subscribe', { uri: 'doc:1' });
    expect(textOf(await callIn(mine, 'a__touch'))).toBe('1');
    expect((await heard?.next())?.params).toEqual({ uri: 'doc:1' });
    // The other one's process was made after it subscribed, and knows all the same.
    expect(textOf(await callIn(other, 'a__touch'))).toBe('1');
    expect((await silent?.next())?.params).toEqual({ uri: 'doc:1' });
    for (const open of [heard, silent]) open?.close();
  });
});

describe('an app', () => {
  test('keeps its interface: renamed where it collides, declared to both sides, callable without a prefix at its server', async () => {
    await serve({ a: { era: 'modern' }, b: { era: 'legacy', isolation: 'session' } });
    const discovered = await ask('server/discover');
    expect(discovered.result?.['capabilities']).toMatchObject({
      extensions: { 'io.modelcontextprotocol/ui': {} },
    });
    const { tools } = (await ask('tools/list')).result ?? {};
    const metaOf = (name: string): unknown =>
      (tools as { name: string; _meta?: unknown }[]).find((tool) => tool.name === name)?._meta;
    const renamed = 'ui://hub+b/app/main';
    expect(metaOf('a__show')).toEqual({
      ui: { resourceUri: 'ui://app/main' },
      'ui/resourceUri': 'ui://app/main',
    });
    expect(metaOf('b__show')).toEqual({ ui: { resourceUri: renamed }, 'ui/resourceUri': renamed });
    const page = (await ask('resources/read', { uri: renamed })).result?.['contents'];
    expect(page).toEqual([{ uri: renamed, text: 'ui://app/main of legacy' }]);
    const own = await ask('tools/call', { name: 'refresh_panel', arguments: {} }, {}, at('/mcp/s/a'));
    expect(textOf(own)).toBe('refreshed');

    const declared = { extensions: UI };
    expect(JSON.parse(textOf(await callTool('a__declared', {}, declared)))).toEqual(declared);
    const session = await RawSession.open(hub.url, { ...declared, roots: {} });
    expect(JSON.parse(textOf(await callIn(session, 'a__declared')))).toEqual({ ...declared, roots: {} });
    expect(JSON.parse(textOf(await callIn(session, 'b__declared')))).toEqual({ ...declared, roots: {} });
  });
});

test('a legacy client’s news of its roots reach the server that runs for it, and no other', async () => {
  await serve({ a: { era: 'legacy', isolation: 'session' } });
  const roots = { roots: { listChanged: true } };
  const [mine, other] = [await RawSession.open(hub.url, roots), await RawSession.open(hub.url, roots)];
  const changes = async (session: RawSession) => textOf(await callIn(session, 'a__roots_changed'));
  expect([await changes(mine), await changes(other)]).toEqual(['0', '0']);
  await mine.notify('notifications/roots/list_changed');
  expect([await changes(mine), await changes(other)]).toEqual(['1', '0']);
});

describe('a legacy server that sends its client to a URL first', () => {
  const URLS = { elicitation: { url: {} } };

  test('is relayed as it says it to a legacy client, which hears when all is done there', async () => {
    await serve({ shop: { era: 'legacy' } });
    const [mine, other] = [await RawSession.open(hub.url, URLS), await RawSession.open(hub.url, URLS)];
    const [heard, silent] = await Promise.all([mine, other].map(listened));
    const { error } = await callIn(mine, 'shop__pay');
    const url = { mode: 'url', elicitationId: 'e1', url: 'https://pay.example/1', message: 'Pay here.' };
    expect(error).toEqual({ code: -32042, message: 'Pay first', data: { elicitations: [url] } });
    await callIn(other, 'shop__paid');
    expect(await heard?.next()).toMatchObject({
      method: 'notifications/elicitation/complete',
      params: { elicitationId: 'e1' },
    });
    expect(textOf(await callIn(mine, 'shop__pay'))).toBe('thank you');
    // What the other one hears next is not that.
    await other.call('resources/subscribe', { uri: 'doc:1' });
    await callIn(other, 'shop__touch');
    expect((await silent?.next())?.method).toBe('notifications/resources/updated');
    for (const open of [heard, silent]) open?.close();
  });

  test('asks a modern client in its own way, and is called anew when that comes again', async () => {
    await serve({ shop: { era: 'legacy' } });
    const asked = await callTool('shop__pay', {}, URLS);
    expect(asked.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        'url-1': {
          method: 'elicitation/create',
          params: { mode: 'url', url: 'https://pay.example/1', message: 'Pay here.' },
        },
      },
    });
    expect(JSON.stringify(asked)).not.toContain('elicitationId');
    const answer = (action: string): Params => ({ inputResponses: { 'url-1': { action } } });
    const declined = await callTool('shop__pay', answer('decline'), URLS);
    expect(declined.error?.message).toContain('declined');
    expect((await callTool('shop__pay', answer('accept'), URLS)).result?.['resultType']).toBe(
      'input_required',
    );
    await callTool('shop__paid');
    expect(textOf(await callTool('shop__pay', answer('accept'), URLS))).toBe('thank you');
  });

  test('is never put to a modern client that cannot be sent there', async () => {
    await serve({ shop: { era: 'legacy' } });
    const { error } = await callTool('shop__pay', {}, { elicitation: { form: {} } });
    expect(error).toMatchObject({ code: -32021, data: { requiredCapabilities: URLS } });
  });
});

test('a legacy client of a modern server finds no members in a result that came after its revision', async () => {
  await serve({ a: { era: 'modern' } });
  const session = await RawSession.open(hub.url);
  for (const answer of [
    await callIn(session, 'a__show'),
    await answered(session, 'resources/read', { uri: 'doc:1' }),
  ]) {
    expect(answer.result).toBeDefined();
    for (const member of ['resultType', 'ttlMs', 'cacheScope'])
      expect(answer.result).not.toHaveProperty(member);
  }
});
