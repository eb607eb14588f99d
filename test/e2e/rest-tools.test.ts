import { Problem } from '@counterpart/schemas/hub/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  eventually,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';
import { verifies } from '../verifies.ts';

const Told = Problem.extend({
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  result: z.unknown().optional(),
});

const CONFIG = {
  defaults: { maxCallsPerServer: 1 },
  mcpServers: {
    shop: fixtureServer('effects'),
    ok: fixtureServer('ok'),
    counter: fixtureServer('progress'),
    asks: fixtureServer('elicits'),
    legacy: { ...fixtureServer('elicits'), args: [...fixtureServer('elicits').args, 'legacy'] },
    mortal: fixtureServer('die-mid-call'),
    slow: { ...fixtureServer('progress', { PROGRESS_STEP_MS: '5000' }), callTimeoutMs: 200 },
  },
};

let place: ReturnType<typeof makeHome>;
let hub: TestHub;

beforeAll(async () => {
  place = makeHome(CONFIG);
  hub = await startHub(place.home);
  await eventually(async () => {
    const { servers } = z
      .object({ servers: z.array(z.object({ listed: z.boolean() })) })
      .parse(await hub.get('/api/servers'));
    return servers.length === 7 && servers.every(({ listed }) => listed);
  });
});
afterAll(async () => {
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function post(path: string, body: unknown, { headers = {}, signal }: Sent = {}): Promise<Response> {
  return fetch(`${hub.url}/api/tools/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
}

async function problemAt(path: string, body: unknown, sent?: Sent): Promise<z.infer<typeof Told>> {
  const response = await post(path, body, sent);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const told = Told.parse(await response.json());
  expect(told.status).toBe(response.status);
  return told;
}

test.each([
  ['GET', '/api/tools/shop/get_item', 'POST'],
  ['DELETE', '/api/tools/shop/get_item', 'POST'],
  ['OPTIONS', '/api/tools/shop/get_item', 'POST'],
  ['PUT', '/api/servers', 'GET, HEAD, POST'],
  ['POST', '/api/servers/shop', 'DELETE, GET, HEAD'],
  ['POST', '/healthz', 'GET, HEAD'],
  ['DELETE', '/readyz', 'GET, HEAD'],
])('%s of %s is told how the address is asked, not that nothing is there', async (method, path, allowed) => {
  const response = await fetch(`${hub.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${hub.token}` },
  });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe(allowed);
  expect(Told.parse(await response.json())).toMatchObject({
    code: 'ROUTE_METHOD',
    detail: `${path} takes ${allowed}, not ${method}.`,
  });
});

test('a probe asked in another way says so without a token', async () => {
  expect((await fetch(`${hub.url}/healthz`, { method: 'POST' })).status).toBe(405);
});

test.each(['/api/nothing', '/api/tools/shop/get_item/more'])(
  'nothing is at %s, however asked',
  async (path) => {
    const response = await fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${hub.token}` } });
    expect(Told.parse(await response.json())).toMatchObject({ code: 'ROUTE_UNKNOWN', status: 404 });
  },
);

