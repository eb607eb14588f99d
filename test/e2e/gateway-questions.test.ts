import { afterEach, describe, expect, it, test } from 'vitest';
import { LineClient } from '../fixtures/gateway/line-client.ts';
import { globSync, readFileSync } from 'node:fs';
import { hubError } from '@counterpart/schemas';
import type { Era, ToolCall } from '../../hub/src/kernel/ports.ts';
import { until } from '../fixtures/supervisor/rig.ts';
import type { Isolation } from '../../hub/src/upstream/options.ts';
import { connectSdk } from '../fixtures/gateway/sdk-clients.ts';
import { modern, modernMeta, RawSession, type Message } from '../fixtures/gateway/raw-client.ts';
import {
  serveRealServers,
  type RealHub,
  type RealHubOptions,
  type RealServer,
} from '../fixtures/gateway/real-servers.ts';

const ASKS = new URL('../fixtures/upstream/asks-v1.mjs', import.meta.url).pathname;
const ELICITS = new URL('../fixtures/servers/elicits.mjs', import.meta.url).pathname;
const ANSWERABLE = { elicitation: { form: {} }, sampling: {}, roots: {} };

/** Found again in the command lines of the processes that this file started. */
const MARK = `questions-of-${process.pid}`;

let hub: RealHub;
const serve = async (server: Omit<RealServer, 'args'>, options: RealHubOptions = {}, program = ASKS) => {
  hub = await serveRealServers({ asks: { args: [program, 'legacy', MARK], ...server } }, options);
};
const start = (isolation: Isolation = 'call', options: RealHubOptions = {}) => serve({ isolation }, options);
const pids = (): number[] =>
  globSync('/proc/[0-9]*/cmdline').flatMap((file) => {
    try {
      return readFileSync(file, 'utf8').includes(MARK) ? [Number(file.split('/')[2])] : [];
    } catch {
      return []; // ended while we looked
    }
  });
afterEach(async () => {
  await hub.close();
  expect(pids()).toEqual([]);
});

type Params = Record<string, unknown>;
interface Answered extends Message {
  readonly status: number;
}

/** One request of a client of 2026-07-28 that can be asked everything. */
const post = async (
  method: string,
  params: Params,
  setup: { meta?: object; authorization?: string } = {},
) => {
  const { meta = modernMeta(ANSWERABLE), authorization } = setup;
  const headers = authorization === undefined ? {} : { authorization };
  const { status, messages } = await modern(hub.url, method, { params, meta, headers });
  return { status, ...messages.at(-1) } satisfies Answered;
};
const call = (name: string, more: Params = {}, setup?: { meta?: object; authorization?: string }) =>
  post('tools/call', { name, arguments: {}, ...more }, setup);
const textOf = ({ result }: Message): unknown =>
  (result?.['content'] as { text?: unknown }[] | undefined)?.[0]?.text;
const questionsOf = ({ result }: Message) =>
  Object.entries((result?.['inputRequests'] ?? {}) as Record<string, { method: string; params: Params }>);
const named = (name: string) => ({ action: 'accept', content: { name } });
/** The members of a retry that gives every question of an answer the same reply. */
const reply = (asked: Message, answer: object = named('Ada')): Params => ({
  inputResponses: Object.fromEntries(questionsOf(asked).map(([key]) => [key, answer])),
  requestState: asked.result?.['requestState'],
});
const fail = (): never => {
  throw new Error('nothing was asked');
};
const refusal = ({ error }: Message): string => `${error?.code} ${error?.message}`;

