import { createHash } from 'node:crypto';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { canonicalJson } from '@counterpart/schemas';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonMembers, Upstream, UpstreamLists } from '../../hub/src/kernel/ports.ts';
import { RpcFailure } from '../../hub/src/upstream/rpc-failure.ts';
import { verifies } from '../verifies.ts';
import { call, Bench, LEGACY_CALLER, textOf } from './upstream-harness.ts';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());
const start: Bench['process'] = (program, setup) => bench.process(program, setup);

const nextLists = (upstream: Upstream): Promise<UpstreamLists> =>
  new Promise((resolve) => {
    const stop = upstream.on('lists-changed', (lists) => {
      stop();
      resolve(lists);
    });
  });

test.each([
  ['modern-only', 'modern', '2026-07-28'],
  ['ok', 'modern', '2026-07-28'],
  ['legacy-only', 'legacy', '2025-11-25'],
])('the era of %s is found to be %s, on one process', async (fixture, era, protocolVersion) => {
  const verdicts: unknown[] = [];
  const upstream = start(fixture, { onInfo: ({ info }) => void verdicts.push(info.era) });
  const { result, era: replied } = await call(upstream, 'echo', { text: 'héllo' }, { caller: LEGACY_CALLER });
  expect([upstream.info?.era, upstream.info?.protocolVersion, replied, verdicts]).toEqual([
    era,
    protocolVersion,
    era,
    [era],
  ]);
  expect(result?.['content']).toEqual([{ type: 'text', text: 'héllo' }]);
});

test('a stored legacy verdict saves the probe, and a wrong one is corrected', async () => {
  const prior = {
    info: { era: 'legacy' as const, protocolVersion: '2025-11-25', capabilities: {} },
    at: Date.now(),
  };
  const [kept, corrected] = [start('legacy-only', { prior }), start('modern-only', { prior })];
  await Promise.all([call(kept, 'echo', { text: 'x' }), call(corrected, 'echo', { text: 'x' })]);
  expect([kept.info?.era, corrected.info?.era]).toEqual(['legacy', 'modern']);
});

test('calls made before the server runs start it once, and all are answered', async () => {
  verifies('A14');
  const upstream = start('ok');
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) => call(upstream, 'echo', { text: `n${at}` })),
  );
  expect(answers.map(textOf)).toEqual(Array.from({ length: 20 }, (_, at) => `n${at}`));
});

test('the server’s own errors are relayed, and tell the hub’s own requests apart', async () => {
  const upstream = start('ok');
  const relayed = await call(upstream, 'no_such_tool');
  const own = await upstream
    .request('tools/call', { name: 'no_such_tool' })
    .catch((thrown: unknown) => thrown);
  expect([relayed.error?.['code'], own instanceof RpcFailure && own.code]).toEqual([-32602, -32602]);
});

test('progress comes with the caller’s own token and ends with the call', async () => {
  const upstream = start('progress');
  const heard: JsonMembers[] = [];
  const notify = (_: string, params: JsonMembers) => void heard.push(params);
  await call(upstream, 'count', { to: 3 }, { progressToken: 'mine', notify });
  expect(heard).toEqual(
    [1, 2, 3].map((progress) => ({ progressToken: 'mine', progress, total: 3, message: `step ${progress}` })),
  );
});

test('a cancelled call is cancelled at the server, and its caller hears nothing more', async () => {
  const upstream = start('progress', { env: { PROGRESS_STEP_MS: '10' } });
  const abort = new AbortController();
  let settled = false;
  const first = new Promise<void>((resolve) => {
    const setup = { progressToken: 1, signal: abort.signal, notify: () => resolve() };
    void call(upstream, 'count', { to: 100_000 }, setup).then(() => {
      settled = true;
    });
  });
  await first;
  abort.abort();
  expect(textOf(await call(upstream, 'count', { to: 1 }))).toBe('counted to 1');
  expect(settled).toBe(false);
});

