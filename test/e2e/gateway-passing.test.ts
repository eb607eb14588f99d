import { type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureServer, makeHome, startHub, type TestHub } from '../fixtures/hub.ts';
import {
  messagesOf,
  modernRequest,
  send,
  type RawAnswer,
  type RawRequest,
} from '../fixtures/gateway/raw-client.ts';

/** More than is collected before it passes, even where all of it is there at once. */
const BYTES = 6_000_000;
/** Less than that. */
const FEWER_BYTES = 700_000;
/** More than the system holds of a connection that nobody reads. */
const LATE_BYTES = 40_000_000;
const LEGACY = '2025-11-25';

let home: ReturnType<typeof makeHome>;
let hub: TestHub;
let session: Record<string, string> = {};

beforeAll(async () => {
  home = makeHome({
    mcpServers: { far: fixtureServer('long-answers') },
    profiles: { brief: { servers: ['far'], resultTokens: 500 } },
  });
  hub = await startHub(home.home);
  const params = { protocolVersion: LEGACY, capabilities: {}, clientInfo: { name: 't', version: '1' } };
  const hello = await send(`${hub.url}/mcp`, {
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  session = { 'mcp-session-id': String(hello.headers['mcp-session-id']), 'mcp-protocol-version': LEGACY };
});
afterAll(async () => {
  await hub.stop();
  home.remove();
});

type Era = 'modern' | 'legacy';

function long(era: Era, args: object, headers: Record<string, string> = {}): RawRequest {
  const params = { name: 'far__long', arguments: { bytes: BYTES, ...args } };
  if (era === 'modern') return modernRequest('tools/call', { id: 'mine', params, headers });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 'mine', method: 'tools/call', params });
  return { body, headers: { ...session, ...headers } };
}
const call = (request: RawRequest): Promise<RawAnswer> => send(`${hub.url}/mcp`, request);

/** With the long text as its length. A pattern for all of it would take more stack than there is. */
function shortened(body: string): string {
  const from = body.indexOf('x'.repeat(9));
  if (from < 0) return body;
  const behind = body.slice(from).search(/[^x]/);
  return `${body.slice(0, from)}${behind}${body.slice(from + behind)}`;
}

const seen = ({ status, headers, text: body }: RawAnswer): object => ({
  status,
  type: headers['content-type'],
  messages: messagesOf(shortened(body)),
});