describe('a modern client of a legacy server that asks', () => {
  it('gets the question as its result, and the answer of the call when it comes again with a reply', async () => {
    await start();
    const asked = await call('order');
    expect(asked.result).toMatchObject({
      resultType: 'input_required',
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'counterpart' } },
    });
    expect(questionsOf(asked).map(([, { method, params }]) => [method, params['message']])).toEqual([
      ['elicitation/create', 'In whose name?'],
    ]);
    const done = await call('order', reply(asked));
    expect([textOf(done), done.result?.['resultType']]).toEqual(['ordered for Ada', 'complete']);
  });

  it('may be asked again, several things at once, and again for what it left unanswered', async () => {
    await start();
    const first = await call('twice');
    const second = await call('twice', reply(first, named('one')));
    expect(questionsOf(second)[0]?.[1].params['message']).toBe('Second?');
    expect(textOf(await call('twice', reply(second, named('two'))))).toBe('one, two');

    // However the two arrive, in one round or in two: one is answered, the other is asked again.
    const names: Record<string, string> = { 'Left?': 'L', 'Right?': 'R' };
    let answer = await call('both');
    for (let round = 0; round < 2; round++) {
      const [[key, { params }] = fail()] = questionsOf(answer);
      const inputResponses = { [key]: named(names[String(params['message'])] ?? '') };
      answer = await call('both', { requestState: answer.result?.['requestState'], inputResponses });
    }
    expect(textOf(answer)).toBe('L and R');
  });

  it('is asked for samples and roots, during prompts and resources as well', async () => {
    await start();
    const sample = { role: 'assistant', model: 'm', content: { type: 'text', text: 'Well.' } };
    expect(textOf(await call('think', reply(await call('think'), sample)))).toBe('Well.');
    const roots = { roots: [{ uri: 'file:///a' }] };
    expect(textOf(await call('where', reply(await call('where'), roots)))).toBe('file:///a');
    const menu = await post('resources/read', { uri: 'menu:1' });
    const read = await post('resources/read', { uri: 'menu:1', ...reply(menu) });
    expect(read.result).toMatchObject({ resultType: 'complete', contents: [{ text: 'menu for Ada' }] });
    const greet = await post('prompts/get', { name: 'greet' });
    const got = await post('prompts/get', { name: 'greet', ...reply(greet) });
    expect(JSON.stringify(got.result)).toContain('Hello Ada');
  });

  it('is refused with a state that was changed, used, made up, or given to another request or client', async () => {
    await start();
    const asked = await call('order');
    const good = reply(asked);
    const state = String(good['requestState']);
    const changed = state.slice(0, -1) + (state.endsWith('A') ? 'B' : 'A');
    const attempts = await Promise.all([
      call('order', { ...good, requestState: changed }),
      call('order', { ...good, requestState: 'made up' }),
      call('order', { ...good, requestState: 7 }),
      call('order', { ...good, arguments: { other: true } }),
      call('twice', good),
      call('order', good, { authorization: 'Bearer somebody-else' }),
      call('order', { ...good, inputResponses: 'yes' }),
    ]);
    expect(attempts.map(({ error }) => error?.code)).toEqual(attempts.map(() => -32602));
    expect(refusal(attempts[0] ?? {})).toContain('not one that this hub gave out');
    expect(refusal(attempts[3] ?? {})).toContain('another request or to another client');
    // None of that harmed the call itself.
    expect(textOf(await call('order', good))).toBe('ordered for Ada');
    expect(refusal(await call('order', good))).toContain('the call it belongs to has ended');
    const first = await call('twice');
    await call('twice', reply(first));
    expect(refusal(await call('twice', reply(first)))).toContain('was used already');
  });

  it('is refused when a policy came to deny the call meanwhile, and the server is told that it is over', async () => {
    let denied = false;
    const check = ({ route }: ToolCall) =>
      denied ? hubError('POLICY_DENIED', { tool: route.hubName, detail: 'the day is over' }) : undefined;
    await start('call', { policy: { check } });
    const asked = await call('order');
    const running = pids().length;
    denied = true;
    expect(refusal(await call('order', reply(asked)))).toContain('the day is over');
    await until(() => pids().length === running - 1);
    denied = false;
    expect(refusal(await call('order', reply(asked)))).toContain('the call it belongs to has ended');
  });

  it('is never asked what it did not declare, and learns what it lacks when the server cannot go on', async () => {
    await serve({}, {}, ELICITS);
    const lacking = await call('order', {}, { meta: modernMeta({ elicitation: { url: {} } }) });
    expect([lacking.status, lacking.error?.code, lacking.error?.data]).toEqual([
      400,
      -32021,
      { requiredCapabilities: { elicitation: { form: {} } } },
    ]);
  });

  it('that does not come back has its call given up: the question is refused and the call cancelled', async () => {
    await serve({ declare: { elicitation: {} } }, { questionTimeoutMs: 100 });
    const asked = await call('order');
    await expect
      .poll(async () => textOf(await call('fates')))
      .toMatch(/took too long to answer.*cancelled|cancelled.*took too long to answer/);
    expect(refusal(await call('order', reply(asked)))).toMatch(/has ended|has expired/);
  });

  it('gets what the server answered without it, when the server would not wait', async () => {
    await serve({ declare: { elicitation: {} } });
    const asked = await call('impatient');
    await expect.poll(async () => textOf(await call('ended'))).toBe('1');
    expect(textOf(await call('impatient', reply(asked)))).toBe('waited no longer');
  });

  it('leaves no more calls parked than the limit', async () => {
    await start('call', { maxParkedCalls: 1 });
    const first = await call('order');
    expect(textOf(await call('order'))).toContain('Too many calls wait for answers');
    expect(textOf(await call('order', reply(first)))).toBe('ordered for Ada');
    expect((await call('order')).result?.['resultType']).toBe('input_required');
  });

  it('on standard input and output is asked in the same way, each connection by itself', async () => {
    await start();
    const [one, other] = [new LineClient(), new LineClient()];
    for (const { input, output } of [one, other])
      void hub.gateway.connectStdio({ input, output }, { kind: 'all' });
    const params = { name: 'order', arguments: {}, _meta: modernMeta(ANSWERABLE) };
    const asked = await one.request(1, 'tools/call', params);
    const retry = { ...params, ...reply(asked) };
    expect(refusal(await other.request(2, 'tools/call', retry))).toContain('another client');
    expect(textOf(await one.request(3, 'tools/call', retry))).toBe('ordered for Ada');
    one.end();
    other.end();
  });
});

