import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMirror } from '@counterpart/scaffolds/mirror/serve';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { verifyServer } from '../../hub/src/builder/verify/verify-server.ts';
import { openSession } from '../../hub/src/builder/verify/stdio-session.ts';
import { verifies } from '../verifies.ts';
import { openWorkspace } from './builder-workspace.ts';

const golden = (path: string) => fileURLToPath(new URL(`../../scaffolds/golden/${path}`, import.meta.url));

/** A service of a few lines that is not ours: parameters by position only, errors with and without HTTP's. */
async function startService(): Promise<AsyncDisposable & { url: string; seen: unknown[] }> {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const call = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { id: number; params?: unknown[] };
      seen.push({ ...call, authorization: request.headers.authorization });
      const [id] = call.params ?? [];
      const error = { code: 404, message: 'no toy for key top-secret', data: { id } };
      const said = id === 404 ? { error } : { result: { id, name: 'Lamp' } };
      response
        .writeHead(id === 404 ? 400 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...said }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens on a port
    seen,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

test('a JSON-RPC service becomes a server from its description, and from asking the service itself', async () => {
  verifies('M41');
  await using workspace = await openWorkspace();
  const report = await workspace.build({ from: golden('json-rpc/shop/input.json'), name: 'toys' });
  expect(report).toMatchObject({ outcome: 'installed', check: { callOutcome: 'ok' } });
  expect(await verifyServer(report.directory)).toMatchObject({ passed: true, counts: { failed: 0, ok: 5 } });
  const blueprint = Blueprint.parse(
    JSON.parse(await readFile(join(report.directory, 'blueprint.json'), 'utf8')),
  );
  await using service = await startService();
  const session = await openSession({
    file: join(report.directory, 'dist', 'server.js'),
    env: { TOYS_BASE_URL: service.url, TOYS_TOKEN: 'top-secret' },
    timeoutMs: 20_000,
  });
  const mirror = await startMirror(blueprint);
  try {
    expect(await session.callTool('get_toys', { id: 3 })).toMatchObject({ isError: false });
    expect(service.seen.at(-1)).toMatchObject({
      jsonrpc: '2.0',
      method: 'toys.get',
      params: [3],
      authorization: 'Bearer top-secret',
    });
    const refused = await session.callTool('get_toys', { id: 404 });
    expect(refused.isError).toBe(true);
    expect(refused.text).toContain('The service refused toys.get: no toy for key');
    expect(refused.text).toContain('(code 404; it means: There is no such toy)');
    expect(refused.text).not.toContain('top-secret');
    // The mirror describes itself, so that the same tools come from asking it.
    const again = await workspace.build({ from: `${mirror.url}/api/rpc`, name: 'asked' });
    expect(again.tools).toEqual(report.tools);
    const asked = Blueprint.parse(
      JSON.parse(await readFile(join(again.directory, 'blueprint.json'), 'utf8')),
    );
    expect(asked.operations.map(({ rpc }) => rpc)).toEqual(blueprint.operations.map(({ rpc }) => rpc));
    expect({ servers: asked.servers, rpc: asked.rpc }).toEqual({
      servers: [{ url: mirror.url }],
      rpc: { path: '/api/rpc' },
    });
  } finally {
    await session.close();
    await mirror.close();
  }
});

test('a JSON-RPC service that does not describe itself says what to give instead', async () => {
  await using workspace = await openWorkspace();
  await using service = await startService();
  await expect(workspace.build({ from: `${service.url}/rpc`, name: 'shut' })).rejects.toMatchObject({
    code: 'RPC_DISCOVERY_REFUSED',
  });
});
