import { fileURLToPath } from 'node:url';
import { Client as ModernClient } from '@modelcontextprotocol/client';
import { StdioClientTransport as ModernTransport } from '@modelcontextprotocol/client/stdio';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { startService, type Service } from '@counterpart/kit/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../fixtures/kit/tiny/src/server.ts', import.meta.url));
const names = [
  'list_things',
  'get_thing',
  'create_thing',
  'list_names',
  'get_picture',
  'add_numbers',
  'summarize_things',
];

let service: Service;
const closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  // An answer that strays from its schema in type, in a missing member and in a member too many.
  service = await startService((_, response) =>
    response.setHeader('content-type', 'application/json').end('{"id":"seven","extra":1}'),
  );
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await service.close();
});

const launch = (): { command: string; args: string[]; env: Record<string, string> } => ({
  command: process.execPath,
  args: [program],
  env: { TINY_BASE_URL: service.url, TINY_TOKEN: 'top-secret' },
});

test('the v1 SDK client lists and calls, and accepts an answer that strays from its description', async () => {
  const client = new LegacyClient({ name: 'v1', version: '1.0.0' });
  closers.push(() => client.close());
  await client.connect(new LegacyTransport(launch()));
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(names);
  const result = await client.callTool({ name: 'get_thing', arguments: { id: '7' } });
  expect(result).toMatchObject({
    structuredContent: { extra: 1 },
    _meta: { 'counterpart/drift': ['id: expected integer or null'] },
  });
});

test.each(['legacy', 'auto'] as const)(
  'the v2 SDK client lists and calls with negotiation %s',
  async (mode) => {
    const client = new ModernClient({ name: 'v2', version: '1.0.0' }, { versionNegotiation: { mode } });
    closers.push(() => client.close());
    await client.connect(new ModernTransport(launch()));
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(names);
    const result = await client.callTool({ name: 'get_thing', arguments: { id: '7' } });
    expect(result.structuredContent).toEqual({ extra: 1 });
    expect((await client.callTool({ name: 'add_numbers', arguments: { a: 1 } })).isError).toBe(true);
  },
);