test('progress keeps a call alive beyond its time limit, up to the hard cap', async () => {
  const limits = { callTimeoutMs: 150, maxCallMs: 600, maxCalls: 8 };
  const upstream = start('progress', { limits, env: { PROGRESS_STEP_MS: '50' } });
  await upstream.refresh();
  const [alive, capped, silent] = await Promise.all([
    call(upstream, 'count', { to: 6 }, { progressToken: 1 }),
    call(upstream, 'count', { to: 100 }, { progressToken: 2 }),
    call(upstream, 'count', { to: 100 }),
  ]);
  expect([textOf(alive), capped.failure, silent.failure]).toEqual([
    'counted to 6',
    'CALL_TIMEOUT',
    'CALL_TIMEOUT',
  ]);
});

test('a changed list is read once more, whatever the era', async () => {
  for (const prior of [
    undefined,
    { info: { era: 'legacy' as const, protocolVersion: '', capabilities: {} }, at: Date.now() },
  ]) {
    const upstream = start('list-changed', { prior });
    const before = await upstream.refresh();
    const changed = nextLists(upstream);
    await call(upstream, 'grow');
    const after = await changed;
    expect([before.tools.length, after.tools.length, upstream.lists?.tools.length]).toEqual([1, 2, 2]);
  }
});

test('calls in flight when the process dies fail once and are not repeated; the next call starts it anew', async () => {
  const upstream = start('progress');
  await upstream.refresh();
  const pid = upstream.snapshot.pid ?? 0;
  const running = [call(upstream, 'count', { to: 100_000 }), call(upstream, 'count', { to: 100_000 })];
  process.kill(pid, 'SIGKILL');
  const failures = (await Promise.all(running)).map(({ failure }) => failure);
  expect(failures).toEqual(['UPSTREAM_LOST', 'UPSTREAM_LOST']);
  expect(textOf(await call(upstream, 'count', { to: 1 }))).toBe('counted to 1');
  expect(upstream.snapshot.pid).not.toBe(pid);
});

test('words, broken JSON and bytes that are no text on standard output are tolerated', async () => {
  const upstream = start('junk-on-stdout');
  expect([
    textOf(await call(upstream, 'echo', { text: 'a' })),
    textOf(await call(upstream, 'echo', { text: 'b' })),
  ]).toEqual(['a', 'b']);
});

test('a server that puts a prefix before every frame gets a precise diagnosis at once', async () => {
  const file = new URL('../fixtures/upstream/log-prefix.mjs', import.meta.url).pathname;
  const { failure, detail } = await call(start(file), 'echo');
  expect([failure, detail]).toEqual([
    'UPSTREAM_PROTOCOL',
    expect.stringContaining('standard output, which belongs to the protocol, begins with "[info] {'),
  ]);
});

test('a server that only prints words is named with its first line when it never answers', async () => {
  const file = new URL('../fixtures/upstream/words-only.mjs', import.meta.url).pathname;
  const { failure, detail } = await call(start(file, { startTimeoutMs: 3_000 }), 'echo');
  expect([failure, detail]).toEqual([
    'UPSTREAM_PROTOCOL',
    expect.stringContaining('begins with "Starting with token=[redacted]"'),
  ]);
});

test('a server that closes its standard output before it has answered has failed to start', async () => {
  const file = new URL('../fixtures/upstream/mute-from-the-start.mjs', import.meta.url).pathname;
  const upstream = start(file);
  const { failure, detail } = await call(upstream, 'echo');
  expect([failure, detail]).toEqual([
    'SERVER_START_FAILED',
    expect.stringContaining('closed its standard output before it had answered the handshake'),
  ]);
  expect(upstream.snapshot.problem).toContain('closed its standard output');
});

test('a server that ignores what comes before initialize is spoken to in the legacy era', async () => {
  const file = new URL('../fixtures/upstream/deaf-before-initialize.mjs', import.meta.url).pathname;
  const upstream = start(file);
  expect([textOf(await call(upstream, 'echo', { text: 'x' })), upstream.info?.era]).toEqual(['x', 'legacy']);
});

