import { expect, test } from 'vitest';
import type { Clock } from '../../kernel/clock.ts';
import { createLog } from '../../kernel/log.ts';
import type { Caller, JsonMembers, RelayReply, RelaySink } from '../../kernel/ports.ts';
import type { Exchange } from './exchange.ts';
import { membersOf } from '../../kernel/protocol/members.ts';
import { RpcSession, type Wire } from './rpc-session.ts';

const LIMITS = { callTimeoutMs: 1_000, maxCallMs: 5_000, maxCalls: 3 };

/** Time that stands still until it is turned. */
class HandClock implements Clock {
  #now = 0;
  #tasks: { readonly at: number; readonly task: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const entry = { at: this.#now + delayMs, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  turn(ms: number): void {
    this.#now += ms;
    const due = this.#tasks.filter(({ at }) => at <= this.#now);
    this.#tasks = this.#tasks.filter(({ at }) => at > this.#now);
    for (const { task } of due) task();
  }

  get timers(): number {
    return this.#tasks.length;
  }
}

class RecordingWire implements Wire {
  readonly congested = false;
  readonly sent: JsonMembers[] = [];
  readonly requested: Exchange[] = [];
  readonly abandoned: number[] = [];

  request(exchange: Exchange, text: string): void {
    this.requested.push(exchange);
    this.tell(text);
  }

  tell(text: string): void {
    this.sent.push(membersOf(JSON.parse(text)));
  }

  abandon(exchange: Exchange): void {
    this.abandoned.push(exchange.id);
  }
}

const CALLER: Caller = { era: 'legacy', capabilities: {} };

class RecordingSink implements RelaySink {
  readonly caller: Caller;
  readonly heard: unknown[] = [];
  reply: string | undefined;
  answerTo: (method: string, params: JsonMembers) => Promise<JsonMembers> = async () => ({});

  constructor(caller: Caller = CALLER) {
    this.caller = caller;
  }

  settle(reply: RelayReply): void {
    const before = this.reply === undefined ? '' : `${this.reply} AND `;
    this.reply = before + (reply.kind === 'frame' ? reply.frame.toString('utf8') : reply.error.code);
  }

  notify(method: string, params: JsonMembers): void {
    this.heard.push([method, params]);
  }

  ask(method: string, params: JsonMembers): Promise<JsonMembers> {
    return this.answerTo(method, params);
  }
}

function opened(era: 'modern' | 'legacy' = 'legacy', capabilities: JsonMembers = { tools: {} }) {
  const clock = new HandClock();
  const wire = new RecordingWire();
  const notifications: unknown[] = [];
  const events = {
    notification: (method: string, params: JsonMembers) => void notifications.push([method, params]),
    outcome: () => undefined,
    junk: () => undefined,
  };
  const session = new RpcSession(
    {
      server: 's',
      clock,
      log: createLog({ level: 'silent' }),
      redact: (text) => text,
      limits: LIMITS,
      events,
    },
    wire,
  );
  session.adopt({ era, protocolVersion: era === 'modern' ? '2026-07-28' : '2025-11-25', capabilities });
  const receive = (message: unknown): void => session.receive(Buffer.from(JSON.stringify(message)));
  const call = (sink: RelaySink, extra: JsonMembers = {}) =>
    session.call({ method: 'tools/call', params: { name: 'x' }, ...extra }, sink);
  return { clock, wire, notifications, session, receive, call };
}

test('an answer reaches its call as it came, whatever the order of its members', () => {
  const { call, session } = opened();
  const sinks = [new RecordingSink(), new RecordingSink(), new RecordingSink()];
  sinks.forEach((sink) => call(sink));
  const frames = [
    '{"jsonrpc":"2.0","id":1,"result":{"vendor":  1.50}}',
    '{"result":{"id":1},"jsonrpc":"2.0","id":2}',
    '{"extra":true,"result":{"a":1},"more":{},"id":"3"}',
  ];
  frames.forEach((frame) => session.receive(Buffer.from(frame)));
  expect(sinks.map(({ reply }) => reply)).toEqual([
    frames[0],
    frames[1],
    '{"jsonrpc":"2.0","id":3,"result":{"a":1}}',
  ]);
});

