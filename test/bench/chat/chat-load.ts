import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** An endpoint that streams answers, and whose time is looked at. */
export interface ChatTarget {
  /** Such as `http://127.0.0.1:3210/v1`. */
  readonly url: string;
  readonly token: string;
  readonly model: string;
  /** The process whose processor time counts. */
  readonly pid: number;
}

export interface ChatLoad {
  /** Under way at every moment that is measured: where one ends the next begins. */
  readonly streams: number;
  /** Of one stream, about: over so long the first ones begin, one by one, and so long is measured. */
  readonly streamMs: number;
}

export interface ChatFigures {
  /** From the request to the first word, in milliseconds, of the streams that began while it was measured; ascending. */
  readonly firstMs: readonly number[];
  /** From the provider's writing to the client's reading, in milliseconds; ascending. */
  readonly chunkMs: readonly number[];
  /** Processor time of a chunk that was measured, in milliseconds, with its share of its request; 0 where there is no `/proc`. */
  readonly userMs: number;
  readonly systemMs: number;
  /** Processor time, in milliseconds, of all that was measured. */
  readonly processorMs: number;
  /** Streams that began while it was measured. */
  readonly begun: number;
  /** Of each stream, to its end, measured or not. */
  readonly chunksOfEach: readonly number[];
}

/** Clock ticks of `/proc/<pid>/stat` in a second: the same on every Linux that Node runs on. */
const TICKS = 100;

/** Processor time of a process until now, in milliseconds, in its own code and in the system's. */
function processorOf(pid: number): readonly [user: number, system: number] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return [(Number(fields[11]) * 1000) / TICKS, (Number(fields[12]) * 1000) / TICKS];
  } catch {
    return [0, 0];
  }
}

/** The value below which this share of ascending values lies. */
export const quantile = (ascending: readonly number[], share: number): number =>
  ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;

export const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Keeps so many streams under way, measures while all of them are, and lets every stream come to its end. */
export async function loadChat(target: ChatTarget, { streams, streamMs }: ChatLoad): Promise<ChatFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: streams });
  const seen: Seen = { firsts: [], delays: [], begun: 0, isMeasured: false };
  const chunksOfEach: number[] = [];
  const over = new AbortController();
  const seat = async (number: number): Promise<void> => {
    await delay((number * streamMs) / streams);
    while (!over.signal.aborted) chunksOfEach.push(await oneStream(target, agent, seen));
  };
  const seats = Promise.all(Array.from({ length: streams }, (_, number) => seat(number)));
  const watch = async () => {
    await delay(streamMs);
    const before = processorOf(target.pid);
    seen.isMeasured = true;
    await delay(streamMs);
    seen.isMeasured = false;
    const after = processorOf(target.pid);
    over.abort();
    return [after[0] - before[0], after[1] - before[1]] as const;
  };
  const [[user, system]] = await Promise.all([watch(), seats]);
  agent.destroy();
  const measured = Math.max(1, seen.delays.length);
  return {
    firstMs: ascending(seen.firsts),
    chunkMs: ascending(seen.delays),
    userMs: user / measured,
    systemMs: system / measured,
    processorMs: user + system,
    begun: seen.begun,
    chunksOfEach,
  };
}

interface Seen {
  readonly firsts: number[];
  readonly delays: number[];
  begun: number;
  isMeasured: boolean;
}

/** Resolves with the number of chunks that came. */
export function oneStream({ url, token, model }: ChatTarget, agent: Agent, seen: Seen): Promise<number> {
  const body = JSON.stringify({
    model,
    stream: true,
    messages: [{ role: 'user', content: 'Say when.' }],
    counterpart: { view: 'none' },
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const wasMeasured = seen.isMeasured;
  const startedAt = performance.now();
  if (wasMeasured) seen.begun += 1;
  let chunks = 0;
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/chat/completions`, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        const now = process.hrtime.bigint();
        for (const [, sentAt = '0'] of text.matchAll(/"content":"(\d+) "/g)) {
          if (chunks === 0 && wasMeasured) seen.firsts.push(performance.now() - startedAt);
          chunks += 1;
          if (seen.isMeasured) seen.delays.push(Number(now - BigInt(sentAt)) / 1e6);
        }
      });
      response.once('end', () => resolve(chunks));
      response.once('error', reject);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}
