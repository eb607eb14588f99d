/**
 * `npm run bench:chat`: what the endpoint adds to an answer that comes from a provider, at many streams at once, measured beside
 * the provider itself in one run. `-- --streams 200 --chunks 60 --every 100`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeHome, startHub, type TestHub } from '../../fixtures/hub.ts';
import { loadChat, type ChatFigures, type ChatLoad } from './chat-load.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '200' },
    chunks: { type: 'string', default: '60' },
    every: { type: 'string', default: '100' },
  },
});
const streams = Number(values.streams);
const spreadMs = (Number(values.chunks) * Number(values.every)) / 2;
const wanted = streams * Number(values.chunks);

const program = fileURLToPath(new URL('chat-provider.ts', import.meta.url));
const provider = spawn(process.execPath, [program, values.chunks, values.every], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [printed] = (await once(provider.stdout, 'data')) as [Buffer]; // Its address, one line.
const url = printed.toString().trim();
const place = makeHome({
  log: { level: 'error' },
  providers: { bench: { baseUrl: url, model: 'bench-1', apiKey: 'bench', timeoutMs: 120_000 } },
});
try {
  const hub = await startHub(place.home);
  try {
    await measure(hub);
  } finally {
    await hub.stop();
  }
} finally {
  provider.kill();
  place.remove();
}

async function measure(hub: TestHub): Promise<void> {
  const through = { url: `${hub.url}/v1`, token: hub.token, model: 'bench/bench-1', pid: hub.pid };
  const direct = { url, token: 'bench', model: 'bench-1', pid: provider.pid ?? 0 };
  // Once unmeasured: code is loaded and compiled by the first that asks.
  await loadChat({ ...through, streams: 20 });
  const figures = {
    direct: await loadChat({ ...direct, streams }),
    hub: await loadChat({ ...through, streams }),
    // Begun one by one while the others run: nobody's first word waits for 199 requests that came in the same moment.
    directSpread: await loadChat({ ...direct, streams, spreadMs }),
    hubSpread: await loadChat({ ...through, streams, spreadMs }),
    // One after another, with nobody else: what the endpoint itself adds to the first word.
    directAlone: await alone(direct),
    hubAlone: await alone(through),
  };
  report(figures);
}

async function alone(target: Omit<ChatLoad, 'streams'>): Promise<number> {
  const firsts: number[] = [];
  for (let n = 0; n < 5; n += 1) firsts.push((await loadChat({ ...target, streams: 1 })).firstMs.median);
  return firsts.toSorted((a, b) => a - b)[2] ?? Number.NaN;
}

interface AllFigures {
  readonly direct: ChatFigures;
  readonly hub: ChatFigures;
  readonly directSpread: ChatFigures;
  readonly hubSpread: ChatFigures;
  readonly directAlone: number;
  readonly hubAlone: number;
}

function report(all: AllFigures): void {
  const ms = (value: number): string => value.toFixed(2).padStart(9);
  const row = (name: string, { firstMs, chunkMs, chunks, cpuMs }: ChatFigures): string =>
    [
      name.padEnd(10),
      ms(firstMs.median),
      ms(firstMs.p95),
      ms(chunkMs.median),
      ms(chunkMs.p95),
      ms(cpuMs),
      ` ${chunks} of ${wanted}`,
    ].join(' ');
  process.stdout.write(
    [
      `${streams} streams of ${values.chunks} chunks, one each ${values.every} ms; milliseconds`,
      '             first   first95     chunk   chunk95  cpu/chunk  chunks',
      row('direct', all.direct),
      row('hub', all.hub),
      'the same, begun one by one',
      row('direct', all.directSpread),
      row('hub', all.hubSpread),
      `added: first word ${(all.hubSpread.firstMs.median - all.directSpread.firstMs.median).toFixed(2)}, chunk ${(all.hubSpread.chunkMs.median - all.directSpread.chunkMs.median).toFixed(2)}, processor a chunk ${all.hubSpread.cpuMs.toFixed(3)} beside ${all.directSpread.cpuMs.toFixed(3)} of the provider`,
      `first word, one stream alone: direct ${all.directAlone.toFixed(2)}, hub ${all.hubAlone.toFixed(2)}, added ${(all.hubAlone - all.directAlone).toFixed(2)}`,
      '',
    ].join('\n'),
  );
  if (all.hub.chunks !== wanted || all.hubSpread.chunks !== wanted) process.exitCode = 1;
}