describe('isolation', () => {
  it('by call gives each call a process that knows what its client can be asked', async () => {
    await start('call');
    const made = [textOf(await call('whoami')), textOf(await call('whoami'))];
    expect(new Set(made).size).toBe(2);
    expect(JSON.parse(String(textOf(await call('told'))))).toEqual(ANSWERABLE);
    expect(textOf(await call('told', {}, { meta: modernMeta({}) }))).toBe('{}');
    for (const pid of made) await expect.poll(() => pids()).not.toContain(Number(pid));
  });

  it('by session gives each session a process of its own until the session ends', async () => {
    await start('session');
    const [one, two] = await Promise.all([
      RawSession.open(hub.url, { elicitation: { form: {} } }),
      RawSession.open(hub.url, { sampling: {} }),
    ]);
    const ask = async (session: RawSession, name: string) =>
      textOf((await session.call('tools/call', { name })).messages.at(-1) ?? {});
    const pid = await ask(one, 'whoami');
    expect([await ask(one, 'whoami'), await ask(one, 'told'), await ask(two, 'told')]).toEqual([
      pid,
      '{"elicitation":{"form":{}}}',
      '{"sampling":{}}',
    ]);
    expect(await ask(two, 'whoami')).not.toBe(pid);
    await fetch(hub.url, { method: 'DELETE', headers: { 'mcp-session-id': one.id } });
    await expect.poll(() => pids()).not.toContain(Number(pid));
    expect(Number(await ask(two, 'whoami'))).toBeGreaterThan(1);
  });

  it('takes no more processes than the limit, and ends those of idle sessions first', async () => {
    await start('session', { maxInstances: 1 });
    const [one, two] = [await RawSession.open(hub.url), await RawSession.open(hub.url)];
    const ask = async (session: RawSession) =>
      textOf((await session.call('tools/call', { name: 'whoami' })).messages.at(-1) ?? {});
    const pid = await ask(one);
    expect(await ask(two)).not.toBe(pid);
    await expect.poll(() => pids()).not.toContain(Number(pid));
    const parked = await call('order');
    expect(parked.result?.['resultType']).toBe('input_required');
    expect((await call('order')).error?.data?.['code']).toBe('INSTANCES_BUSY');
  });

  it('leaves no process when the hub stops with a call parked', async () => {
    await start('call');
    expect((await call('order')).result?.['resultType']).toBe('input_required');
    expect(pids().length).toBe(2);
    await hub.close();
    expect(pids()).toEqual([]);
  });
});

const ERAS: readonly Era[] = ['modern', 'legacy'];
const CELLS = ERAS.flatMap((client) =>
  ERAS.flatMap((server) =>
    (['session', 'call'] as const).map((isolation) => ({ client, server, isolation })),
  ),
);

test.each(CELLS)(
  'a $client SDK client answers the question of a $server server with isolation $isolation',
  async ({ client: era, server, isolation }) => {
    hub = await serveRealServers({ asks: { args: [ELICITS, server, MARK], isolation } });
    const client = await connectSdk(era, hub.url);
    const answers = await Promise.all([client.call('order'), client.call('order')]);
    expect(answers.map((result) => textOf({ result }))).toEqual(['ordered for Ada', 'ordered for Ada']);
    await client.close();
  },
);

test('questions of two clients of one isolated server each reach the client whose call asks', async () => {
  await start('call');
  const [a, b] = await Promise.all([call('order'), call('order')]);
  const answers = await Promise.all([
    call('order', reply(b, named('Bob'))),
    call('order', reply(a, named('Ann'))),
  ]);
  expect(answers.map(textOf)).toEqual(['ordered for Bob', 'ordered for Ann']);
});
