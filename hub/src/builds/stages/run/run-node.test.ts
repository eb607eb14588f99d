import { mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache, getCompileCacheDir } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runNode } from './run-node.ts';

const folder = mkdtempSync(join(tmpdir(), 'run-node-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a program knows where the hub’s code lies compiled, and nothing else of its environment', async () => {
  // Nothing changes where it is on already.
  enableCompileCache(folder);
  const told = "JSON.stringify([require('node:module').getCompileCacheDir(), Object.keys(process.env)])";
  const limits = { signal: new AbortController().signal, timeoutMs: 20_000, heapMb: 64 };
  const { stdout } = await runNode(['-p', told], limits);
  expect(JSON.parse(stdout)).toEqual([getCompileCacheDir(), ['NODE_COMPILE_CACHE']]);
});