describe('a tool called by REST', () => {
  test('answers its structured content, or its content, or with raw=1 all of the result as MCP has it', async () => {
    const args = { id: 'größer 😀', deep: { list: [1, null] } };
    const direct = await hub.rpc('tools/call', { name: 'shop__get_item', arguments: args });
    const { resultType: _, ...members } = direct;
    expect(await (await post('shop/get_item', args)).json()).toEqual({ args });
    expect(await (await post('shop/get_item?raw=1', args)).json()).toMatchObject(members);
    expect(await (await post('ok/echo', { text: 'hello' })).json()).toEqual([
      { type: 'text', text: 'hello' },
    ]);
    const bare = await fetch(`${hub.url}/api/tools/shop/get_item`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hub.token}` },
    });
    expect(await bare.json()).toEqual({ args: {} });
  });

  test('numbers of a result keep all their digits, also in a stream', async () => {
    const exact = async (path: string, digits: string, accept = 'application/json') =>
      (await post(path, { digits }, { headers: { accept } })).text();
    for (const digits of ['9007199254740993', '123456789012345678901234567890', '-0', '1e400', '0.1']) {
      const said = `"digits":${digits}}`;
      expect(await exact('shop/get_item', digits)).toContain(said);
      expect(await exact('shop/get_item?raw=1', digits)).toContain(said);
      expect(await exact('shop/get_item', digits, 'text/event-stream')).toContain(said);
    }
  });

  test('tells progress as events when asked for a stream, then the answer', async () => {
    const response = await post('counter/count', { to: 3 }, { headers: { accept: 'text/event-stream' } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text())
      .trim()
      .split('\n\n')
      .map((event): [string | undefined, unknown] => [
        /^event: (.*)$/m.exec(event)?.[1],
        JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? ''),
      ]);
    expect(events).toEqual([
      ...[1, 2, 3].map((step) => ['progress', { progress: step, total: 3, message: `step ${step}` }]),
      ['result', [{ type: 'text', text: 'counted to 3' }]],
    ]);
  });

  test('is cancelled when its client leaves', async () => {
    const controller = new AbortController();
    const call = post('shop/count', {}, { signal: controller.signal });
    const left = call.then(
      () => 'answered',
      () => 'left',
    );
    // One call at a time is allowed: that a second is refused shows that the first has arrived.
    await eventually(async () => (await post('shop/get_log', {})).status === 503);
    controller.abort();
    expect(await left).toBe('left');
    await eventually(async () => {
      const log = await post('shop/get_log', {});
      return log.status === 200 && (await log.text()).includes('cancelled');
    });
  });
});

describe('what goes wrong by REST is a problem with a code and a fix', () => {
  test('a tool or a server that is not there', async () => {
    const tool = await problemAt('shop/get_itme', {});
    expect(tool).toMatchObject({ status: 404, code: 'TOOL_UNKNOWN', instance: '/api/tools/shop/get_itme' });
    expect(tool.detail).toContain('get_item');
    expect(await problemAt('shopp/get_item', {})).toMatchObject({ status: 404, code: 'SERVER_UNKNOWN' });
  });

  test('arguments that do not fit are told by their place, and reach no server', async () => {
    expect(await problemAt('counter/count', {})).toMatchObject({
      status: 400,
      code: 'ARGUMENTS_INVALID',
      errors: [{ pointer: '#/to', detail: 'is required' }],
    });
    expect(await problemAt('counter/count', { to: 0 })).toMatchObject({ errors: [{ pointer: '#/to' }] });
    expect(await problemAt('counter/count', [])).toMatchObject({ status: 400, errors: [{ pointer: '#' }] });
    expect(await problemAt('counter/count', '{"to":')).toMatchObject({ status: 400, code: 'INPUT_INVALID' });
    const deep = `{"id":"1","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await problemAt('shop/get_item', deep)).status).toBe(400);
  });

  test('a body of another type, one that is too large, and a caller without the token', async () => {
    verifies('N21');
    const typed = { headers: { 'content-type': 'text/plain' } };
    expect(await problemAt('ok/echo', '{"text":"x"}', typed)).toMatchObject({
      status: 415,
      code: 'MEDIA_TYPE_UNSUPPORTED',
    });
    const large = await post('ok/echo', { text: 'x'.repeat(5 * 1024 * 1024) });
    expect([large.status, await large.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'BODY_TOO_LARGE' }),
    ]);
    const anonymous = await post('ok/echo', { text: 'x' }, { headers: { authorization: '' } });
    expect([anonymous.status, await anonymous.json()]).toEqual([
      401,
      expect.objectContaining({ code: 'AUTH_REQUIRED' }),
    ]);
    const foreign = await post('ok/echo', { text: 'x' }, { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
  });

  test('a server that asks back, is lost, or takes too long', async () => {
    for (const server of ['asks', 'legacy'])
      expect(await problemAt(`${server}/order`, {})).toMatchObject({ status: 422, code: 'INPUT_REQUIRED' });
    expect(await problemAt('mortal/die', {})).toMatchObject({ status: 502, code: 'UPSTREAM_LOST' });
    expect(await problemAt('slow/count', { to: 1 })).toMatchObject({ status: 504, code: 'CALL_TIMEOUT' });
  });

  test('a server that is busy says when to come again', async () => {
    const controller = new AbortController();
    const running = post('shop/count', {}, { signal: controller.signal }).catch(() => undefined);
    let waitFor: string | null = null;
    await eventually(async () => {
      waitFor = (await post('shop/get_log', {})).headers.get('retry-after');
      return waitFor !== null;
    });
    expect(waitFor).toBe('1');
    controller.abort();
    await running;
  });

  test('in a stream it is its last event', async () => {
    const response = await post('asks/order', {}, { headers: { accept: 'text/event-stream' } });
    expect(await response.text()).toMatch(/^event: problem\ndata: .*"code":"INPUT_REQUIRED"/);
  });
});
