import { afterEach, describe, expect, it } from 'vitest';
import { closeGateways, setUp, text } from '../fixtures/gateway/http-rig.ts';
import { modern, modernRequest, RawSession, send, stream } from '../fixtures/gateway/raw-client.ts';

const compareText = (a = '', b = ''): number => a.localeCompare(b);

afterEach(closeGateways);

describe('subscriptions/listen', () => {
  const listen = (url: string, notifications: object) =>
    stream(url, modernRequest('subscriptions/listen', { id: 'sub-1', params: { notifications } }));

  it('acknowledges what it grants first, then tells only that, and ends with a result', async () => {
    const { url, catalog, upstream, gateway } = await setUp();
    const wanted = { toolsListChanged: true, resourceSubscriptions: ['file:///a', 'file:///unknown'] };
    const listening = await listen(url, wanted);
    const _meta = { 'io.modelcontextprotocol/subscriptionId': 'sub-1' };
    expect(await listening.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true, resourceSubscriptions: ['file:///a'] }, _meta },
    });
    expect(upstream.subscribed).toEqual(['file:///a']);
    catalog.change({ prompts: true });
    catalog.change({ tools: true });
    expect(await listening.next()).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tools/list_changed',
      params: { _meta },
    });
    catalog.updateResource('file:///other');
    catalog.updateResource('file:///a');
    expect(await listening.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: 'file:///a', _meta },
    });
    await gateway.close();
    expect(await listening.next()).toMatchObject({ id: 'sub-1', result: { resultType: 'complete', _meta } });
    await listening.ended;
    expect(upstream.subscribed).toEqual([]);
  });

  it('gives its place back when the client leaves', async () => {
    const { url, upstream } = await setUp({}, { limits: { maxListens: 1 } });
    const first = await listen(url, { resourceSubscriptions: ['file:///a'] });
    await first.next();
    expect((await modern(url, 'subscriptions/listen', { params: { notifications: {} } })).status).toBe(503);
    first.close();
    await expect.poll(() => upstream.subscribed).toEqual([]);
    const second = await listen(url, {});
    expect(await second.next()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
  });

  it('leaves half of the places to others, whoever opens as many as there are', async () => {
    const { url } = await setUp({}, { limits: { maxListens: 4 } });
    const as = (person: string): string => `${url}?person=${person}`;
    const isOpen = async (place: string): Promise<boolean> =>
      (await (await listen(place, {})).next())['method'] === 'notifications/subscriptions/acknowledged';
    expect([await isOpen(as('anna')), await isOpen(as('anna'))]).toEqual([true, true]);
    const third = await modern(as('anna'), 'subscriptions/listen', { params: { notifications: {} } });
    expect(third.status).toBe(503);
    expect([await isOpen(as('ben')), await isOpen(url)]).toEqual([true, true]);
  });
});

