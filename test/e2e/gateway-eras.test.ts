import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../../hub/src/kernel/ports.ts';
import { serveRealServers, type RealHub } from '../fixtures/gateway/real-servers.ts';
import { connectSdk, type SdkClient } from '../fixtures/gateway/sdk-clients.ts';

const PEER = new URL('../fixtures/gateway/peer.mjs', import.meta.url).pathname;
const text = (value: string): object => ({ content: [{ type: 'text', text: value }] });

const PAIRS: readonly { readonly client: Era; readonly server: Era }[] = [
  { client: 'modern', server: 'modern' },
  { client: 'modern', server: 'legacy' },
  { client: 'legacy', server: 'modern' },
  { client: 'legacy', server: 'legacy' },
];

describe.each(PAIRS)(
  'a $client client and a $server server through the hub',
  ({ client: clientEra, server }) => {
    let hub: RealHub;
    let client: SdkClient;
    const open: SdkClient[] = [];
    const connect = async (): Promise<SdkClient> => {
      const connected = await connectSdk(clientEra, hub.url);
      open.push(connected);
      return connected;
    };

    beforeAll(async () => {
      hub = await serveRealServers({ peer: { args: [PEER, server], declare: { elicitation: {} } } });
    });
    afterEach(async () => {
      for (const connected of open.splice(0)) await connected.close();
    });
    afterAll(() => hub.close());

    it('speak their own revisions', async () => {
      client = await connect();
      expect(client.protocol).toBe(clientEra === 'modern' ? '2026-07-28' : '2025-11-25');
      expect(hub.upstreams.get('peer')?.info?.era).toBe(server);
    });

    it('list and call tools, with nothing lost of the result', async () => {
      client = await connect();
      const names = (await client.tools()).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['echo', 'count', 'order']));
      const result = await client.call('echo', { text: 'größer 😀' });
      expect(result).toMatchObject({
        ...text('größer 😀'),
        structuredContent: { text: 'größer 😀' },
        _meta: { 'vendor.example/kept': 1 },
      });
    });

    it('read resources and templates, get prompts and complete arguments', async () => {
      client = await connect();
      expect(await client.read('peer://one')).toMatchObject({
        contents: [{ uri: 'peer://one', text: 'content of peer://one' }],
      });
      expect(await client.read('peer://item/7')).toMatchObject({ contents: [{ uri: 'peer://item/7' }] });
      await expect(client.read('peer://item/none')).rejects.toMatchObject({
        code: clientEra === 'modern' || server === 'modern' ? -32602 : -32002,
      });
      expect(await client.prompt('greet', { who: 'Ada' })).toMatchObject({
        messages: [{ content: { text: 'Hello Ada' } }],
      });
      expect(await client.complete('par')).toMatchObject({ completion: { values: ['paris'] } });
    });

    it('carry progress', async () => {
      client = await connect();
      const steps: unknown[] = [];
      await client.call(
        'count',
        {},
        { onprogress: ({ progress, message }) => steps.push([progress, message]) },
      );
      expect(steps).toEqual([
        [1, 'step 1'],
        [2, 'step 2'],
        [3, 'step 3'],
      ]);
    });

    it('carry log messages', async () => {
      client = await connect();
      await client.listenToLogs();
      await client.call('talk');
      await expect.poll(() => client.heard.logs).toEqual(['hello']);
    });

    it('carry cancellation', async () => {
      client = await connect();
      const before = await client.call('cancelled');
      const abort = new AbortController();
      const waiting = client.call('wait', {}, { signal: abort.signal });
      setTimeout(() => abort.abort(), 50);
      await expect(waiting).rejects.toThrow(/abort/i);
      await expect.poll(() => client.call('cancelled')).not.toEqual(before);
    });

    it('carry changes of the tools and of a watched resource', async () => {
      client = await connect();
      await client.follow('peer://one');
      const before = (await client.tools()).length;
      await expect
        .poll(async () => {
          await client.call('touch');
          return client.heard.updates;
        })
        .toContain('peer://one');
      await client.call('grow');
      await expect.poll(() => client.heard.toolChanges.length).toBeGreaterThan(0);
      await expect.poll(async () => (await client.tools()).length).toBe(before + 1);
    });

    it('carry a server’s question to the client and its answer back', async () => {
      client = await connect();
      expect(JSON.stringify(await client.call('order'))).toContain('ordered for Ada');
    });

    it('serve many callers of one process at once, each its own answer', async () => {
      const clients = await Promise.all([connect(), connect(), connect()]);
      const answers = await Promise.all(
        Array.from({ length: 60 }, async (_, index) =>
          clients[index % 3]?.call('echo', { text: `call ${index}` }),
        ),
      );
      expect(answers.map((answer) => answer?.['structuredContent'])).toEqual(
        answers.map((_, index) => ({ text: `call ${index}` })),
      );
    });
  },
);
