import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Deframer } from './deframer.ts';

/** What a load is made of; given on standard input as JSON. */
export interface LoadJob {
  /** Base address of the service. */
  readonly url: string;
  /** Whole requests, head and body, sent in turn. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Requests that wait for their answer on one connection. */
  readonly depth: number;
  /** Requests in all. */
  readonly count: number;
}

/** What a load found; printed as JSON. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers by their status. */
  readonly statuses: Readonly<Record<string, number>>;
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

async function run({ url, requests, connections, depth, count }: LoadJob): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const bytes = requests.map((request) => Buffer.from(request));
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let sent = 0;
  const started = performance.now();
  const drive = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const waiting: number[] = [];
      const send = (): void => {
        if (sent >= count) return;
        waiting.push(performance.now());
        socket.write(bytes[sent++ % bytes.length] ?? '');
      };
      const deframer = new Deframer((status) => {
        latencies.push(performance.now() - (waiting.shift() ?? 0));
        statuses[status] = (statuses[status] ?? 0) + 1;
        send();
        if (waiting.length === 0) socket.end();
      });
      socket.on('data', (chunk: Buffer) => deframer.take(chunk));
      socket.on('error', reject);
      socket.on('close', () => (waiting.length === 0 ? resolve() : reject(new Error('closed too early'))));
      for (let index = 0; index < depth; index += 1) send();
      if (waiting.length === 0) socket.end();
    });
  await Promise.all(Array.from({ length: connections }, drive));
  const seconds = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  return { perSecond: count / seconds, p50Ms: at(latencies, 0.5), p99Ms: at(latencies, 0.99), statuses };
}

const job = JSON.parse(await text(process.stdin)) as LoadJob; // written by our own program
process.stdout.write(JSON.stringify(await run(job)));