describe.each<Era>(['modern', 'legacy'])('a long answer of a server, for a %s client,', (era) => {
  const content = [{ type: 'text', text: String(BYTES) }];
  const result = { ...(era === 'modern' && { resultType: 'complete' }), content };
  const message = { jsonrpc: '2.0', id: 'mine', result };

  it.each([
    ['passes as it comes', {}],
    ['is read whole where its id stands behind it', { last: true }],
    ['passes where it says behind its content that it is an answer', { typeLast: true }],
  ])('%s', async (_, args) => {
    const plain = await call(long(era, args));
    expect(seen(plain)).toMatchObject({ status: 200, type: 'application/json', messages: [message] });
    // What was not whole when it was begun has no length.
    expect(plain.headers['content-length'] === undefined).toBe(!('last' in args));
    const events = await call(long(era, args, { accept: 'text/event-stream' }));
    expect(seen(events)).toMatchObject({ status: 200, type: 'text/event-stream', messages: [message] });
  });

  it('is whole, with its length, where it is of some megabytes at most', async () => {
    const answer = await call(long(era, { bytes: FEWER_BYTES }));
    expect(seen(answer)).toMatchObject({
      messages: [{ result: { content: [{ text: String(FEWER_BYTES) }] } }],
    });
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.text));
  });

  it.each([
    ['an object', '{"a":[1]}', '{"a":[1]}'],
    ['no object', '[1,"a"]', era === 'modern' ? '[1,"a"]' : '{"result":[1,"a"]}'],
  ])('has its structured content as its client can take it where that is %s', async (_, value, taken) => {
    for (const args of [{ value }, { value, valueFirst: true }, { value, last: true }])
      expect(seen(await call(long(era, args)))).toMatchObject({
        messages: [{ result: { content, structuredContent: JSON.parse(taken) as unknown } }],
      });
    // The value behind the text does not keep the text from passing.
    expect((await call(long(era, { value }))).headers['content-length']).toBeUndefined();
  });

  it('is one line of an event where its server broke lines between two values', async () => {
    const args = { bytes: FEWER_BYTES, value: '{"a":\r[1]}' };
    const plain = await call(long(era, args));
    const events = await call(long(era, args, { accept: 'text/event-stream' }));
    expect([plain.text.includes('\r'), events.text.includes('\r')]).toEqual([true, false]);
    expect(messagesOf(events.text)).toEqual(messagesOf(plain.text));
  });

  it('is as a short one on a connection that is not the lane’s, and the next request on it is answered', async () => {
    expect(seen(await call(long(era, {}, { expect: '100-continue' })))).toMatchObject({
      messages: [message],
    });
  });

  it.each([{}, { last: true }])('is whole for a client that takes it late (%o)', async (args) => {
    const { body, headers } = long(era, { ...args, bytes: LATE_BYTES });
    const type = { 'content-type': 'application/json', accept: 'application/json' };
    const request = httpRequest(`${hub.url}/mcp`, {
      method: 'POST',
      headers: { ...type, ...headers },
      agent: false,
    });
    const late = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    request.end(body);
    const response = await late;
    // The server answers one after another: by then the hub has all of the first answer.
    await call(long('modern', { bytes: 1 }));
    expect(messagesOf(await text(response))).toMatchObject([
      { id: 'mine', result: { content: [{ text: 'x'.repeat(LATE_BYTES) }] } },
    ]);
  });

  it.each(['die', 'garbage'])('is cut off when its server does not end it (%s)', async (ends) => {
    await expect(call(long(era, { ends }))).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    expect(seen(await call(long(era, {})))).toMatchObject({ messages: [message] });
  });

  it.each([BYTES, FEWER_BYTES])(
    'ends with the client that leaves, and nobody else notices (%i)',
    async (bytes) => {
      const { body, headers } = long(era, { bytes, ends: 'stall' });
      const type = { 'content-type': 'application/json', accept: 'application/json' };
      const request = httpRequest(`${hub.url}/mcp`, { method: 'POST', headers: { ...type, ...headers } });
      request.on('error', () => undefined).end(body);
      const begun = new Promise((resolve) => {
        request.on('response', (response) => response.on('error', () => undefined).once('data', resolve));
      });
      await begun;
      request.destroy();
      if (era === 'legacy') await cancelled();
      expect(seen(await call(long(era, {})))).toMatchObject({ messages: [message] });
    },
  );
});

/** A legacy client says so itself. */
const cancelled = (): Promise<RawAnswer> =>
  call({
    headers: session,
    body: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"mine"}}',
  });

it('what has to be looked at whole does not pass: a result that is cut, a question to a client that cannot be asked', async () => {
  const cut = await send(`${hub.url}/mcp/p/brief`, long('modern', {}));
  expect(cut.status).toBe(200);
  expect(cut.text.length).toBeLessThan(10_000);
  const asked = await call(long('legacy', { asks: true }));
  expect(asked.text).not.toContain('xxxxxxxxx');
  expect(messagesOf(asked.text)).toMatchObject([
    { id: 'mine', error: { code: expect.any(Number) as number } },
  ]);
});

it('a long answer that says of itself at its end that it failed is counted so', async () => {
  await call(long('modern', { failed: true }));
  const metrics = await fetch(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${hub.token}` } });
  expect(await metrics.text()).toMatch(
    /gen_ai_tool_name="far__long",error_type="tool-error",le="\+Inf"\} 1\n/,
  );
});
