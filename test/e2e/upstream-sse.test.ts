import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonMembers, Upstream, UpstreamLists } from '../../hub/src/kernel/ports.ts';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { eventually, makeHome, startHub } from '../fixtures/hub.ts';
import { Bench, call, LEGACY_CALLER, textOf } from './upstream-harness.ts';

const PROGRAM = fileURLToPath(new URL('../fixtures/upstream/sse-v1.mjs', import.meta.url));

let bench: Bench;
const undo: (() => unknown)[] = [];
beforeEach(() => {
  bench = new Bench();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await bench.close();
});

interface OldServer {
  readonly child: ChildProcess;
  readonly url: string;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** A real server of 2024-11-05 in a process of its own. */
async function startOld(env: Record<string, string> = {}): Promise<OldServer> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  undo.push(kill);
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (line: Buffer) => resolve(line.toString('utf8').trim()));
  });
  return { child, url, kill };
}

const seenBy = async (upstream: Upstream): Promise<string[]> =>
  JSON.parse(String(textOf(await call(upstream, 'seen')))) as string[]; // what the fixture wrote

test.each(['sse', undefined] as const)(
  'a server of 2024-11-05 is reached, with its transport named as %s',
  async (transport) => {
    const { url } = await startOld();
    const upstream = bench.remote(url, { headers: { 'x-key': 'k1' }, transport });
    const lists = await upstream.refresh();
    const heard: unknown[] = [];
    const notify = (_: string, params: JsonMembers) => void heard.push(params);
    const steps = await call(upstream, 'steps', {}, { progressToken: 'mine', notify });
    expect([
      lists.tools.length,
      textOf(await call(upstream, 'echo', { text: 'naïve' })),
      textOf(steps),
    ]).toEqual([7, 'naïve', 'done']);
    expect(heard).toEqual([1, 2, 3].map((progress) => ({ progressToken: 'mine', progress })));
    expect(upstream.info).toMatchObject({ era: 'legacy', transport: 'sse', serverInfo: { name: 'sse-v1' } });
    expect(upstream.snapshot.state).toBe('ready');
    const requests = await seenBy(upstream);
    const probes = transport === 'sse' ? 0 : 2;
    expect(requests.slice(0, probes + 2)).toEqual([
      ...Array.from({ length: probes }, () => 'POST /sse k1'),
      'GET /sse k1',
      'POST /messages k1',
    ]);
  },
);

test.each(['400', '404', '422'])(
  'a server of 2024-11-05 is reached when it refuses the newer transport with HTTP %s and a JSON-RPC error',
  async (status) => {
    const { url } = await startOld({ REFUSAL: status });
    const upstream = bench.remote(url);
    expect(textOf(await call(upstream, 'echo', { text: 'old' }))).toBe('old');
    expect(upstream.info).toMatchObject({ era: 'legacy', transport: 'sse' });
  },
);

test('a refusal for want of credentials is told, not taken for an older transport', async () => {
  const { url } = await startOld({ REFUSAL: '401' });
  const { failure, detail } = await call(bench.remote(url), 'echo', { text: 'old' });
  expect([failure, detail]).toEqual(['UPSTREAM_UNREACHABLE', expect.stringContaining('HTTP 401')]);
});

test('a verdict that names the transport saves the vain attempts', async () => {
  const { url } = await startOld();
  const first = bench.remote(url);
  await first.refresh();
  const info = first.info;
  if (!info) throw new Error('it was not greeted');
  const second = bench.remote(url, { prior: { info, at: Date.now() } });
  const before = (await seenBy(first)).length;
  await second.refresh();
  expect((await seenBy(first)).slice(before)).not.toContain('POST /sse');
});

test('questions on the stream reach the client of the only call, and its answer the server', async () => {
  const { url } = await startOld();
  const capabilities = { elicitation: {}, sampling: {} };
  const upstream = bench.remote(url, { declare: capabilities });
  const caller = { ...LEGACY_CALLER, capabilities };
  const asked: string[] = [];
  const ask = (method: string): Promise<JsonMembers> => {
    asked.push(method);
    return Promise.resolve(
      method === 'elicitation/create'
        ? { action: 'accept', content: { name: 'Ada' } }
        : { role: 'assistant', model: 'm', content: { type: 'text', text: 'so so' } },
    );
  };
  const order = await call(upstream, 'order', {}, { caller, ask });
  const think = await call(upstream, 'think', {}, { caller, ask });
  expect([textOf(order), textOf(think), asked]).toEqual([
    'ordered for Ada',
    'so so',
    ['elicitation/create', 'sampling/createMessage'],
  ]);
});