const hashOf = (tool: unknown): string =>
  `sha256-${createHash('sha256').update(canonicalJson(tool)).digest('hex')}`;

test('a built server must list exactly the tools of its manifest', async () => {
  const listed = (await start('ok').refresh()).tools;
  const right = new Map(listed.map((tool) => [tool.name, hashOf(tool)]));
  const good = await call(start('ok', { kind: 'built', expectTools: right }), 'echo', { text: 'x' });
  const wrong = new Map([...right, ['gone', 'sha256-0']]);
  const bad = await call(start('ok', { kind: 'built', expectTools: wrong }), 'echo', { text: 'x' });
  expect([textOf(good), bad.failure, bad.detail]).toEqual([
    'x',
    'SERVER_MISMATCH',
    expect.stringContaining('missing: gone'),
  ]);
});

test('a modern server’s question travels in its answer; a legacy one asks the caller of the only call', async () => {
  const modern = await call(
    start('elicits'),
    'order',
    {},
    { caller: { era: 'modern', capabilities: { elicitation: {} } } },
  );
  expect(modern.result?.['resultType']).toBe('input_required');
  const prior = { info: { era: 'legacy' as const, protocolVersion: '', capabilities: {} }, at: Date.now() };
  const upstream = start('elicits', { prior, declare: { elicitation: {} } });
  const ask = () => Promise.resolve({ action: 'accept', content: { name: 'Ada' } });
  const caller = { era: 'legacy' as const, capabilities: { elicitation: {} } };
  const answered = await call(upstream, 'order', {}, { caller, ask });
  const refused = await call(upstream, 'order', {}, { caller: LEGACY_CALLER, ask });
  expect([textOf(answered), refused.error?.['code']]).toEqual(['ordered for Ada', -32601]);
});

test('a result of ten megabytes comes through unread', async () => {
  const file = new URL('../fixtures/upstream/large.mjs', import.meta.url).pathname;
  const { bytes, id } = await call(start(file), 'large', { bytes: 10 * 1024 * 1024 });
  expect([bytes > 10 * 1024 * 1024, Number(id) > 0]).toEqual([true, true]);
});

test('an answer beyond the limit fails its own call, and the others go on', async () => {
  const file = new URL('../fixtures/upstream/large.mjs', import.meta.url).pathname;
  const upstream = start(file);
  const [huge, small] = await Promise.all([
    call(upstream, 'large', { bytes: 65 * 1024 * 1024 }),
    call(upstream, 'large', { bytes: 10 }),
  ]);
  expect([huge.failure, small.bytes > 10]).toEqual(['UPSTREAM_PROTOCOL', true]);
});

test('closing lets calls in flight finish for the time given, and takes no new ones', async () => {
  const upstream = start('progress', { env: { PROGRESS_STEP_MS: '30' } });
  await upstream.refresh();
  const running = call(upstream, 'count', { to: 4 });
  const closed = upstream.close({ drainMs: 5_000 });
  const late = await call(upstream, 'count', { to: 1 });
  await closed;
  expect([textOf(await running), late.failure]).toEqual(['counted to 4', 'UPSTREAM_LOST']);
});

test('availability is told when the server is reached and when it is lost', async () => {
  const upstream = start('ok');
  const told: boolean[] = [];
  upstream.on('availability-changed', (available) => void told.push(available));
  await upstream.refresh();
  const lost = new Promise<void>((resolve) => {
    upstream.on('availability-changed', () => resolve());
  });
  process.kill(upstream.snapshot.pid ?? 0, 'SIGKILL');
  await lost;
  expect(told).toEqual([true, false]);
});

const peer = (name: string): string => new URL(`../fixtures/upstream/${name}.mjs`, import.meta.url).pathname;

