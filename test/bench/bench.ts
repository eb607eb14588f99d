import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureColdServer, type Cold } from './cold-server.ts';
import { LoadClient } from './load/mcp-load.ts';
import { load, median, pssMegabytes, type Load } from './measure.ts';
import { measureRecovery } from './recovery.ts';
import { soak } from './soak.ts';
import { startDirect, startHubWithEcho, type Started, type Target } from './targets.ts';

/** Rounds go through all targets in turn, so that a busy moment of the machine hits them alike. */
const { values, positionals } = parseArgs({ options: { soak: { type: 'string' } }, allowPositionals: true });
const ROUNDS = Number(positionals[0] ?? 5);
const WARM_UP_MS = 500;
const SERIAL_MS = 1_000;
const PARALLEL_MS = 1_500;
const PARALLEL = 8;
const BIG_BYTES = 1_000_000;
const COLD_SERVER = 'pokeapi';

interface Round {
  readonly serial: Load;
  readonly parallel: Load;
  readonly list: Load;
  readonly big: Load;
}

async function measure(target: Target): Promise<Round> {
  const client = new LoadClient(target.url, target.era);
  await client.open();
  const call = () => client.request('tools/call', target.tool, '{"text":"hello"}');
  const times = (workers: number, durationMs: number) => load(call, target.pid, { workers, durationMs });
  await times(PARALLEL, WARM_UP_MS);
  const serial = await times(1, SERIAL_MS);
  const parallel = await times(PARALLEL, PARALLEL_MS);
  const list = await load(() => client.request('tools/list'), target.pid, {
    workers: 1,
    durationMs: SERIAL_MS / 2,
  });
  const big = await load(
    () => client.request('tools/call', target.tool, `{"bytes":${BIG_BYTES}}`),
    target.pid,
    { workers: 1, durationMs: SERIAL_MS },
  );
  client.close();
  return { serial, parallel, list, big };
}

interface Row {
  readonly name: string;
  readonly rounds: readonly Round[];
}

const of = ({ rounds }: Row, pick: (round: Round) => number): number => median(rounds.map(pick));

/** Ratios are taken round by round and then their median, so that both sides had the same machine. */
const ratio = (row: Row, base: Row, pick: (round: Round) => number): string =>
  median(row.rounds.map((round, at) => pick(round) / pick(base.rounds[at] ?? round))).toFixed(2);

function print(rows: readonly Row[]): void {
  const [base] = rows;
  if (!base) return;
  console.log(
    '| target | call p50 ms | × direct | calls/s, 8 at once | × direct | CPU µs a call | tools/list p50 ms | 1 MB p50 ms | × direct |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const row of rows) {
    const cells = [
      of(row, ({ serial }) => serial.p50Ms).toFixed(3),
      ratio(row, base, ({ serial }) => serial.p50Ms),
      of(row, ({ parallel }) => parallel.perSecond).toFixed(0),
      ratio(row, base, ({ parallel }) => parallel.perSecond),
      of(row, ({ parallel }) => parallel.cpuUs).toFixed(1),
      of(row, ({ list }) => list.p50Ms).toFixed(3),
      of(row, ({ big }) => big.p50Ms).toFixed(2),
      ratio(row, base, ({ big }) => big.p50Ms),
    ];
    console.log(`| ${row.name} | ${cells.join(' | ')} |`);
  }
}

function printCold(cold: Cold): void {
  console.log(`\n${COLD_SERVER}, ${cold.tools} tools, bundled:`);
  console.log(
    `- from spawn to its first tools/list: ${cold.spawnMs.toFixed(0)} ms (median of 9), ${cold.pssMb.toFixed(1)} MB PSS`,
  );
  const process = cold.started ? 'its process running' : 'its process never started';
  console.log(`- tools/list through the hub, ${process}: ${cold.list.p50Ms.toFixed(3)} ms at the median`);
}

async function compare(direct: Started, hub: Started): Promise<void> {
  const targets: readonly Target[] = [
    { ...direct, name: 'direct, raw node:http', era: 'modern', tool: 'echo' },
    { ...hub, name: 'hub, 2026-07-28', era: 'modern', tool: 'bench__echo' },
    { ...hub, name: 'hub, 2025-11-25', era: 'legacy', tool: 'bench__echo' },
  ];
  const results = targets.map(({ name }) => ({ name, rounds: [] as Round[] }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, target] of targets.entries()) results[at]?.rounds.push(await measure(target));
  }
  print(results);
  console.log(`\nHub process after the load: ${pssMegabytes(hub.pid).toFixed(1)} MB PSS`);
}

async function benchmark(): Promise<void> {
  console.log(`Node ${process.version}, ${cpus().length} processors, ${ROUNDS} rounds, medians\n`);
  const direct = await startDirect();
  const hub = await startHubWithEcho();
  try {
    await compare(direct, hub);
  } finally {
    await hub.stop();
    await direct.stop();
  }
  printCold(await measureColdServer(COLD_SERVER));
  const { backMs, failed } = await measureRecovery(ROUNDS);
  console.log(
    `\nA server killed under load: back in ${backMs.toFixed(0)} ms, ${failed} calls failed (medians of ${ROUNDS})`,
  );
}

if (values.soak === undefined) await benchmark();
else {
  const { growthMb, calls } = await soak(Number(values.soak), console.log);
  console.log(`${calls} calls; the hub grew by ${growthMb.toFixed(1)} MB from the second to the last third`);
}
