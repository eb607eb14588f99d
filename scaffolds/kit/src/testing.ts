import { createHash } from 'node:crypto';
import type { ToolDefinition } from '@counterpart/schemas';
import { canonicalJson } from '@counterpart/schemas/json';
import { afterEach, describe, expect, test } from 'vitest';
import { Bench, canary } from './testing/bench.ts';
import { modernMeta, type Message } from './testing/peer.ts';
import { sampleArguments } from './testing/sample-arguments.ts';
import { echo, startHangingService, startService } from './testing/service.ts';

export { testContext, type TestSetting } from './testing/context.ts';
export {
  echo,
  startHangingService,
  startService,
  type HangingService,
  type Service,
} from './testing/service.ts';
export { entryOf, modernMeta, StdioPeer, type Exit, type Message } from './testing/peer.ts';

const UNKNOWN = 'no-such-argument';

const hashOf = (definition: unknown): string =>
  `sha256-${createHash('sha256').update(canonicalJson(definition)).digest('hex')}`;

const toolsOf = (message: Message): ToolDefinition[] => (message.result?.['tools'] ?? []) as ToolDefinition[];

function textOf(message: Message): string {
  const content = (message.result?.['content'] ?? []) as { text?: string }[];
  return content.map(({ text }) => text ?? '').join('\n');
}

/** A tool that can be called with made-up arguments, with those. */
function callable(
  tools: readonly ToolDefinition[],
): { readonly name: string; readonly arguments: object } | undefined {
  for (const tool of tools) {
    const args = sampleArguments(tool);
    if (args) return { name: tool.name, arguments: args };
  }
  return undefined;
}

function handshakeTests(bench: Bench): void {
  const { id, version } = bench.manifest;

  test('it shakes hands with clients of 2025-11-25 and answers their ping', async () => {
    const peer = bench.start();
    const { result } = await peer.initialize();
    expect(result).toMatchObject({ protocolVersion: '2025-11-25', serverInfo: { name: id, version } });
    expect((await peer.request('ping')).result).toEqual({});
  });

  test('it is discovered by clients of 2026-07-28 without a handshake', async () => {
    const { result } = await bench.start().modern('server/discover');
    expect(result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
    });
  });
}

function toolTests(bench: Bench): void {
  const { tools } = bench.manifest;

  test('it lists exactly the tools of its manifest, the same to both eras', async () => {
    const peer = bench.start();
    await peer.initialize();
    const legacy = toolsOf(await peer.request('tools/list'));
    const modern = await peer.modern('tools/list');
    const expected = Object.fromEntries(Object.entries(tools).map(([name, { hash }]) => [name, hash]));
    expect(Object.fromEntries(legacy.map((tool) => [tool.name, hashOf(tool)]))).toEqual(expected);
    expect(toolsOf(modern)).toEqual(legacy);
    expect(Object.keys(modern.result ?? {}).sort()).toEqual([
      '_meta',
      'cacheScope',
      'resultType',
      'tools',
      'ttlMs',
    ]);
  });

  test('every tool answers wrong input with an error that names the field', async () => {
    const peer = bench.start();
    const silent = await Promise.all(
      Object.keys(tools).map(async (name) => {
        const answer = await peer.modern('tools/call', { name, arguments: { [UNKNOWN]: 1 } });
        return answer.result?.['isError'] === true && textOf(answer).includes(UNKNOWN) ? [] : [name];
      }),
    );
    expect(silent.flat()).toEqual([]);
  });

  test('an unknown tool is a protocol error with code -32602', async () => {
    const { error } = await bench.start().modern('tools/call', { name: 'no_such_tool', arguments: {} });
    expect(error?.code).toBe(-32602);
  });
}

function serviceTests(bench: Bench): void {
  test('a cancelled call is given up at the service and never answered', async ({ skip }) => {
    const service = bench.keep(await startHangingService());
    const peer = bench.start(service.url);
    const call = callable(toolsOf(await peer.modern('tools/list')));
    if (!call) return skip('no tool can be called with simple arguments');
    const { id, answer } = peer.begin('tools/call', { ...call, _meta: { ...modernMeta } });
    const lost = answer.catch(() => undefined);
    await service.arrived;
    peer.notify('notifications/cancelled', { requestId: id });
    await service.dropped;
    await peer.modern('server/discover');
    expect(peer.lines.filter((line) => (JSON.parse(line) as Message).id === id)).toEqual([]);
    await peer.end();
    await lost;
  });

  test('no secret comes back, even from a service that repeats it', async () => {
    const peer = bench.start(bench.keep(await startService(echo)).url);
    const call = callable(toolsOf(await peer.modern('tools/list')));
    if (call) await peer.modern('tools/call', call);
    const outputs = [...peer.lines, peer.stderr];
    const leaked = bench.manifest.secrets.filter(({ name }) =>
      outputs.some((line) => line.includes(canary(name))),
    );
    expect(leaked).toEqual([]);
  });
}

function processTests(bench: Bench): void {
  test('it ends by itself, with code 0, when its input ends', async () => {
    const peer = bench.start();
    await peer.modern('server/discover');
    expect(await peer.end(2_000)).toEqual({ code: 0, signal: null });
  });

  test('it writes nothing but the protocol to standard output', async () => {
    const peer = bench.start();
    await peer.initialize();
    await peer.request('tools/list');
    const refused = peer.next(({ error }) => error?.code === -32700);
    peer.write('this is not JSON');
    await refused;
    await peer.end();
    const messages = peer.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(messages.filter((message) => message['jsonrpc'] !== '2.0')).toEqual([]);
  });
}

/**
 * Declares the contract that every generated server keeps, as tests: both handshakes, the manifest's tools and no others,
 * wrong input named, cancellation, a clean exit, and no secret in any answer. `root` is the server's directory.
 */
export function testServer(root: URL): void {
  const bench = new Bench(root);
  describe(`${bench.manifest.id} keeps the contract of a server`, () => {
    afterEach(() => bench.close());
    handshakeTests(bench);
    toolTests(bench);
    if (bench.addressNames.length > 0) serviceTests(bench);
    processTests(bench);
  });
}
