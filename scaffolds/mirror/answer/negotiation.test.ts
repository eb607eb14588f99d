import { fromMessagePack, toMessagePack } from '@counterpart/kit/message-pack';
import { ServerId, type Blueprint, type Json } from '@counterpart/schemas';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readOpenApi } from '../../readers/openapi/read.ts';
import { verifies } from '../../../test/verifies.ts';
import { createMirror, type Mirror } from '../mirror.ts';

const order = {
  type: 'object',
  required: ['item', 'count'],
  properties: { id: { type: 'integer' }, item: { type: 'string' }, count: { type: 'integer' } },
};
const inForms = (...types: readonly string[]) =>
  Object.fromEntries(types.map((type) => [type, { schema: order }]));
const BODIES = ['application/json', 'application/x-www-form-urlencoded', 'application/msgpack'];
const ANSWERS = ['application/json', 'text/csv', 'application/x-www-form-urlencoded', 'application/msgpack'];
const DESCRIPTION = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  servers: [{ url: 'http://orders.example' }],
  paths: {
    '/orders': {
      post: {
        operationId: 'createOrder',
        requestBody: { required: true, content: inForms(...BODIES) },
        responses: { 201: { description: 'Made', content: inForms('application/json') } },
      },
    },
    '/orders/{id}': {
      get: {
        operationId: 'getOrder',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 200: { description: 'One', content: inForms(...ANSWERS) } },
      },
    },
  },
};

let blueprint: Blueprint;
let mirror: Mirror;

beforeAll(async () => {
  const source = {
    text: JSON.stringify(DESCRIPTION),
    location: 'orders.json',
    sha256: `sha256-${'0'.repeat(64)}`,
  };
  ({ blueprint } = await readOpenApi(source, { id: ServerId.parse('orders') }));
});

beforeEach(() => {
  mirror = createMirror(blueprint);
});

const at = (path: string): string => `http://orders.example${path}`;
const post = (type: string, body: string | Uint8Array): Promise<Response> =>
  mirror.fetch(
    new Request(at('/orders'), {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : Uint8Array.from(body),
    }),
  );
const get = (id: number, accept: string): Promise<Response> =>
  mirror.fetch(new Request(at(`/orders/${id}`), { headers: { accept } }));

async function made(type: string, body: string | Uint8Array): Promise<number> {
  const response = await post(type, body);
  expect(response.status).toBe(201);
  const { id } = (await response.json()) as { id: number };
  return id;
}

describe('content negotiation of a mirror', () => {
  test('a body is read by its Content-Type, and what it said is answered in every form that is declared', async () => {
    verifies('M09');
    const ids = [
      await made('application/json', '{"item":"tea","count":2}'),
      await made('application/x-www-form-urlencoded', 'item=tea&count=2'),
      await made('application/msgpack', toMessagePack({ item: 'tea', count: 2 })),
    ];
    for (const id of ids) {
      const whole = { id, item: 'tea', count: 2 };
      expect(await (await get(id, 'application/json')).json()).toEqual(whole);
      const packed = new Uint8Array(await (await get(id, 'application/msgpack')).arrayBuffer());
      expect(fromMessagePack(packed)).toEqual(whole);
      expect(Object.fromEntries(new URLSearchParams(await (await get(id, ANSWERS[2] ?? '')).text()))).toEqual(
        {
          id: String(id),
          item: 'tea',
          count: '2',
        },
      );
      const [names = '', cells = ''] = (await (await get(id, 'text/csv')).text()).split('\r\n');
      const row = cells.split(',');
      expect(Object.fromEntries(names.split(',').map((name, index) => [name, row[index]]))).toEqual({
        id: String(id),
        item: 'tea',
        count: '2',
      });
    }
  });

  test.each([
    ['text/csv;q=0.5, application/msgpack;q=0.9', 'application/msgpack'],
    ['application/json;q=0, */*;q=0.1', 'text/csv; charset=utf-8'],
    ['application/*', 'application/json'],
    ['text/*, application/json;q=0.2', 'text/csv; charset=utf-8'],
    ['', 'application/json'],
  ])('Accept: %s is answered %s', async (accept, type) => {
    expect((await get(1, accept)).headers.get('content-type')).toBe(type);
  });

  test('what fits no type is told which there are; a body of another type, or that is not what it says, is refused', async () => {
    const none = await get(1, 'image/png, application/json;q=0');
    expect([none.status, ((await none.json()) as { offered: Json }).offered]).toEqual([406, ANSWERS]);
    const other = await post('text/csv', 'item,count\r\ntea,2\r\n');
    expect([other.status, await other.text()]).toEqual([415, expect.stringContaining('application/msgpack')]);
    const broken = await post('application/msgpack', Uint8Array.of(0x82, 0xa1));
    expect([broken.status, await broken.text()]).toEqual([400, expect.stringContaining('it ends early')]);
    const wrong = await post('application/msgpack', toMessagePack({ item: 'tea', count: 'two' }));
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('must be integer')]);
  });
});
