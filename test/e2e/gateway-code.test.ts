import { join } from 'node:path';
import { ToolDefinition } from '@counterpart/schemas';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connectSdk, type SdkClient } from '../fixtures/gateway/sdk-clients.ts';
import {
  eventually,
  FIXTURE_SERVERS,
  fixtureServer,
  makeHome,
  markedProcesses,
  startHub,
  type TestHub,
} from '../fixtures/hub.ts';

const Listed = z.object({ tools: z.array(ToolDefinition) });
const Texts = z.object({ content: z.array(z.object({ text: z.string() })) });
const Ran = z.object({
  isError: z.boolean().optional(),
  structuredContent: z.object({
    value: z.unknown().optional(),
    error: z.object({ message: z.string(), line: z.int().optional() }).optional(),
    logs: z.array(z.string()).optional(),
    calls: z.array(z.object({ tool: z.string(), outcome: z.string(), ms: z.number() })),
    cut: z.boolean().optional(),
  }),
});

const CODE = '/mcp/p/code';
const CONFIG = {
  mcpServers: {
    shop: fixtureServer('effects'),
    'big-one': fixtureServer('big-output'),
    asks: {
      command: process.execPath,
      args: [join(FIXTURE_SERVERS, 'elicits.mjs'), 'legacy'],
      isolation: 'call',
    },
    asksnow: { command: process.execPath, args: [join(FIXTURE_SERVERS, 'elicits.mjs'), 'modern'] },
  },
  profiles: {
    code: { mode: 'code', alwaysVisible: ['shop__get_item'], tools: { exclude: ['*silent*'] } },
    reads: { mode: 'code', tools: { include: ['effect:read'] } },
    short: { resultTokens: 500, servers: ['shop', 'big-one'] },
    search: { mode: 'search', resultTokens: 0 },
  },
};

let place: ReturnType<typeof makeHome>;
let hub: TestHub;
const open: SdkClient[] = [];

beforeAll(async () => {
  place = makeHome(CONFIG);
  hub = await startHub(place.home);
  await eventually(async () => (await listed('/mcp')).length === 9);
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.close();
});
afterAll(async () => {
  await hub.stop();
  expect(markedProcesses(place.home)).toEqual([]);
  place.remove();
});

const listed = async (path: string) => Listed.parse(await hub.rpc('tools/list', {}, path)).tools;
const callAt = (path: string, name: string, args: object = {}) =>
  hub.rpc('tools/call', { name, arguments: args }, path);
const textsOf = (result: Record<string, unknown>): string[] =>
  Texts.parse(result).content.map(({ text }) => text);
const handleIn = (note: string | undefined) =>
  z
    .object({ id: z.string(), offset: z.int() })
    .parse(JSON.parse(/with (\{.*?\})/.exec(note ?? '')?.[1] ?? '{}'));
const run = async (code: string, more: object = {}) => {
  const result = await callAt(CODE, 'run_code', { code, ...more });
  return { ...Ran.parse(result), text: textsOf(result)[0] ?? '' };
};

