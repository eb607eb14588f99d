import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../guards/proofs-reporter.ts';
import { installedOf, LINE_PEERS, PEERS } from '../../peers/peers.ts';
import { measureRecovery } from '../recovery.ts';
import { measureManyServers, measureSessions } from './report-extras.ts';
import { goalsOf } from './report-goals.ts';
import { measureRounds, type Row } from './report-rounds.ts';
import {
  directStdio,
  floorStdio,
  hubAlone,
  hubShim,
  overHttp,
  startLinePeer,
  startPeer,
  type Subject,
} from './report-targets.ts';
import { benchmarksPage, readmePart, type Circumstances } from './report-text.ts';
import { soak } from '../soak.ts';
import { startDirect, startFloor, startHubWithEcho } from '../targets.ts';

/** Measures everything in one run and writes README.md's table and docs/benchmarks.md. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Seconds; 0: none. */
    soak: { type: 'string', default: '120' },
    /** Prints and writes nothing. */
    dry: { type: 'boolean', default: false },
  },
});
const MARKS = ['<!-- bench:report -->', '<!-- /bench:report -->'] as const;

/** Above the number of processors: others were at work, and the figures wander. */
const [busy = 0] = loadavg();

const told = (line: string): void => console.error(line);

/** Those that run here; of the others it is told why they do not. */
async function started(starts: readonly (() => Promise<Subject>)[]): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const start of starts) {
    try {
      subjects.push(await start());
    } catch (thrown) {
      told(`a peer does not run here: ${String(thrown)}`);
    }
  }
  return subjects;
}

async function startSubjects(): Promise<{ subjects: Subject[]; stop: () => Promise<void> }> {
  const folder = process.env['PEERS_NPM'];
  const direct = await startDirect();
  const floor = await startFloor();
  const hub = await startHubWithEcho();
  const subjects: Subject[] = [
    overHttp(direct, 'modern', { name: 'direct, HTTP', kind: 'direct', tool: 'echo' }),
    overHttp(floor, 'modern', { name: 'forwarding only, node:http', kind: 'floor', tool: 'echo' }),
    overHttp(hub, 'modern', { name: 'hub, 2026-07-28', kind: 'hub', tool: 'bench__echo' }),
    overHttp(hub, 'legacy', { name: 'hub, 2025-11-25', kind: 'hub', tool: 'bench__echo' }),
    ...(await started(installedOf(PEERS, folder).map((peer) => () => startPeer(peer)))),
    await directStdio(),
    await floorStdio(),
    await hubAlone(),
    await hubShim(),
    ...(await started(installedOf(LINE_PEERS, folder).map((peer) => () => startLinePeer(peer)))),
  ];
  const stop = async (): Promise<void> => {
    for (const subject of subjects) await subject.stop();
    for (const target of [hub, floor, direct]) await target.stop();
  };
  return { subjects, stop };
}

function writeReadme(part: string): void {
  const file = join(ROOT, 'README.md');
  const text = readFileSync(file, 'utf8');
  const from = text.indexOf(MARKS[0]);
  const to = text.indexOf(MARKS[1]);
  if (from < 0 || to < from) throw new Error(`README.md lacks its marks ${MARKS.join(' and ')}`);
  writeFileSync(file, `${text.slice(0, from)}${MARKS[0]}\n\n${part}\n\n${text.slice(to)}`);
}

async function compare(): Promise<Row[]> {
  const { subjects, stop } = await startSubjects();
  try {
    return await measureRounds(subjects, Number(values.rounds), told);
  } finally {
    await stop();
  }
}

const rows = await compare();
told('a server is killed under load');
const recovery = await measureRecovery(3);
told('200 servers');
const many = await measureManyServers();
told('1,000 sessions');
const kbPerSession = await measureSessions();
const seconds = Number(values.soak);
const soaked = seconds > 0 ? await soak(seconds, told) : undefined;

const circumstances: Circumstances = {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} shared processors with a load of ${busy.toFixed(1)} at the start`,
  node: process.version.slice(1),
  rounds: Number(values.rounds),
};
const goals = goalsOf(rows, { many, kbPerSession, recovery, soak: soaked });
const page = benchmarksPage(rows, goals, circumstances);
console.log(page);
if (!values.dry) {
  writeReadme(readmePart(rows, circumstances));
  writeFileSync(join(ROOT, 'docs/benchmarks.md'), page);
}
