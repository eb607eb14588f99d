import { LoadClient } from './load/mcp-load.ts';
import { median } from './measure.ts';
import { startHubWithEcho } from './targets.ts';

export interface Recovery {
  /** From SIGKILL of a server under load to the first call that was begun afterwards and answered with success. */
  readonly backMs: number;
  /** Calls that failed, of those in flight and those that came after. */
  readonly failed: number;
}

const WORKERS = 8;
const WARM_UP_MS = 500;
const PATIENCE_MS = 5_000;

/** Kills the server behind a fresh hub while eight clients call it; the medians of several such hubs. */
export async function measureRecovery(rounds: number): Promise<Recovery> {
  const seen: Recovery[] = [];
  for (let round = 0; round < rounds; round += 1) seen.push(await recoverOnce());
  return {
    backMs: median(seen.map(({ backMs }) => backMs)),
    failed: median(seen.map(({ failed }) => failed)),
  };
}

async function recoverOnce(): Promise<Recovery> {
  const hub = await startHubWithEcho();
  const client = new LoadClient(hub.url, 'modern');
  try {
    const servers = JSON.stringify(await (await fetch(new URL('/api/servers', hub.url))).json());
    const pid = Number(/"pid":(\d+)/.exec(servers)?.[1]);
    return await underLoad(client, pid);
  } finally {
    client.close();
    await hub.stop();
  }
}

async function underLoad(client: LoadClient, pid: number): Promise<Recovery> {
  let killedAt = Number.POSITIVE_INFINITY;
  let backMs = Number.NaN;
  let failed = 0;
  const begin = performance.now();
  const done = (): boolean =>
    !Number.isNaN(backMs) || performance.now() - Math.min(killedAt, begin + WARM_UP_MS) > PATIENCE_MS;
  const worker = async (): Promise<void> => {
    while (!done()) {
      const at = performance.now();
      const ok = await client.request('tools/call', 'bench__echo', '{"text":"hello"}').then(
        () => true,
        () => false,
      );
      if (!ok) failed += 1;
      else if (at > killedAt && Number.isNaN(backMs)) backMs = performance.now() - killedAt;
    }
  };
  setTimeout(() => {
    process.kill(pid, 'SIGKILL');
    killedAt = performance.now();
  }, WARM_UP_MS);
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return { backMs, failed };
}