test('a call that is given up is cancelled at the server, and a changed list is read anew', async () => {
  const { url, child } = await startOld();
  const upstream = bench.remote(url);
  const grown = new Promise<UpstreamLists>((resolve) => {
    upstream.on('lists-changed', (lists) => {
      if (lists.tools.some(({ name }) => name === 'late')) resolve(lists);
    });
  });
  await upstream.refresh();
  const abort = new AbortController();
  void call(upstream, 'wait', {}, { signal: abort.signal });
  if (child.stderr) await once(child.stderr, 'data');
  abort.abort();
  await eventually(async () => (await seenBy(upstream)).includes('cancelled'));
  await call(upstream, 'grow');
  expect((await grown).tools).toHaveLength(8);
});

test('credentials are not sent to an address of another origin that the server announces', async () => {
  const elsewhere = await startOld();
  const { url } = await startOld({ ENDPOINT: new URL('/messages?sessionId=1', elsewhere.url).href });
  const upstream = bench.remote(url, { headers: { 'x-key': 'secret' } });
  const { failure, detail } = await call(upstream, 'echo', { text: 'x' });
  expect([failure, detail]).toEqual([
    'UPSTREAM_PROTOCOL',
    expect.stringContaining('not the origin it was reached at'),
  ]);
  expect(await seenBy(bench.remote(elsewhere.url))).not.toContain('POST /messages secret');
});

test('what is neither is told by the refusal of the first attempt', async () => {
  const { url } = await startOld();
  const { failure, detail } = await call(bench.remote(new URL('/elsewhere', url).href), 'echo');
  expect([failure, detail]).toEqual(['UPSTREAM_UNREACHABLE', expect.stringContaining('HTTP 404')]);
});

test('a stream that breaks fails the calls in flight, and stands again without being asked', async () => {
  const { url, child } = await startOld();
  const upstream = bench.remote(url);
  await upstream.refresh();
  const waiting = call(upstream, 'wait');
  if (child.stderr) await once(child.stderr, 'data');
  const back = new Promise<void>((resolve) => {
    upstream.on('availability-changed', (available) => {
      if (available) resolve();
    });
  });
  child.kill('SIGUSR2');
  expect(await waiting).toMatchObject({ failure: 'UPSTREAM_LOST' });
  expect(upstream.snapshot.state).toBe('degraded');
  await back;
  expect([textOf(await call(upstream, 'echo', { text: 'again' })), upstream.snapshot]).toMatchObject([
    'again',
    { state: 'ready', restarts: 1 },
  ]);
});

test('clients of both eras use such a server through the hub, are asked by it, and find it again after its loss', async () => {
  const old = await startOld();
  const entry = { type: 'sse', url: old.url, isolation: 'session' };
  const place = makeHome({ mcpServers: { old: entry } });
  undo.push(() => place.remove());
  const hub = await startHub(place.home);
  undo.push(() => hub.stop());
  await eventually(async () => JSON.stringify(await hub.rpc('tools/list')).includes('old__order'));
  for (const era of ['modern', 'legacy'] as const) {
    const client = await connectSdk(era, `${hub.url}/mcp`);
    expect(JSON.stringify(await client.call('old__order'))).toContain('ordered for Ada');
    const progress: number[] = [];
    const onprogress = (step: { progress: number }) => void progress.push(step.progress);
    await client.call('old__steps', {}, { onprogress });
    // The SDK hands the last progress out no more once the answer is there.
    expect(progress.slice(0, 2)).toEqual([1, 2]);
    await client.close();
  }
  await old.kill();
  await expect(hub.rpc('tools/call', { name: 'old__echo', arguments: { text: 'x' } })).rejects.toThrow('old');
  await startOld({ PORT: new URL(old.url).port });
  await eventually(async () => {
    const answer = await hub
      .rpc('tools/call', { name: 'old__echo', arguments: { text: 'back' } })
      .catch(() => ({}));
    return JSON.stringify(answer).includes('back');
  });
});
