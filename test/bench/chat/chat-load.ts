import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

export interface ChatLoad {
  /** Such as `http://127.0.0.1:3210/v1`. */
  readonly url: string;
  readonly token: string;
  readonly model: string;
  /** At the same time. */
  readonly streams: number;
  /** They begin one after another, evenly over so long; absent: all at once. */
  readonly spreadMs?: number | undefined;
  /** Processes whose time counts, by id. */
  readonly pid: number;
}

export interface ChatFigures {
  /** From the request to the first word, in milliseconds: half of the streams are quicker, and all but 5 %. */
  readonly firstMs: { readonly median: number; readonly p95: number };
  /** From the provider's socket to the client's, in milliseconds. */
  readonly chunkMs: { readonly median: number; readonly p95: number };
  readonly chunks: number;
  /** Processor time for a chunk, in milliseconds, everything included. */
  readonly cpuMs: number;
}

/** Clock ticks of `/proc/<pid>/stat` in a second: the same on every Linux that Node runs on. */
const TICKS = 100;

/** Processor time of a process until now, in milliseconds; 0 where there is no `/proc`. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  } catch {
    return 0;
  }
}

const quantile = (sorted: readonly number[], at: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN;
const spread = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) };
};

/** Opens so many streams at once and measures until the last has ended. */
export async function loadChat(load: ChatLoad): Promise<ChatFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.streams });
  const firsts: number[] = [];
  const delays: number[] = [];
  const before = cpuOf(load.pid);
  const every = (load.spreadMs ?? 0) / load.streams;
  const begin = async (number: number): Promise<void> => {
    if (every > 0) await delay(number * every);
    await oneStream(load, agent, { firsts, delays });
  };
  await Promise.all(Array.from({ length: load.streams }, (_, number) => begin(number)));
  const cpu = cpuOf(load.pid) - before;
  agent.destroy();
  return {
    firstMs: spread(firsts),
    chunkMs: spread(delays),
    chunks: delays.length,
    cpuMs: cpu / Math.max(1, delays.length),
  };
}

interface Seen {
  readonly firsts: number[];
  readonly delays: number[];
}

function oneStream({ url, token, model }: ChatLoad, agent: Agent, { firsts, delays }: Seen): Promise<void> {
  const body = JSON.stringify({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'Say when.' }],
    counterpart: { view: 'none' },
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      let isFirst = true;
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const now = process.hrtime.bigint();
        for (const [, sentAt = '0'] of text.matchAll(/"content":"(\d+) "/g)) {
          if (isFirst) firsts.push(performance.now() - startedAt);
          isFirst = false;
          delays.push(Number(now - BigInt(sentAt)) / 1e6);
        }
      });
      response.once('end', resolve);
      response.once('error', reject);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
