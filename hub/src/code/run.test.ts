import { expect, test } from 'vitest';
import { parseExact } from '../kernel/protocol/exact-numbers.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import { defaultCodeLimits, type CodeLimits } from './limits.ts';
import { runCode, type CallTool, type CodeOutcome } from './run.ts';
import { interpret } from './sandbox/interpreter.ts';
import type { SandboxSays } from './sandbox/messages.ts';

const TABLE = JSON.stringify([
  ['shop', 'get-item', 'shop__get-item'],
  ['shop', 'fail', 'shop__fail'],
  ['other', 'wait', 'other__wait'],
]);

const call: CallTool = (name, args, signal) => {
  if (name === 'other__wait')
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ kind: 'failure', message: 'cancelled' }));
    });
  if (name === 'shop__fail')
    return Promise.resolve({
      kind: 'result',
      result: { isError: true, content: [{ type: 'text', text: 'no such item: 7' }] },
    });
  return Promise.resolve({ kind: 'result', result: { content: [], structuredContent: { got: args } } });
};

const run = (code: string, limits: Partial<CodeLimits> = {}, signal = new AbortController().signal) =>
  runCode({ code, table: TABLE, call, signal, limits: { ...defaultCodeLimits, ...limits } });

/** How it ended, in one line. */
async function endOf(code: string, limits: Partial<CodeLimits> = {}): Promise<string> {
  return said(await run(code, limits));
}

function said({ end }: CodeOutcome): string {
  switch (end.kind) {
    case 'returned':
      return end.text;
    case 'threw':
      return `line ${end.line}: ${end.message}`;
    case 'broke':
      return `broke: ${end.message}`;
    case 'time':
    case 'total-time':
    case 'stuck':
    case 'cancelled':
      return end.kind;
  }
}

test('code calls tools by both names, and returns what it made of their results', async () => {
  const outcome = await run(`
    const one = await servers.shop['get-item']({ id: 1 });
    const [two, three] = await Promise.all([2, 3].map((id) => tools['shop__get-item']({ id })));
    console.log('three is', three, undefined, [1]);
    return [one, two.got.id, Object.keys(servers.shop)];`);
  expect(outcome.end).toEqual({
    kind: 'returned',
    text: '[{"got":{"id":1}},2,["get-item","fail"]]',
  });
  expect(outcome.logs).toEqual(['three is {"got":{"id":3}} undefined [1]']);
  expect(outcome.calls.map(({ tool, outcome: how }) => [tool, how])).toEqual(
    Array.from({ length: 3 }, () => ['shop__get-item', 'ok']),
  );
});

test('an id that no double holds comes as the text of its digits, and is handed on as it came', async () => {
  const asked: unknown[] = [];
  const exact: CallTool = (_, args) => {
    asked.push(args);
    const structuredContent = membersOf(parseExact('{"id":9007199254740993,"small":7,"half":0.5}'));
    return Promise.resolve({ kind: 'result', result: { content: [], structuredContent } });
  };
  const code = `
    const { id, small, half } = await servers.shop['get-item']({});
    await servers.shop['get-item']({ id });
    return [id, small, half];`;
  const signal = new AbortController().signal;
  const { end } = await runCode({ code, table: TABLE, call: exact, signal, limits: defaultCodeLimits });
  expect(end).toEqual({ kind: 'returned', text: '["9007199254740993",7,0.5]' });
  expect(asked).toEqual([{}, { id: '9007199254740993' }]);
});