describe('a profile of mode code', () => {
  test('lists what finds and runs, with honest hints, and says so', async () => {
    const tools = await listed(CODE);
    expect(tools.map(({ name }) => name)).toEqual([
      'find_tools',
      'describe_tool',
      'run_code',
      'read_result',
      'shop__get_item',
    ]);
    expect(tools[2]?.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
    const reads = (await listed('/mcp/p/reads')).find(({ name }) => name === 'run_code');
    expect(reads?.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    const { instructions } = await hub.rpc('server/discover', {}, CODE);
    expect(instructions).toMatch(/8 tools can be used here.*run_code.*Servers: asks, asksnow, big-one, shop/);
  });

  test('finds tools as declarations of what code calls, and describes one in full', async () => {
    const [found] = textsOf(
      await callAt(CODE, 'find_tools', { query: 'retrieve an item of the shop', limit: 2 }),
    );
    expect(found).toBe(`declare const servers: {
  shop: {
    /** Retrieves an item of the shop. (read) */ get_item(args?: { id?: string }): Promise<{ args?: Record<string, unknown> }>;
    /** Adds an item to the shop. (write) */ create_item(args?: { id?: string }): Promise<unknown>;
  };
};`);
    for (const name of ['big-one__big', 'servers["big-one"].big'])
      expect(textsOf(await callAt(CODE, 'describe_tool', { name }))).toEqual([
        `declare const servers: {
  "big-one": {
    /** Effect: destructive. */ big(args: { bytes: number }): Promise<unknown>;
  };
};
// Returns that many bytes of text.`,
      ]);
    for (const used of ['describe_tool', 'find_tools'])
      expect(
        JSON.stringify(await callAt(CODE, used, { name: 'shop__silent_item', query: 'silent' })),
      ).not.toContain('Says nothing');
  });

  test('runs code that calls tools of several servers, through the same door as any other call', async () => {
    const { structuredContent, text } = await run(`
      const { args } = await servers.shop.get_item({ id: '7' });
      const texts = await Promise.all([1, 2].map((bytes) => servers['big-one'].big({ bytes })));
      console.log('texts', texts);
      return { id: args.id, texts };`);
    expect(structuredContent).toMatchObject({
      value: { id: '7', texts: ['x', 'xx'] },
      logs: ['texts ["x","xx"]'],
      calls: [
        { tool: 'shop__get_item', outcome: 'ok' },
        { tool: 'big-one__big', outcome: 'ok' },
        { tool: 'big-one__big', outcome: 'ok' },
      ],
    });
    expect(text).toBe(
      '{"id":"7","texts":["x","xx"]}\n\nLogs:\ntexts ["x","xx"]\n\nCalls:\nshop__get_item: ok\nbig-one__big: ok (2 times)',
    );
  });

  test('has the digits of a number that no double holds as a text', async () => {
    const { structuredContent } = await run(
      "const { digits } = await servers.shop.get_item({ digits: '9007199254740993' }); return digits;",
    );
    expect(structuredContent.value).toBe('9007199254740993');
  });

  test('cannot call what the profile leaves out, by any name', async () => {
    const { structuredContent } = await run(`
      const tries = [() => servers.shop.silent_item(), () => tools.shop__silent_item(), () => servers.shop.get_log()];
      return Promise.all(tries.map(async (call) => { try { return await call() } catch (e) { return e.message } }));`);
    const [direct, named, log] = z.array(z.string()).parse(structuredContent.value);
    expect([direct, named]).toEqual([
      'servers.shop has no tool silent_item; find_tools finds tools',
      'there is no tool shop__silent_item here; find_tools finds tools',
    ]);
    expect(log).not.toContain('silent_item');
    await expect(
      run('return 1', { name: 'x' }).then(() => callAt('/mcp/p/search', 'run_code', { code: 'return 1' })),
    ).rejects.toThrow(/Unknown tool/);
  });

  test('tells what went wrong, and where in the code', async () => {
    const failed = await run('const a = 1;\nawait servers["big-one"].big({ bytes: "many" }) ;\nthrow 1');
    expect(failed).toMatchObject({
      isError: true,
      structuredContent: { calls: [{ tool: 'big-one__big', outcome: 'ok' }] },
    });
    const caught = await run('try { await servers.asks.order() } catch { return "went on" }');
    expect(caught).toMatchObject({
      structuredContent: { value: 'went on', calls: [{ tool: 'asks__order', outcome: 'failed' }] },
    });
    const syntax = await run('return 1;\n\nconst = 5;');
    expect(syntax).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^Line 3: SyntaxError/) as unknown,
    });
    const thrown = await run('console.log("before");\nawait servers.shop.create_item({});\nnull.x');
    expect(thrown.text).toMatch(/^Line 3: TypeError.*\n\nLogs:\nbefore\n\nCalls:\nshop__create_item: ok$/s);
    expect(thrown.structuredContent).toMatchObject({ error: { line: 3 }, logs: ['before'] });
    expect((await run('await new Promise(() => {})')).text).toMatch(/awaits a promise.*Do less/);
    expect(await callAt(CODE, 'run_code', {})).toMatchObject({ isError: true });
    expect(await callAt(CODE, 'run_code', { code: 'return 1', timeoutMs: 1 })).toMatchObject({
      isError: true,
    });
  });

  test('keeps what its code breaks to itself: arguments that are no JSON end no hub', async () => {
    const none = await run('await servers.shop.get_item({ toJSON() { return undefined } })');
    expect(none).toMatchObject({ isError: true, structuredContent: { calls: [] } });
    expect(none.text).toContain('shop__get_item takes one object with its arguments');
    expect((await run('return 1')).structuredContent.value).toBe(1);
  });

  test('ends code that computes for ever, while everybody else is served', async () => {
    const loop = run('for (;;) {}', { timeoutMs: 1_500 });
    for (let i = 0; i < 20; i += 1) await callAt('/mcp', 'shop__get_item');
    expect(await loop).toMatchObject({
      isError: true,
      text: expect.stringContaining('computed for more than 1500 ms') as unknown,
    });
  });

  test('returns much in pieces', async () => {
    const result = await callAt(CODE, 'run_code', {
      code: 'return Array.from({ length: 5000 }, (_, id) => ({ id, text: "row " + id }))',
    });
    expect(Ran.parse(result).structuredContent).toEqual({ cut: true, calls: [] });
    const [page, note] = textsOf(result);
    expect(page?.length).toBeLessThanOrEqual(40_000);
    const { id, offset } = handleIn(note);
    expect(offset).toBe(page?.length);
    const [rest] = textsOf(await callAt(CODE, 'read_result', { id, offset }));
    const next = (page?.split('\n').length ?? 0) - 2;
    expect(rest?.split('\n')[0]).toBe(` {"id":${next},"text":"row ${next}"},`);
    const [found] = textsOf(await callAt(CODE, 'read_result', { id, query: 'row 4999"' }));
    expect(found).toMatch(/^\d+:  \{"id":4999/);
    expect(textsOf(await callAt(CODE, 'read_result', { id, query: '/4998/text' }))[0]).toBe('"row 4998"');
  });
});

