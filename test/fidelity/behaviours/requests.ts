import type { Behaviour, Place } from '../behaviour.ts';
import { META, type Members } from '../client/message.ts';
import type { CallOptions } from '../client/probe-client.ts';
import { callTool, errorOf, membersOf, resultOf, textOf } from '../seen.ts';

/** The frame as the server got it, of a call with exactly these arguments. */
async function received(place: Place, args: string | undefined, options: CallOptions = {}): Promise<string> {
  const rest = args === undefined ? '' : `,"arguments":${args}`;
  const params = `{"name":${JSON.stringify(place.name('received'))}${rest}}`;
  return textOf(await place.client.request('tools/call', params, options));
}

const paramsOf = (frame: string): Members => membersOf(membersOf(JSON.parse(frame))['params']);
const metaOf = (frame: string): Members => membersOf(paramsOf(frame)['_meta']);

/** Arguments whose exact text, or else whose value, must reach the server. */
const argument = (id: string, title: string, text: string, wanted = text): Behaviour => ({
  id: `arguments-${id}`,
  group: 'Requests',
  title,
  expected: wanted,
  run: async (place) => {
    const frame = await received(place, text);
    if (frame.includes(`"arguments":${wanted}`)) return wanted;
    return /"arguments":(.*?)(?:,"_meta"|\}\}$)/s.exec(frame)?.[1];
  },
});

const meta = (id: string, title: string, sent: Members): Behaviour => ({
  id,
  group: 'Requests',
  title,
  expected: sent,
  run: async (place) => {
    const got = metaOf(await received(place, '{}', { meta: sent }));
    return Object.fromEntries(Object.keys(sent).map((key) => [key, got[key]]));
  },
});

const id = (name: string, title: string, idText: string): Behaviour => ({
  id: `id-${name}`,
  group: 'Requests',
  title,
  expected: true,
  run: async (place) => {
    const params = { name: place.name('say'), arguments: { what: 'text' } };
    const { text } = await place.client.request('tools/call', params, { idText });
    return text.includes(`"id":${idText},`) || text.includes(`"id":${idText}}`) || text.slice(0, 200);
  },
});

const raises = (name: string, title: string, code: number, data?: unknown): Behaviour => ({
  id: `error-${name}`,
  group: 'Errors',
  title,
  run: async (place) => {
    const args = { code, message: `said ${name}`, ...(data === undefined ? {} : { data }) };
    return errorOf(await callTool(place, 'raise', args));
  },
});

export const REQUESTS: readonly Behaviour[] = [
  argument('empty', 'Empty arguments arrive as empty ones', '{}'),
  {
    id: 'arguments-absent',
    group: 'Requests',
    title: 'Absent arguments stay absent',
    expected: false,
    run: async (place) => 'arguments' in paramsOf(await received(place, undefined)),
  },
  argument('nested', 'Arguments of every kind, nested', '{"a":[1,{"b":null}],"c":{"":false},"d":""}'),
  argument('unicode', 'Unicode in arguments', '{"word":"größer 漢字 🦀 \u2028"}'),
  argument(
    'integers',
    'An integer beyond 2^53 in arguments',
    '{"id":9007199254740993,"big":123456789012345678901234567890}',
  ),
  argument(
    'decimals',
    'Numbers no double holds in arguments: -0, 1e400, 0.1 with 30 digits',
    '{"minus":-0,"huge":1e400,"fine":0.100000000000000000000000000001}',
  ),
  argument('escapes', 'A lone surrogate in arguments', '{"word":"\\ud800"}'),
  argument('proto', 'A member named __proto__ in arguments', '{"a":1,"__proto__":{"x":1}}'),
  {
    id: 'params-unknown',
    group: 'Requests',
    title: 'Unknown members of params reach the server',
    expected: { deep: [1] },
    run: async (place) => {
      const params = { name: place.name('received'), arguments: {}, 'x-param': { deep: [1] } };
      return paramsOf(textOf(await place.client.request('tools/call', params)))['x-param'];
    },
  },
  meta('meta-vendor', "A vendor's keys of _meta reach the server", {
    'vendor.example/key': { deep: [1, null] },
    plain: 'kept',
  }),
  meta('meta-trace', 'Trace context reaches the server', {
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: 'vendor=1,other=2',
    baggage: 'user=ada;ttl=3',
  }),
  {
    id: 'meta-era',
    group: 'Eras',
    title: "The server's era alone decides which reserved keys of _meta it gets",
    absent: ({ client, server }) => (client === server ? 'both sides have the same' : undefined),
    expected: true,
    run: async (place) => {
      const keys = Object.keys(metaOf(await received(place, '{}')));
      const has = keys.includes(`${META}protocolVersion`);
      return has === (place.cell.server === 'modern') || keys;
    },
  },
  id('string', 'A string for an id', '"a string"'),
  id('escaped', 'A string with escapes and other letters for an id', '"\\u00fc/\\"x"'),
  id('zero', 'The id 0', '0'),
  id('negative', 'A negative id', '-7'),
  id('large', 'The id 2^53 - 1', '9007199254740991'),
  id('empty', 'An empty string for an id', '""'),
  raises('invalid', '-32602 with data', -32602, { field: 'city', deep: [null] }),
  raises('internal', '-32603 without data', -32603),
  raises('own', 'A code of the server’s own, with a string for data', 429, 'slow down'),
  raises('server-range', '-32000 with data', -32000, { why: 'closed' }),
  {
    ...raises('url-needed', '-32042 URL elicitation required, with its elicitations', -32042, {
      elicitations: [{ mode: 'url', elicitationId: 'e1', url: 'https://a.example/x', message: 'Sign in' }],
    }),
    absent: ({ client, server }) =>
      client === 'legacy' && server === 'legacy' ? undefined : '2026-07-28 withdrew the code',
  },
  {
    id: 'method-unknown',
    group: 'Errors',
    title: 'An unknown method: -32601',
    expected: -32601,
    run: async ({ client }) => (await client.request('no/such-method')).error?.code,
  },
  {
    id: 'ping',
    group: 'Requests',
    title: 'ping',
    absent: ({ client }) => (client === 'legacy' ? undefined : '2026-07-28 has no ping'),
    expected: {},
    run: async ({ client }) => resultOf(await client.request('ping')),
  },
  {
    id: 'removed-methods',
    group: 'Eras',
    title: 'What 2026-07-28 removed is unknown to its clients: -32601',
    absent: ({ client }) => (client === 'modern' ? undefined : '2025-11-25 has these methods'),
    expected: [-32601, -32601, -32601],
    run: async ({ client }) => {
      const replies = ['ping', 'logging/setLevel', 'resources/subscribe'].map((method) =>
        client.request(method, { level: 'info', uri: 'fidelity://note' }),
      );
      return (await Promise.all(replies)).map(({ error }) => error?.code);
    },
  },
  {
    id: 'no-modern-methods',
    group: 'Eras',
    title: 'What 2026-07-28 added is unknown in a session: -32601',
    absent: ({ client }) => (client === 'legacy' ? undefined : '2026-07-28 has these methods'),
    expected: [-32601, -32601],
    run: async ({ client }) => {
      const replies = ['server/discover', 'subscriptions/listen'].map((method) =>
        client.request(method, { notifications: {} }),
      );
      return (await Promise.all(replies)).map(({ error }) => error?.code);
    },
  },
];