test.each([
  ['return 1;\nconst = 2;', /^line 2: SyntaxError/],
  ['const a = 1;\n\nthrow new RangeError("too far");', /^line 3: RangeError: too far$/],
  ['let x;\nreturn x.y;', /^line 2: TypeError/],
  ['\n\nawait servers.shop.fail({});', /^line 3: shop__fail failed: no such item: 7$/],
  ['\nawait servers.shop.nothing({});', /^line 2: TypeError: servers.shop has no tool nothing/],
  ['await servers.none.get({});', /^line 1: TypeError: there is no server none/],
  ['await tools.shop__none({});', /^line 1: TypeError: there is no tool shop__none/],
  ['await servers.shop.fail("text");', /takes one object with its arguments/],
  ['throw null', /thrown: null/],
  ['throw undefined', /thrown: undefined/],
  ['throw Symbol("odd")', /thrown: Symbol\(odd\)/],
  ['throw { get message() { throw 1 }, toJSON() { throw 2 } }', /thrown: \(cannot be shown\)/],
  ['throw new Proxy({}, { getPrototypeOf() { throw 1 } })', /cannot be shown/],
  [
    'const e = new Error("x"); Object.defineProperty(e, "message", { get() { throw 1 } }); throw e',
    /cannot be shown/,
  ],
  ['const a = {}; a.a = a; return a', /cannot be written as JSON/],
  ['return 1n', /cannot be written as JSON/],
  ['return () => 1', /no value of JSON/],
  ['await new Promise(() => {})', /^stuck$/],
  ['const f = () => f() + 1; f()', /stack|recursion/i],
  ['return JSON.parse("[".repeat(1e6))', /stack overflow/],
  ['return "x".repeat(2 ** 29)', /out of memory|too long/],
  ['return "x".repeat(5e6)', /5000002 characters of JSON/],
  ['return new Uint8Array(1e9)', /out of memory/],
])('%s ends as it should', async (code, words) => {
  expect(await endOf(code)).toMatch(words);
});

test.each([
  'for (;;) {}',
  'for (;;) await null',
  'const spin = () => Promise.resolve().then(spin); await spin()',
  'try { for (;;) {} } finally { for (;;) {} }',
  'return /(a+)+$/.test("a".repeat(60) + "b")',
  'throw { get message() { for (;;) {} }, toJSON() { for (;;) {} } }',
])('%s is ended when its time is up, and the hub goes on meanwhile', async (code) => {
  let turns = 0;
  const beat = setInterval(() => (turns += 1), 5);
  expect(await endOf(code, { ownMs: 300 })).toBe('time');
  clearInterval(beat);
  // However busy the machine is: what is due comes before the word of another thread.
  expect(turns).toBeGreaterThan(0);
});

test.each([
  'return typeof process + typeof require + typeof fetch + typeof setTimeout + typeof WebAssembly',
  'return (() => {}).constructor("return typeof process")()  + "undefined".repeat(4)',
  'return servers.shop.fail.constructor.constructor("return typeof process")() + "undefined".repeat(4)',
  'return console.log.constructor("return typeof process")() + "undefined".repeat(4)',
])('%s reaches nothing outside', async (code) => {
  expect(await endOf(code)).toBe(JSON.stringify('undefined'.repeat(5)));
});

test('nothing can be imported', async () => {
  expect(await endOf('const fs = await import("node:fs"); return 1')).toMatch(/^line|could not load|not/);
});

test('code that replaces what the language has can call no other tool, and harms only itself', async () => {
  const outcome = await run(`
    Array.prototype.push = Object.prototype.toString = () => { throw 1 };
    JSON.stringify = () => '{"name":"evil"}'; JSON.parse = () => 'evil'; String = Proxy = Error = undefined;
    Object.prototype.then = undefined; globalThis.tools = undefined;
    return await servers.shop['get-item']({ id: 5 });`);
  expect(said(outcome)).toBe('{"got":{"id":5}}');
  expect(outcome.calls).toHaveLength(1);
});

test('only so many calls are made, however many are asked for, and only so many at once', async () => {
  let open = 0;
  let most = 0;
  let begun = 0;
  const waiting: (() => void)[] = [];
  // Nobody is answered before as many wait as may, or the last one came.
  const slow: CallTool = async () => {
    most = Math.max(most, ++open);
    begun += 1;
    const answered = new Promise<void>((resolve) => void waiting.push(resolve));
    if (open === 8 || begun === 50) for (const answer of waiting.splice(0)) answer();
    await answered;
    open -= 1;
    return { kind: 'result', result: { content: [{ type: 'text', text: 'plain' }] } };
  };
  const outcome = await runCode({
    code: `const all = await Promise.allSettled(Array.from({ length: 10000 }, () => servers.shop.fail()));
      return [all.filter((one) => one.status === 'fulfilled').length, all[9999].reason.message, all[0].value];`,
    table: TABLE,
    call: slow,
    signal: new AbortController().signal,
    limits: defaultCodeLimits,
  });
  expect(said(outcome)).toBe('[50,"This run may call tools 50 times, no more","plain"]');
  expect([outcome.calls.length, most]).toEqual([50, 8]);
});

