import { hubError, type ToolDefinition } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { MemoryCatalog } from '../../../../test/fixtures/gateway/memory-catalog.ts';
import { MemoryUpstream, type Handler } from '../../../../test/fixtures/gateway/memory-upstream.ts';
import { systemClock } from '../../kernel/clock.ts';
import type {
  CallOutcome,
  CallPolicy,
  RelayReply,
  RelayRequest,
  RelaySink,
  RelayTicket,
  ToolCall,
  ToolCallRequest,
} from '../../kernel/ports.ts';
import { RpcFailure } from '../../upstream/rpc-failure.ts';
import { createToolCalls } from './tool-calls.ts';
import { ToolGate } from './tool-gate.ts';

const tool = (name: string): ToolDefinition => ({ name, inputSchema: { type: 'object' } });
const NAMES = ['fine', 'fails', 'breaks', 'asks', 'waits', 'lost'];

const handlers: Record<string, Handler> = {
  'tools/call fine': () => ({ content: [], structuredContent: { isError: 'only a name' } }),
  'tools/call fails': () => ({ content: [{ type: 'text', text: 'no' }], isError: true }),
  'tools/call breaks': () => Promise.reject(new RpcFailure({ code: -32602, message: 'bad' })),
  'tools/call lost': () => Promise.reject(hubError('UPSTREAM_LOST', { server: 's', detail: 'gone' })),
  'tools/call waits': (_, { signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({}));
    }),
  'tools/call asks': ({ inputResponses }) =>
    inputResponses === undefined
      ? { resultType: 'input_required', inputRequests: { who: { method: 'elicitation/create', params: {} } } }
      : { content: [], inputResponses },
};

function setUp(policy: CallPolicy = {}) {
  const upstream = new MemoryUpstream({ tools: NAMES.map(tool), handlers });
  const catalog = new MemoryCatalog(upstream);
  const gate = new ToolGate(policy, systemClock, catalog);
  const calls = createToolCalls(catalog, gate);
  const call = (name: string, more: Partial<ToolCallRequest> = {}) =>
    calls.call({ view: { kind: 'all' }, tool: name, via: 'rest', ...more });
  return { upstream, gate, call };
}

function observing() {
  const told: [string, CallOutcome['kind'], string | undefined][] = [];
  const observe = ({ route, via }: ToolCall, { kind, code }: CallOutcome) =>
    void told.push([`${via} ${route.hubName}`, kind, code]);
  return { told, policy: { observe } };
}

test('what a policy denies reaches no server, and is answered with its reason', async () => {
  const seen: ToolCall[] = [];
  const { upstream, call } = setUp({
    check(asked) {
      seen.push(asked);
      return hubError('POLICY_DENIED', { tool: asked.route.hubName, detail: 'not on a Sunday' });
    },
  });
  await expect(call('fine', { arguments: { a: 1 } })).rejects.toThrow('not on a Sunday');
  expect(upstream.requests).toEqual([]);
  expect(seen).toMatchObject([
    {
      via: 'rest',
      principal: 'owner',
      view: { kind: 'all' },
      arguments: { a: 1 },
      route: { name: 'fine', effect: 'destructive' },
    },
  ]);
});

test('a call of a tool that no policy was asked about is not forwarded', () => {
  const { gate, upstream } = setUp();
  const replies: RelayReply[] = [];
  const sink = {
    caller: { era: 'modern', capabilities: {} } as const,
    settle: (reply: RelayReply) => void replies.push(reply),
    notify: () => undefined,
    ask: () => Promise.reject(new Error('not used')),
  };
  gate.forward(upstream, { method: 'tools/call', params: { name: 'fine' } }, sink, undefined);
  expect(replies).toMatchObject([{ kind: 'failure', error: { code: 'INTERNAL' } }]);
  expect(upstream.requests).toEqual([]);
  gate.forward(upstream, { method: 'prompts/get', params: {} }, sink, undefined);
  expect(upstream.requests).toHaveLength(1);
});

test('whoever observes is told once how each call ended', async () => {
  const { told, policy } = observing();
  const { call } = setUp(policy);
  const controller = new AbortController();
  const waiting = call('waits', { signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await call('fine');
  await call('fails');
  await expect(call('breaks')).rejects.toThrow(RpcFailure);
  await expect(call('lost')).rejects.toMatchObject({ code: 'UPSTREAM_LOST' });
  expect(told).toEqual([
    ['rest waits', 'cancelled', undefined],
    ['rest fine', 'ok', undefined],
    ['rest fails', 'tool-error', undefined],
    ['rest breaks', 'refused', undefined],
    ['rest lost', 'failed', 'UPSTREAM_LOST'],
  ]);
});

test('a server that asks is answered where somebody can be asked, and fails by name where nobody can', async () => {
  const { told, policy } = observing();
  const { call } = setUp(policy);
  await expect(call('asks')).rejects.toMatchObject({ code: 'INPUT_REQUIRED' });
  const ask = (method: string) => Promise.resolve({ asked: method });
  expect(await call('asks', { ask })).toMatchObject({
    inputResponses: { who: { asked: 'elicitation/create' } },
  });
  expect(told.map(([, kind]) => kind)).toEqual(['asked', 'asked', 'ok']);
});

test('a name that is not there is unknown, and so is a view', async () => {
  const { call } = setUp();
  await expect(call('fin')).rejects.toMatchObject({ code: 'TOOL_UNKNOWN' });
  const view = { kind: 'server', id: 'none' } as const;
  await expect(call('fine', { view })).rejects.toMatchObject({ code: 'SERVER_UNKNOWN' });
  await expect(call('fine', { signal: AbortSignal.abort(new Error('late')) })).rejects.toThrow('late');
});

test.each([
  ['"}]}}', 'ok'],
  ['"}],"isErr|or":true}}', 'tool-error'],
])('of an answer that passes as it comes, what stands at its end (%s) counts', (end, expected) => {
  const { told, policy } = observing();
  const { gate } = setUp(policy);
  const start = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"x';
  const span = { kind: 'frame', idStart: 23, idEnd: 24, isError: false, era: 'legacy' } as const;
  const passed: string[] = [];
  const sink: RelaySink = {
    caller: { era: 'legacy', capabilities: {} },
    begin: () => (part) => void passed.push(part.toString()),
    settle: () => undefined,
    notify: () => undefined,
    ask: () => Promise.resolve({}),
  };
  class Passing extends MemoryUpstream {
    override forward(_: RelayRequest, observed: RelaySink): RelayTicket {
      const pass = observed.begin?.({ ...span, frame: Buffer.from(start) });
      for (const part of end.split('|')) pass?.(Buffer.from(part));
      observed.settle({ ...span, frame: Buffer.from(start + end.replace('|', '')) });
      return { cancel: () => undefined };
    }
  }
  const passing = new Passing({});
  const route = { server: 's', name: 'fine', hubName: 's__fine', effect: 'read', upstream: passing } as const;
  const called: ToolCall = {
    route: { ...route, definition: tool('fine') },
    view: { kind: 'all' },
    via: 'mcp',
    caller: sink.caller,
    principal: 'owner',
    arguments: {},
  };
  gate.forward(passing, { method: 'tools/call', params: {} }, sink, called);
  expect(passed).toEqual(end.split('|'));
  expect(told).toEqual([['mcp s__fine', expected, undefined]]);
});
