import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { sampleInput } from '@counterpart/scaffolds/mirror/sample-input';
import type { Blueprint, JsonObject, Operation } from '@counterpart/schemas';
import { choose, placeOf } from '../operation-places.ts';
import { startReferee } from '../referee/prism.ts';
import { sliceDescription } from '../referee/slice.ts';
import type { Tree } from '../referee/tree.ts';
import type { LoadJob, LoadResult } from './load-program.ts';
import { requestOf, type Prepared } from './requests.ts';

/** Answers a second of a mirror beside those of Prism, of the same requests in one run. */
export interface Speed {
  readonly mirrorPerSecond: number;
  readonly refereePerSecond: number;
  /** Of a mirror that gets one request at a time. */
  readonly p50Ms: number;
  /** From the start of its process to its first answer. */
  readonly startMs: number;
  /** Operations whose requests were sent. */
  readonly operations: number;
}

export interface SpeedOptions {
  /** Requests of one round; the referee gets a third of them, since it is the slower one. */
  readonly count: number;
  readonly rounds: number;
}

/** Operations of the mix. */
const MIX = 8;
const CONNECTIONS = 4;
const DEPTH = 8;

const programOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Measures both on a mix of operations that both take; undefined when there is none. */
export async function measureSpeed(
  root: Tree,
  blueprint: Blueprint,
  { count, rounds }: SpeedOptions,
): Promise<Speed | undefined> {
  const candidates = choose(blueprint.operations, MIX * 3).filter(({ http }) => http.method !== 'DELETE');
  await using mirror = await startMirrorProgram(blueprint);
  await using referee = await startReferee(sliceDescription(root, candidates.map(placeOf)));
  const requests = (await commonRequests(blueprint, candidates, [mirror.url, referee.url])).slice(0, MIX);
  if (requests.length === 0) return undefined;
  const load = (url: string, job: Partial<LoadJob>): Promise<LoadResult> =>
    runLoad({ url, requests, connections: CONNECTIONS, depth: DEPTH, count, ...job });
  const rates: { mirror: number; referee: number }[] = [];
  // Both are warm before the first round that counts, and each round asks both.
  for (let round = -1; round < rounds; round += 1) {
    const ours = await load(mirror.url, {});
    const theirs = await load(referee.url, { count: Math.ceil(count / 3) });
    for (const [who, { statuses }] of [
      ['mirror', ours],
      ['referee', theirs],
    ] as const) {
      const strange = Object.keys(statuses).filter((status) => !status.startsWith('2'));
      if (strange.length > 0) throw new Error(`the ${who} answered ${JSON.stringify(statuses)}`);
    }
    if (round >= 0) rates.push({ mirror: ours.perSecond, referee: theirs.perSecond });
  }
  const alone = await load(mirror.url, { connections: 1, depth: 1, count: Math.ceil(count / 4) });
  const middle = rates.toSorted((a, b) => a.mirror / a.referee - b.mirror / b.referee)[
    Math.floor(rounds / 2)
  ];
  return {
    mirrorPerSecond: middle?.mirror ?? 0,
    refereePerSecond: middle?.referee ?? 0,
    p50Ms: alone.p50Ms,
    startMs: mirror.startMs,
    operations: requests.length,
  };
}

/** Requests, as bytes, of operations that all services answer with success, twice. */
async function commonRequests(
  blueprint: Blueprint,
  operations: readonly Operation[],
  urls: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const operation of operations) {
    const request = requestOf(blueprint, operation, inputOf(blueprint, operation));
    // The load program is told its requests as text.
    if (request === undefined || Buffer.isBuffer(request.init.body)) continue;
    const statuses = await Promise.all(
      [...urls, ...urls].map(async (url) => {
        const answer = await fetch(url + request.path, request.init);
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    if (statuses.every((status) => status >= 200 && status < 300)) found.push(asBytes(request));
  }
  return found;
}

function inputOf(blueprint: Blueprint, operation: Operation): JsonObject {
  try {
    return sampleInput(blueprint, operation);
  } catch {
    return {}; // refused by both, and so no part of the mix
  }
}

function asBytes({ path, init: { method, headers, body } }: Prepared): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}`);
  const length = body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  return `${[`${method} ${path} HTTP/1.1`, ...lines, ...length].join('\r\n')}\r\n\r\n${String(body ?? '')}`;
}

async function runLoad(job: LoadJob): Promise<LoadResult> {
  const child = spawn(process.execPath, [programOf('load-program.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(job));
  return JSON.parse(await text(child.stdout)) as LoadResult; // printed by our own program
}

interface MirrorProgram extends AsyncDisposable {
  readonly url: string;
  readonly startMs: number;
}

async function startMirrorProgram(blueprint: Blueprint): Promise<MirrorProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'mirror-'));
  const file = join(folder, 'blueprint.json');
  await writeFile(file, JSON.stringify(blueprint));
  const started = performance.now();
  const child = spawn(process.execPath, [programOf('mirror-program.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  await (await fetch(url)).arrayBuffer();
  return {
    url,
    startMs: performance.now() - started,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