test.each([
  ['{ toJSON() { return undefined } }', 'takes one object with its arguments'],
  ['{ toJSON() { return "text" } }', 'takes one object with its arguments'],
  ['() => 1', 'takes one object with its arguments'],
  ['{ text: "x".repeat(2_000_000) }', 'its arguments are larger than 1048576 bytes'],
])(
  'arguments such as %s are refused where they are given, and the hub hears of no call',
  async (args, words) => {
    let calls = 0;
    const counted: CallTool = () => {
      calls += 1;
      return Promise.resolve({ kind: 'failure', message: 'called' });
    };
    const outcome = await runCode({
      code: `await servers.shop.fail(${args})`,
      table: TABLE,
      call: counted,
      signal: new AbortController().signal,
      limits: defaultCodeLimits,
    });
    expect(said(outcome)).toContain(words);
    expect(calls).toBe(0);
  },
);

test('a result that cannot be written as text fails its call and nothing else', async () => {
  const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown;
  const outcome = await runCode({
    code: `await servers.shop.fail()`,
    table: TABLE,
    call: () => Promise.resolve({ kind: 'result', result: { structuredContent: deep } }),
    signal: new AbortController().signal,
    limits: defaultCodeLimits,
  });
  expect(said(outcome)).toContain('shop__fail: Maximum call stack size exceeded');
});

test('what is refused in a flood of calls costs the hub nothing: its thread says only so many', async () => {
  const said: SandboxSays[] = [];
  const code = 'for (let i = 0; i < 1e4; i++) servers.shop.get({ i }).catch(() => {}); await null; return 1';
  const input = { code, table: '[["shop","get","shop__get"]]', limits: defaultCodeLimits };
  await interpret(input, (message) => said.push(message));
  expect(said.filter(({ kind }) => kind === 'call')).toHaveLength(defaultCodeLimits.calls);
});

test('a run that waits too long or is cancelled ends, and so do its calls', async () => {
  let isWaiting = false;
  const waiting = await runCode({
    code: 'await servers.other.wait()',
    table: TABLE,
    // Its time is up as soon as it waits, however long it took to begin.
    limits: {
      ...defaultCodeLimits,
      get totalMs() {
        return isWaiting ? 0 : defaultCodeLimits.totalMs;
      },
    },
    signal: new AbortController().signal,
    call: (name, args, signal) => {
      isWaiting = true;
      return call(name, args, signal);
    },
  });
  expect([said(waiting), waiting.calls[0]?.outcome]).toEqual(['total-time', 'unanswered']);
  const abort = new AbortController();
  let heard: unknown;
  const cancelled = await runCode({
    code: 'await servers.other.wait()',
    table: TABLE,
    limits: defaultCodeLimits,
    signal: abort.signal,
    call: (_name, _args, signal) => {
      signal.addEventListener('abort', () => (heard = 'cancelled'));
      abort.abort();
      return new Promise(() => undefined);
    },
  });
  expect([said(cancelled), heard]).toEqual(['cancelled', 'cancelled']);
});

test('memory is bounded', async () => {
  // Small values: QuickJS takes seconds to fill an array that was made at its length.
  const bomb = 'const all = []; for (;;) all.push([all.length])';
  expect(await endOf(bomb, { memoryBytes: 8 * 1024 * 1024 })).toMatch(/out of memory/);
}, 60_000);

test('logs are bounded in lines and in length', async () => {
  const { logs } = await run('for (let i = 0; i < 1e3; i++) console.log("x".repeat(1e4))', {
    logLines: 3,
    logLineChars: 10,
  });
  expect(logs).toEqual([
    ...Array.from({ length: 3 }, () => 'x'.repeat(10)),
    '… only the first 3 lines are kept',
  ]);
});