test('answers in one batch reach their calls, with all their digits, and what stands beside them is heard', () => {
  const { call, session, notifications } = opened();
  const sinks = [new RecordingSink(), new RecordingSink()];
  sinks.forEach((sink) => call(sink));
  const changed = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';
  const answers = [
    '{"jsonrpc":"2.0","id":2,"result":{"n":9007199254740993}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}',
  ];
  session.receive(Buffer.from(`[${answers.join(',')},${changed}]`));
  expect(sinks.map(({ reply }) => reply)).toEqual([answers[1], answers[0]]);
  expect(notifications).toEqual([['notifications/tools/list_changed', {}]]);
});

test('a notification of the server’s own making is told to the client that alone can be meant', () => {
  const { call, receive, notifications, session, wire } = opened();
  const piece = (of: number) =>
    receive({ jsonrpc: '2.0', method: 'notifications/vendor/piece', params: { of } });
  piece(0);
  const [one, another] = [new RecordingSink(), new RecordingSink({ ...CALLER })];
  call(one);
  piece(1);
  call(one);
  piece(2);
  call(another);
  piece(3);
  receive({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
  const own = wire.requested.at(-1);
  const frame = '{"jsonrpc":"2.0","method":"notifications/vendor/piece","params":{"of":4}}';
  session.receive(Buffer.from(frame), own);
  const told = (of: number) => ['notifications/vendor/piece', { of }];
  expect([one.heard, another.heard, notifications]).toEqual([
    [told(1), told(2)],
    [told(4)],
    [['notifications/tools/list_changed', {}]],
  ]);
});

test('a second answer, an unknown id, junk and arrays of nothing disturb nobody', () => {
  const { call, receive, session } = opened();
  const sink = new RecordingSink();
  call(sink);
  receive({ jsonrpc: '2.0', id: 77, result: {} });
  session.receive(Buffer.from('Server ready!'));
  const requestOfNobody = { jsonrpc: '2.0', id: null, method: 'ping' };
  for (const odd of [null, [], [null], 5, 'text', {}, { id: 1 }, requestOfNobody]) receive(odd);
  receive({ jsonrpc: '2.0', id: 1, result: { first: true } });
  receive({ jsonrpc: '2.0', id: 1, result: { second: true } });
  expect(sink.reply).toBe('{"jsonrpc":"2.0","id":1,"result":{"first":true}}');
  expect(session.junk).toMatchObject({ first: '"Server ready!"' });
  expect(sink.heard).toEqual([]);
});

test('a modern server gets the reserved members anew and the vendor keys as they were', () => {
  const { call, wire } = opened('modern');
  const caller: Caller = {
    era: 'modern',
    capabilities: { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {}, 'a/b': {} } },
    clientInfo: { name: 'c', version: '1' },
    logLevel: 'info',
  };
  call(new RecordingSink(caller), {
    params: { name: 'x', _meta: { traceparent: '00-1', 'v/k': 1 } },
    progressToken: 'mine',
  });
  expect(wire.sent[0]).toEqual({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'x',
      _meta: {
        traceparent: '00-1',
        'v/k': 1,
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': caller.capabilities,
        'io.modelcontextprotocol/logLevel': 'info',
        progressToken: 1,
      },
    },
  });
});

test('a call that is not answered in time is cancelled at the server, and nobody hears of it twice', () => {
  const { call, clock, wire, receive } = opened();
  const sink = new RecordingSink();
  call(sink);
  clock.turn(999);
  expect(sink.reply).toBeUndefined();
  clock.turn(1);
  receive({ jsonrpc: '2.0', id: 1, result: {} });
  expect([sink.reply, wire.abandoned]).toEqual(['CALL_TIMEOUT', [1]]);
});

test('progress extends a call up to the hard cap, carries the token of its caller, and only ever grows', () => {
  const { call, clock, receive } = opened();
  const sink = new RecordingSink();
  call(sink, { progressToken: 'mine' });
  for (let step = 1; step <= 6; step += 1) {
    clock.turn(900);
    receive({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 1, progress: step, vendor: 1 },
    });
    receive({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 1, progress: step },
    });
  }
  const step = (progress: number) => [
    'notifications/progress',
    { progressToken: 'mine', progress, vendor: 1 },
  ];
  expect([sink.heard, sink.reply]).toEqual([[1, 2, 3, 4, 5].map(step), 'CALL_TIMEOUT']);
});

test('calls that are answered in time share one timer', () => {
  const { call, clock, receive } = opened();
  for (let id = 1; id <= 100; id += 1) {
    call(new RecordingSink());
    receive({ jsonrpc: '2.0', id, result: {} });
  }
  expect(clock.timers).toBe(1);
});