test('a legacy server on SDK v1 gives its lists, its log and its resource updates', async () => {
  const upstream = start(peer('sdk-v1'));
  const { tools, prompts, resources, resourceTemplates } = await upstream.refresh();
  expect([
    tools.length,
    prompts.length,
    resources.length,
    resourceTemplates.length,
    upstream.info?.instructions,
  ]).toEqual([3, 1, 1, 0, 'Ask nicely.']);
  const logged: unknown[] = [];
  const caller = { ...LEGACY_CALLER, logLevel: 'info' };
  await call(
    upstream,
    'warn',
    {},
    { caller, notify: (method, { data }) => void logged.push([method, data]) },
  );
  expect(logged).toEqual([['notifications/message', 'careful']]);
  const updated = new Promise<string>((resolve) => {
    upstream.on('resource-updated', resolve);
  });
  await upstream.subscribeResource('note:1');
  await call(upstream, 'touch');
  expect(await updated).toBe('note:1');
  await upstream.unsubscribeResource('note:1');
});

test('a server on SDK v2 is spoken to in the modern era, and its changes are heard on a subscription', async () => {
  const upstream = start(peer('sdk-v2'));
  await upstream.refresh();
  expect([upstream.info?.era, upstream.info?.serverInfo]).toMatchObject(['modern', { name: 'sdk-v2' }]);
  const changed = nextLists(upstream);
  expect(textOf(await call(upstream, 'echo', { text: 'é' }))).toBe('é');
  await call(upstream, 'grow');
  expect((await changed).tools.map(({ name }) => name)).toEqual(['echo', 'grow', 'grown']);
});

test('a call that waits for the start of a server that is being replaced is still answered', async () => {
  const upstream = start('slow-start');
  const answer = call(upstream, 'echo', { text: 'late' });
  await upstream.close({ drainMs: 10_000 });
  expect(textOf(await answer)).toBe('late');
  expect(await call(upstream, 'echo', { text: 'later' })).toMatchObject({ failure: 'UPSTREAM_LOST' });
});

/** Calls made while a process is being stopped: in the moment of the decision, a turn of the event loop later, and a while later. */
function callsDuringStop(upstream: Upstream): Promise<unknown[]> {
  const echo = async (text: string, wait: () => Promise<unknown>): Promise<unknown> => {
    await wait();
    const answer = await call(upstream, 'echo', { text });
    return answer.failure ?? textOf(answer);
  };
  const first = call(upstream, 'echo', { text: 'at once' }).then(
    (answer) => answer.failure ?? textOf(answer),
  );
  return Promise.all([first, echo('a turn later', () => turn()), echo('later', () => pause(100))]);
}

test.each(['ignore-stdin-end', 'ok'])(
  'calls that arrive while an idle process of %s is being stopped wait for the next one',
  async (fixture) => {
    const upstream = start(fixture, { idleMs: 50, readsLists: false });
    const answers = new Promise<unknown[]>((resolve) => {
      bench.atFirstStop(() => resolve(callsDuringStop(upstream)));
    });
    await upstream.request('tools/list', {});
    const before = upstream.snapshot.pid;
    expect(await answers).toEqual(['at once', 'a turn later', 'later']);
    expect(upstream.snapshot.pid).not.toBe(before);
  },
);

test('calls that arrive while a process is being restarted wait for the next one', async () => {
  const upstream = start('ignore-stdin-end', { readsLists: false });
  await upstream.request('tools/list', {});
  const restarted = upstream.process?.restart();
  const answered = callsDuringStop(upstream);
  const [answers] = await Promise.all([answered, restarted]);
  expect(answers).toEqual(['at once', 'a turn later', 'later']);
});

test('a server that knows no ping is alive, and one that begins with a byte order mark is understood', async () => {
  const upstream = start('refuses-ping', { probeMs: 20 });
  const pinged = new Promise<void>((resolve) => {
    upstream.on('lists-changed', ({ tools }) => tools.some(({ name }) => name === 'pinged') && resolve());
  });
  await upstream.refresh();
  await pinged;
  expect([upstream.snapshot.state, upstream.snapshot.restarts]).toEqual(['ready', 0]);
});