describe('a session of 2025-11-25', () => {
  it.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])(
    'begins in the version the client asks for: %s',
    async (version) => {
      const { url, gateway } = await setUp();
      const session = await RawSession.open(url, {}, version);
      expect(session.hello.result).toMatchObject({
        protocolVersion: version,
        serverInfo: { name: 'counterpart' },
        capabilities: { tools: {} },
      });
      expect(session.id).toMatch(/^[\x21-\x7e]+$/);
      expect(gateway.sessions()).toBe(1);
    },
  );

  it('is offered the newest version with a handshake instead of one it cannot have', async () => {
    const { url } = await setUp();
    expect((await RawSession.open(url, {}, '2026-07-28')).hello.result).toMatchObject({
      protocolVersion: '2025-11-25',
    });
  });

  it('is required, known by its address, and ends with DELETE', async () => {
    const { url } = await setUp();
    const session = await RawSession.open(url);
    expect((await session.call('ping')).messages[0]?.result).toEqual({});
    const bare = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect((await send(url, { body: bare })).status).toBe(400);
    expect((await send(`${url}/s/memory`, { body: bare, headers: session.headers })).status).toBe(404);
    expect(
      (
        await session.post(
          { jsonrpc: '2.0', id: 1, method: 'ping' },
          { 'mcp-protocol-version': '1999-01-01' },
        )
      ).status,
    ).toBe(400);
    expect((await send(url, { method: 'DELETE', headers: session.headers })).status).toBe(200);
    expect((await session.call('ping')).status).toBe(404);
  });

  it('relays calls, errors and progress, with nothing of the other era in the results', async () => {
    const { url } = await setUp({ era: 'legacy' });
    const session = await RawSession.open(url);
    const answer = await session.call('tools/call', { name: 'talk', _meta: { progressToken: 't' } });
    expect(answer.messages.map(({ method }) => method)).toEqual([
      'notifications/progress',
      'notifications/message',
      'notifications/message',
      'notifications/progress',
      undefined,
    ]);
    expect(answer.messages.at(-1)?.result).toEqual(text('done'));
    expect((await session.call('resources/read', { uri: 'file:///none' })).messages[0]?.error?.code).toBe(
      -32002,
    );
    expect((await session.call('no/such')).messages[0]?.error?.code).toBe(-32601);
    expect((await session.call('tools/list')).messages[0]?.result).not.toHaveProperty('ttlMs');
  });

  it('filters log messages by the level it set', async () => {
    const { url } = await setUp({ era: 'legacy' });
    const session = await RawSession.open(url);
    expect((await session.call('logging/setLevel', { level: 'nonsense' })).messages[0]?.error?.code).toBe(
      -32602,
    );
    expect((await session.call('logging/setLevel', { level: 'info' })).messages[0]?.result).toEqual({});
    const answer = await session.call('tools/call', { name: 'talk' });
    expect(answer.messages.map(({ params }) => params?.['level'])).toEqual(['info', undefined]);
  });

  it('cancels with a notification and not by leaving', async () => {
    const { url, upstream } = await setUp();
    const session = await RawSession.open(url);
    const call = session.call('tools/call', { name: 'slow' }, 'c1');
    await expect.poll(() => upstream.requests).toHaveLength(1);
    await session.notify('notifications/cancelled', { requestId: 'c1', reason: 'enough' });
    expect((await call).status).toBe(202);
    expect(upstream.cancelled).toEqual(['enough']);
    const left = stream(url, {
      headers: session.headers,
      body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'slow' } }),
    });
    left.catch(() => {});
    await expect.poll(() => upstream.requests).toHaveLength(2);
    expect(upstream.cancelled).toHaveLength(1);
  });

  it('has one stream of its own for what belongs to no request', async () => {
    const { url, catalog, upstream } = await setUp();
    const session = await RawSession.open(url);
    const own = await stream(url, { method: 'GET', headers: session.headers });
    expect((await send(url, { method: 'GET', headers: session.headers })).status).toBe(409);
    await session.call('resources/subscribe', { uri: 'file:///a' });
    catalog.change({ tools: true, resources: true });
    catalog.updateResource('file:///a');
    const heard = [await own.next(), await own.next(), await own.next()].map(({ method }) => method);
    expect(heard.toSorted(compareText)).toEqual([
      'notifications/resources/list_changed',
      'notifications/resources/updated',
      'notifications/tools/list_changed',
    ]);
    upstream.emit('log-message', { level: 'error', data: 'server-wide' });
    expect(await own.next()).toMatchObject({
      method: 'notifications/message',
      params: { data: 'server-wide' },
    });
    await session.call('resources/unsubscribe', { uri: 'file:///a' });
    expect(upstream.subscribed).toEqual([]);
  });

  it('is asked what a server wants to know, on the stream of the call', async () => {
    const { url } = await setUp({
      era: 'legacy',
      handlers: {
        'tools/call slow': async (_params, { sink, signal }) =>
          text(JSON.stringify(await sink.ask('elicitation/create', { message: '?' }, signal))),
      },
    });
    const session = await RawSession.open(url, { elicitation: {} });
    const calling = await stream(url, {
      headers: session.headers,
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'slow' } }),
    });
    const question = await calling.next();
    expect(question).toMatchObject({ method: 'elicitation/create', params: { message: '?' } });
    await session.post({ jsonrpc: '2.0', id: question.id, result: { action: 'decline' } });
    expect((await calling.next()).result).toEqual(text('{"action":"decline"}'));
  });

  it('is asked for a modern server what that wants to know, and the call goes on', async () => {
    const { url, upstream } = await setUp({
      era: 'modern',
      handlers: {
        'tools/call slow': (params) =>
          params['inputResponses'] === undefined
            ? {
                resultType: 'input_required',
                requestState: 's1',
                inputRequests: { q: { method: 'elicitation/create', params: { message: '?' } } },
              }
            : { resultType: 'complete', ...text(JSON.stringify(params['inputResponses'])) },
      },
    });
    const session = await RawSession.open(url, { elicitation: {} });
    const calling = await stream(url, {
      headers: session.headers,
      body: JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'slow' } }),
    });
    const question = await calling.next();
    await session.post({ jsonrpc: '2.0', id: question.id, result: { action: 'accept' } });
    expect((await calling.next()).result).toMatchObject(text('{"q":{"action":"accept"}}'));
    expect(upstream.requests[1]?.params).toMatchObject({ name: 'slow', requestState: 's1' });
  });

  it('may send batches in 2025-03-26 and in no other version', async () => {
    const { url } = await setUp();
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'echo' } },
      { nonsense: true },
    ];
    const old = await RawSession.open(url, {}, '2025-03-26');
    const answer = await old.post(batch, { 'mcp-protocol-version': '2025-03-26' });
    const members = JSON.parse(answer.text) as { id: unknown }[];
    expect(new Set(members.map(({ id }) => id))).toEqual(new Set([1, 2, null]));
    const current = await RawSession.open(url);
    expect((await current.post(batch)).status).toBe(400);
    expect((await old.post([])).status).toBe(400);
  });
});
