import { once } from 'node:events';
import { compiledTool } from '../../scaffolds/kit/src/interpret/operation.ts';
import type { Arguments } from '../../scaffolds/kit/src/tools/tool.ts';
import { MirrorCore } from '@counterpart/scaffolds/mirror/modes/mirror-core';
import { listen, type MirrorListener } from '@counterpart/scaffolds/mirror/modes/listener';
import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { type Blueprint, MirrorSettings, ServerId } from '@counterpart/schemas';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { verifies } from '../verifies.ts';

const order = {
  type: 'object',
  required: ['id', 'state'],
  properties: { id: { type: 'integer' }, state: { enum: ['open', 'paid'] } },
};
const DESCRIPTION = {
  openapi: '3.1.0',
  info: { title: 'Orders', version: '1' },
  servers: [{ url: 'https://orders.example' }],
  components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-key' } } },
  paths: {
    '/orders/events': {
      get: {
        operationId: 'watchOrders',
        parameters: [{ name: 'shop', in: 'query', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'Events', content: { 'text/event-stream': { schema: order } } } },
      },
    },
    '/orders/{room}/ws': {
      get: {
        operationId: 'openRoom',
        security: [{ key: [] }],
        parameters: [{ name: 'room', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 101: { description: 'Switching protocols' } },
      },
    },
    '/session': { post: { operationId: 'hijack', responses: { 101: { description: 'Hijacked' } } } },
  },
};

let blueprint: Blueprint;
let core: MirrorCore;
let listener: MirrorListener;

beforeAll(async () => {
  const text = JSON.stringify(DESCRIPTION);
  const source = { text, location: 'orders.json', sha256: `sha256-${'0'.repeat(64)}` };
  ({ blueprint } = await readOpenApi(source, { id: ServerId.parse('orders') }));
  core = new MirrorCore({
    name: 'orders',
    blueprint,
    settings: MirrorSettings.parse({ strictAuth: true }),
    scenarios: () => ({}),
    entries: [],
    env: () => undefined,
    now: () => Date.now(),
    record: () => Promise.resolve(),
    changed: () => undefined,
  });
  listener = await listen(core.answer, { attach: core.attach });
});

afterAll(() => listener.close());

const env = (name: string): string | undefined => {
  if (name.endsWith('BASE_URL')) return listener.url;
  return /TIMEOUT|MAX_|BROKER/.test(name) ? undefined : 'secret';
};

async function call(name: string, args: Arguments) {
  const operation = blueprint.operations.find((one) => one.name === name);
  if (operation === undefined)
    throw new Error(`no ${name} among ${blueprint.operations.map((one) => one.name).join()}`);
  const context = { signal: new AbortController().signal, progress: () => undefined };
  const tool = compiledTool({ blueprint, env }, operation);
  const result = await tool.call(args, { ...context, ...({} as Parameters<typeof tool.call>[1]) });
  return { ...result, text: result.content.map((item) => ('text' in item ? item.text : '')).join('') };
}

test('an operation of server-sent events is a tool that hears so many events or so long, and a message that is pushed', async () => {
  verifies('M33');
  const few = await call('watch_orders', { shop: 'a', max_events: 2 });
  expect(few.structuredContent).toMatchObject({
    ended: 'events',
    events: [
      { event: 'message', id: '1', data: { id: expect.any(Number) as number } },
      { data: { state: expect.stringMatching(/open|paid/) as string } },
    ],
  });
  const waiting = call('watch_orders', { shop: 'a', max_events: 4 });
  // The caller before may not have been missed yet, so it is said until the one who waits has heard it.
  const saying = setInterval(() => core.push('watch_orders', { id: 7, state: 'paid' }), 5);
  onTestFinished(() => clearInterval(saying));
  const heard = await waiting;
  clearInterval(saying);
  const { events } = heard.structuredContent as { events: { data: unknown }[] };
  expect(events[3]?.data).toEqual({ id: 7, state: 'paid' });
  const short = await call('watch_orders', { shop: 'a', max_seconds: 1 });
  expect(short.structuredContent).toMatchObject({ ended: 'seconds', events: { length: 3 } });
});

test('an operation that opens a WebSocket is a tool that sends and collects; what its contract forbids opens none', async () => {
  verifies('M33');
  expect(blueprint.operations.find(({ name }) => name === 'open_room')).toMatchObject({
    effect: 'write',
    stream: { kind: 'websocket', send: 'send' },
  });
  const heard = await call('open_room', { room: 4, send: ['hello', { n: 1 }], max_events: 5 });
  expect(heard.structuredContent).toMatchObject({ ended: 'events', events: { length: 5 } });
  expect((heard.structuredContent as { events: unknown[] }).events.slice(3)).toEqual(['hello', { n: 1 }]);
  const refusal = async (path: string, headers: Record<string, string>) => {
    const socket = new WebSocket(`${listener.url.replace('http', 'ws')}${path}`, { headers });
    const heard = await Promise.race([once(socket, 'error'), once(socket, 'open')]);
    return heard.every((event) => event instanceof Event && event.type === 'error');
  };
  expect(await refusal('/orders/4/ws', {})).toBe(true);
  expect(await refusal('/orders/four/ws', { 'x-key': 'k' })).toBe(true);
  expect(await refusal('/orders/4/ws', { 'x-key': 'k', origin: 'https://evil.example' })).toBe(true);
  const plain = await fetch(`${listener.url}/orders/4/ws`, { headers: { 'x-key': 'k' } });
  expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
});

test('what switches to a protocol that nobody names is left out, and said', () => {
  expect(blueprint.omitted.filter(({ code }) => code === 'websocket').map(({ subject }) => subject)).toEqual([
    'POST /session',
  ]);
});
