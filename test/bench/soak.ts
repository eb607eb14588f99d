import { LoadClient } from './load/mcp-load.ts';
import { load, median, rssMegabytes } from './measure.ts';
import { startHubWithEcho } from './targets.ts';

export interface Soak {
  readonly seconds: number;
  readonly calls: number;
  /** Memory of the hub's process after each part of the time. */
  readonly rssMb: readonly number[];
  /** Median of the last third less that of the second third: the first warms up. */
  readonly growthMb: number;
}

const PARTS = 12;
const WORKERS = 8;

/** Eight calls at once for a long time, in both eras by turns. */
export async function soak(seconds: number, told: (line: string) => void): Promise<Soak> {
  const hub = await startHubWithEcho();
  const clients = [new LoadClient(hub.url, 'modern'), new LoadClient(hub.url, 'legacy')];
  try {
    for (const client of clients) await client.open();
    const rssMb: number[] = [];
    let calls = 0;
    for (let part = 0; part < PARTS; part++) {
      for (const client of clients) {
        const durationMs = (seconds * 1_000) / PARTS / clients.length;
        const call = () => client.request('tools/call', 'bench__echo', '{"text":"hello"}');
        const { perSecond } = await load(call, hub.pid, { workers: WORKERS, durationMs });
        calls += Math.round((perSecond * durationMs) / 1_000);
      }
      rssMb.push(rssMegabytes(hub.pid));
      told(
        `${Math.round((seconds * (part + 1)) / PARTS)} s: ${rssMb.at(-1)?.toFixed(1)} MB after ${calls} calls`,
      );
    }
    const third = PARTS / 3;
    return {
      seconds,
      calls,
      rssMb,
      growthMb: median(rssMb.slice(-third)) - median(rssMb.slice(third, -third)),
    };
  } finally {
    for (const client of clients) client.close();
    await hub.stop();
  }
}
