import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../guards/proofs-reporter.ts';
import { makeHome, startHub } from '../fixtures/hub.ts';
import { LoadClient } from './load/mcp-load.ts';
import { load, median, pssMegabytes, type Load } from './measure.ts';
import { untilListed } from './targets.ts';

export interface Cold {
  /** From spawning the bundle to its first list of tools. */
  readonly spawnMs: number;
  readonly pssMb: number;
  readonly tools: number;
  /** The hub's list of this server's tools, its process never started. */
  readonly list: Load;
  readonly started: boolean;
}

const SPAWNS = 9;
const LIST_MS = 1_500;

/** Measures one built server of the repository: alone, and listed by a hub that never started it. */
export async function measureColdServer(id: string): Promise<Cold> {
  const folder = makeHome({ log: { level: 'info' } }, { [id]: join(ROOT, 'servers', id) });
  const hub = await startHub(folder.home);
  try {
    const directory = join(folder.home, 'servers', id);
    const { tools, entry } = readManifest(directory);
    const [first = ''] = tools;
    await untilListed(`${hub.url}/mcp`, `${id}__${first}`);
    const client = new LoadClient(`${hub.url}/mcp`, 'modern');
    const list = await load(() => client.request('tools/list'), hub.pid, { workers: 1, durationMs: LIST_MS });
    client.close();
    const state = JSON.stringify(await hub.get('/api/servers'));
    const runs: { ms: number; pssMb: number }[] = [];
    for (let run = 0; run < SPAWNS; run++) runs.push(await spawnOnce(join(directory, entry)));
    return {
      spawnMs: median(runs.map(({ ms }) => ms)),
      pssMb: median(runs.map(({ pssMb }) => pssMb)),
      tools: tools.length,
      list,
      started: !state.includes('"stopped"'),
    };
  } finally {
    await hub.stop();
    folder.remove();
  }
}

function readManifest(directory: string): { tools: string[]; entry: string } {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as {
    entry: string;
    tools: object;
  };
  if (!existsSync(join(directory, manifest.entry)))
    throw new Error(`${directory} has no bundle: ${manifest.entry}`);
  return { tools: Object.keys(manifest.tools), entry: manifest.entry };
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

async function spawnOnce(entry: string): Promise<{ ms: number; pssMb: number }> {
  const begin = performance.now();
  const child = spawn(process.execPath, [entry], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const lines = createInterface({ input: child.stdout });
  child.stdin.write(
    `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: META } })}\n`,
  );
  await once(lines, 'line');
  const ms = performance.now() - begin;
  const pssMb = pssMegabytes(child.pid ?? 0);
  child.stdin.end();
  await once(child, 'exit');
  return { ms, pssMb };
}
