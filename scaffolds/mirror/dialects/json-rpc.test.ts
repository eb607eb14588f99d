import { readFileSync } from 'node:fs';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { createMirror } from '../mirror.ts';

const blueprint = Blueprint.parse(
  JSON.parse(readFileSync(new URL('../../golden/json-rpc/shop/expected.json', import.meta.url), 'utf8')),
);

async function post(body: unknown, headers: Record<string, string> = {}, strictAuth = false) {
  const mirror = createMirror(blueprint, { strictAuth });
  const response = await mirror.fetch(
    new Request('http://mirror.test/api/rpc', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  const text = await response.text();
  return { status: response.status, value: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const call = (method: string, params?: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', id, method, params });

test('a call by name and one by position are answered with a result of the described form', async () => {
  expect((await post(call('toys.list', { limit: 2 }))).value).toMatchObject({
    jsonrpc: '2.0',
    id: 1,
    result: { items: expect.any(Array) as unknown[] },
  });
  expect((await post(call('toys.get', [7], 'x'))).value).toMatchObject({
    id: 'x',
    result: { id: expect.any(Number) as number },
  });
  expect((await post(call('ping'))).value).toEqual({ jsonrpc: '2.0', id: 1, result: 'pong' });
});

test.each([
  ['text that is no JSON', '{"jsonrpc": "2.0", "method"', -32_700, null],
  ['no request object', 7, -32_600, null],
  ['an empty batch', [], -32_600, null],
  ['a wrong version', { jsonrpc: '1.0', id: 4, method: 'ping' }, -32_600, 4],
  ['params that are a text', call('ping', 'x'), -32_600, 1],
  ['a method that is not there', call('toys.paint', {}), -32_601, 1],
  ['a value of a wrong type', call('toys.get', ['seven']), -32_602, 1],
  ['a parameter that is missing', call('toys.get', []), -32_602, 1],
  ['too many parameters', call('toys.get', [1, 'EUR', 3]), -32_602, 1],
  ['parameters in the other form', call('toys.get', { id: 1 }), -32_602, 1],
  ['a parameter that is not known', call('toys.list', { size: 1 }), -32_602, 1],
])('%s is refused with the code of the specification', async (_, body, code, id) => {
  expect((await post(body)).value).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
});

test('a batch is answered call by call, and notifications are not', async () => {
  const batch = [call('ping', undefined, 1), { jsonrpc: '2.0', method: 'ping' }, call('none', [], 2), 3];
  const { value } = await post(batch);
  expect(value).toMatchObject([{ id: 1, result: 'pong' }, { id: 2, error: { code: -32_601 } }, { id: null }]);
  expect(await post([{ jsonrpc: '2.0', method: 'ping' }])).toEqual({ status: 204, value: undefined });
});

test('where credentials are demanded, a call without any is refused by HTTP and in words', async () => {
  const demanding = { ...blueprint, auth: { ...blueprint.auth, default: [{ bearer: [] }] } };
  const mirror = createMirror(demanding, { strictAuth: true });
  const ask = (headers: Record<string, string>) =>
    mirror.fetch(
      new Request('http://mirror.test/api/rpc', {
        method: 'POST',
        headers,
        body: JSON.stringify(call('ping')),
      }),
    );
  const refused = await ask({});
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: { code: -32_000 } });
  expect((await ask({ authorization: 'Bearer x' })).status).toBe(200);
});

test('only the one path is served, and only by POST', async () => {
  const mirror = createMirror(blueprint);
  expect((await mirror.fetch(new Request('http://mirror.test/toys.get'))).status).toBe(404);
  expect((await mirror.fetch(new Request('http://mirror.test/api/rpc'))).status).toBe(405);
});