test('one call too many is answered busy', () => {
  const { call } = opened();
  const sinks = Array.from({ length: 4 }, () => new RecordingSink());
  sinks.forEach((sink) => call(sink));
  expect(sinks.map(({ reply }) => reply)).toEqual([undefined, undefined, undefined, 'CALL_BUSY']);
});

test('when the server is gone every call fails once, and nothing is sent again', async () => {
  const { call, session, wire } = opened();
  const sink = new RecordingSink();
  call(sink);
  const own = session.request('tools/list', {}).catch((error: Error) => error.name);
  const { hubError } = await import('@counterpart/schemas');
  session.failAll(hubError('UPSTREAM_LOST', { server: 's', detail: 'it was killed' }));
  session.failAll(hubError('UPSTREAM_LOST', { server: 's', detail: 'it was killed' }));
  expect([sink.reply, await own, wire.sent.length]).toEqual(['UPSTREAM_LOST', 'CounterpartError', 2]);
});

test('a log message goes to the newest call that wants its level, and to nobody in particular when none runs', () => {
  const { call, receive, notifications } = opened();
  const message = (level: string) =>
    receive({ jsonrpc: '2.0', method: 'notifications/message', params: { level, data: 1 } });
  message('info');
  const picky = new RecordingSink({ ...CALLER, logLevel: 'error' });
  const silent = new RecordingSink({ era: 'modern', capabilities: {} });
  call(picky);
  message('info');
  message('critical');
  call(silent);
  message('emergency');
  expect([notifications, picky.heard, silent.heard]).toEqual([
    [['notifications/message', { level: 'info', data: 1 }]],
    [['notifications/message', { level: 'critical', data: 1 }]],
    [],
  ]);
});

test('a shared legacy server is set to the most talkative level anybody asked for', () => {
  const { call, wire } = opened('legacy', { logging: {} });
  for (const logLevel of ['warning', 'error', 'debug', 'info']) {
    call(new RecordingSink({ ...CALLER, logLevel })).cancel();
  }
  expect(wire.sent.filter(({ method }) => method === 'logging/setLevel').map(({ params }) => params)).toEqual(
    [{ level: 'warning' }, { level: 'debug' }],
  );
});

const ASKING: Caller = { era: 'legacy', capabilities: { elicitation: {} } };
const question = { jsonrpc: '2.0', id: 'q1', method: 'elicitation/create', params: { message: '?' } };

test('a question of a legacy server reaches the client of the only call, and its answer goes back', async () => {
  const { call, receive, wire } = opened();
  const sink = new RecordingSink(ASKING);
  sink.answerTo = (method, params) => Promise.resolve({ action: 'accept', content: { method, ...params } });
  call(sink);
  receive(question);
  await new Promise(setImmediate);
  expect(wire.sent.at(-1)).toEqual({
    jsonrpc: '2.0',
    id: 'q1',
    result: { action: 'accept', content: { method: 'elicitation/create', message: '?' } },
  });
});

test.each([
  ['two calls of different clients run', () => [new RecordingSink(ASKING), new RecordingSink({ ...ASKING })]],
  ['the client cannot be asked', () => [new RecordingSink(CALLER)]],
  ['no call runs', () => []],
])('a question is refused when %s', (_, sinks) => {
  const { call, receive, wire } = opened();
  sinks().forEach((sink) => call(sink));
  receive(question);
  expect(wire.sent.at(-1)).toMatchObject({ id: 'q1', error: { code: -32601 } });
});

test('ping is answered by the hub, and anything else unknown is refused', () => {
  const { receive, wire } = opened();
  receive({ jsonrpc: '2.0', id: 1, method: 'ping' });
  receive({ jsonrpc: '2.0', id: 2, method: 'vendor/thing' });
  expect(wire.sent).toMatchObject([
    { id: 1, result: {} },
    { id: 2, error: { code: -32601 } },
  ]);
});

test('when the call ends its open question is given up and a late answer goes nowhere', async () => {
  const { call, receive, wire } = opened();
  const sink = new RecordingSink(ASKING);
  const { promise, answer } = (() => {
    let answer: (value: JsonMembers) => void = () => undefined;
    const promise = new Promise<JsonMembers>((resolve) => {
      answer = resolve;
    });
    return { promise, answer };
  })();
  sink.answerTo = () => promise;
  call(sink);
  receive(question);
  receive({ jsonrpc: '2.0', id: 1, result: {} });
  answer({ action: 'accept' });
  await new Promise(setImmediate);
  expect(wire.sent).toHaveLength(1);
});