describe.each(['modern', 'legacy'] as const)('a %s client that runs code', (era) => {
  const connect = async (): Promise<SdkClient> => {
    const client = await connectSdk(era, hub.url + CODE);
    open.push(client);
    return client;
  };

  test('gets values and errors that its SDK takes, and hears of each call', async () => {
    const client = await connect();
    await client.tools();
    const steps: unknown[] = [];
    const onprogress = (step: object) => void steps.push(step);
    const code = 'for (const id of "ab") await servers.shop.get_item({ id });\nreturn 5';
    const result = await client.call('run_code', { code }, { onprogress });
    expect(result).toMatchObject({ structuredContent: { value: 5 } });
    expect(steps).toMatchObject([
      { progress: 1, message: 'shop__get_item answered' },
      { progress: 2, message: 'shop__get_item answered' },
    ]);
    expect(await client.call('run_code', { code: 'return [' })).toMatchObject({ isError: true });
    const big = await client.call('run_code', { code: 'return "y".repeat(1e5)' });
    expect(big).toMatchObject({ structuredContent: { cut: true } });
  });

  test('that gives up ends the run and the calls of it', async () => {
    const client = await connect();
    const abort = new AbortController();
    const cancelled = async () =>
      (textsOf(await callAt('/mcp', 'shop__get_log'))[0] ?? '')
        .split(' ')
        .filter((word) => word === 'cancelled').length;
    const before = await cancelled();
    const started = async () =>
      (textsOf(await callAt('/mcp', 'shop__get_log'))[0] ?? '').split('count').length;
    const counts = await started();
    const call = client.call('run_code', { code: 'await servers.shop.count()' }, { signal: abort.signal });
    const ended = call.then(String, String);
    await eventually(async () => (await started()) > counts);
    abort.abort();
    expect(await ended).toMatch(/abort/i);
    await eventually(async () => (await cancelled()) === before + 1);
  });

  test.each(['asks', 'asksnow'])('is asked by a tool of %s that code calls', async (server) => {
    const client = await connect();
    const result = await client.call('run_code', { code: `return servers.${server}.order()` });
    const answer = era === 'legacy' ? 'ordered for Ada' : 'cannot answer without asking its client';
    expect(JSON.stringify(result)).toContain(answer);
  });
});

describe('a profile with a budget for results', () => {
  test('lists read_result, and no schema that a cut result would break', async () => {
    const tools = await listed('/mcp/p/short');
    expect(tools[0]?.name).toBe('read_result');
    expect(tools.filter(({ outputSchema }) => outputSchema)).toEqual([]);
    expect((await listed('/mcp/p/search')).map(({ name }) => name)).not.toContain('read_result');
  });

  test('gives small results as they are, and large ones in pieces that are the whole together', async () => {
    const args = { id: 'one' };
    expect(await callAt('/mcp/p/short', 'shop__get_item', args)).toEqual(
      await callAt('/mcp', 'shop__get_item', args),
    );
    const [first, note] = textsOf(await callAt('/mcp/p/short', 'big-one__big', { bytes: 4_500 }));
    expect([first?.length, note]).toEqual([
      2_000,
      expect.stringContaining('2000 of 4500 characters') as unknown,
    ]);
    const id = /"id":"(.*?)"/.exec(note ?? '')?.[1];
    const read = async (more: object) =>
      textsOf(await callAt('/mcp/p/short', 'read_result', { id, ...more }));
    expect((await read({ offset: 2_000 }))[1]).toMatch(/offset 4000/);
    expect(await read({ offset: 4_000 })).toEqual(['x'.repeat(500), '[This was the last of it.]']);
    expect(await read({ query: 'nothing of it' })).toEqual(['', '[Nothing found.]']);
    expect(await read({ offset: -1 })).toEqual([expect.stringMatching(/offset must be/)]);
  });

  test('keeps what it cut for the client alone that asked', async () => {
    const [, note] = textsOf(await callAt('/mcp/p/short', 'big-one__big', { bytes: 4_500 }));
    const id = /"id":"(.*?)"/.exec(note ?? '')?.[1];
    expect(await callAt(CODE, 'read_result', { id })).toMatchObject({ isError: true });
    const sessions = await Promise.all([1, 2].map(() => connectSdk('legacy', `${hub.url}/mcp/p/short`)));
    open.push(...sessions);
    const [mine, other] = sessions;
    const cut = textsOf((await mine?.call('big-one__big', { bytes: 9_000 })) ?? {});
    const own = /"id":"(.*?)"/.exec(cut[1] ?? '')?.[1];
    expect(textsOf((await mine?.call('read_result', { id: own })) ?? {})[0]).toBe(cut[0]);
    expect(await other?.call('read_result', { id: own })).toMatchObject({ isError: true });
  });
});