const nested = (depth: number): JsonMembers => {
  let value: JsonMembers = {};
  for (let at = 0; at < depth; at += 1) value = { value };
  return value;
};

test('a call nested too deeply to be written is refused at once, and leaves nothing behind', () => {
  const { call, session, wire } = opened();
  const sink = new RecordingSink();
  call(sink, { params: nested(100_000) });
  expect([sink.reply, session.inFlight, wire.sent]).toEqual(['INPUT_INVALID', 0, []]);
});

test.each([
  ['no version', '{"id":1,"result":{"a":1}}', '{"jsonrpc":"2.0","id":1,"result":{"a":1}}'],
  [
    'a null for an error',
    '{"jsonrpc":"2.0","id":1,"error":null,"result":{"n":9007199254740993}}',
    '{"jsonrpc":"2.0","id":1,"result":{"n":9007199254740993}}',
  ],
  [
    'a null for a result',
    '{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":-5,"message":"m"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-5,"message":"m"}}',
  ],
  [
    'a text for an error',
    '{"jsonrpc":"2.0","id":1,"error":"bad"}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"bad"}}',
  ],
  ['a list for a result', '{"jsonrpc":"2.0","id":1,"result":[1]}', 'UPSTREAM_PROTOCOL'],
  ['a null for a result and nothing else', '{"jsonrpc":"2.0","id":1,"result":null}', 'UPSTREAM_PROTOCOL'],
])('an answer with %s reaches its caller as clients can read it', (_, frame, taken) => {
  const { call, session } = opened();
  const sink = new RecordingSink();
  call(sink);
  session.receive(Buffer.from(frame));
  expect(sink.reply).toBe(taken);
});

test('a frame nested too deeply to be passed on is dropped, and the next one is taken', () => {
  const { call, session } = opened();
  const sink = new RecordingSink();
  call(sink);
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  for (const frame of [`{"x":1,"id":"1","result":{"a":${deep}}}`, `{"jsonrpc":"2.0","x":${deep}}`])
    session.receive(Buffer.from(frame));
  session.receive(Buffer.from('{"jsonrpc":"2.0","id":1,"result":{}}'));
  expect(sink.reply).toBe('{"jsonrpc":"2.0","id":1,"result":{}}');
});

test('a long answer passes as it comes, in a time that each part extends; one that ends badly fails', () => {
  const { clock, session, call } = opened();
  const passed: string[] = [];
  const sinkOf = () =>
    Object.assign(new RecordingSink(), {
      begin: () => (part: Buffer) => void passed.push(part.toString()),
    });
  const begun = (id: number) => session.begin(Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":{"a":"`));
  const [whole, broken, late] = [sinkOf(), sinkOf(), sinkOf()];
  for (const sink of [whole, broken]) call(sink);
  const first = begun(1);
  clock.turn(900);
  first?.take(Buffer.from('b'));
  call(late);
  const second = begun(2);
  const third = begun(3);
  second?.take(Buffer.from('"}'));
  clock.turn(900);
  expect([whole.reply, broken.reply]).toEqual([undefined, undefined]);
  first?.take(Buffer.from('"}}'));
  first?.end();
  second?.take(Buffer.from(']'));
  second?.end();
  clock.turn(1_000);
  third?.take(Buffer.from('"}}'));
  third?.end();
  expect(whole.reply).toBe('{"jsonrpc":"2.0","id":1,"result":{"a":"b"}}');
  expect([broken.reply, late.reply]).toEqual(['UPSTREAM_PROTOCOL', 'CALL_TIMEOUT']);
  expect(passed).toEqual(['b', '"}', '"}}', ']']);
  expect(begun(9)).toBeUndefined();
});

test('a long refusal is taken whole, since callers are told of it in other words; an answer without end fails', () => {
  const { session, call } = opened();
  const sink = Object.assign(new RecordingSink(), { begin: () => () => undefined });
  call(sink);
  const begun = (member: string) => session.begin(Buffer.from(`{"jsonrpc":"2.0","id":1,"${member}":{"a":"`));
  expect(begun('error')).toBeUndefined();
  begun('result')?.overflow(10);
  expect(sink.reply).toBe('UPSTREAM_PROTOCOL');
});
