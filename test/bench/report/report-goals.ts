import type { Recovery } from '../recovery.ts';
import type { ManyServers } from './report-extras.ts';
import { of, picks, ratio, type Pick, type Row } from './report-rounds.ts';
import type { Soak } from '../soak.ts';

/**
 * A goal, what was measured, and whether it is met; undefined: there was nothing to measure it with. `compared`: of two processes, for
 * which none was set.
 */
export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean | 'compared' | undefined;
}

/** What is measured of the hub alone. */
export interface Extras {
  readonly many: ManyServers;
  readonly kbPerSession: number;
  readonly recovery: Recovery;
  readonly soak: Soak | undefined;
}

const BASES = { http: 'direct, HTTP', stdio: 'direct, stdio' } as const;

/** Microseconds of CPU a call, and what the direct call took on the machine where the goal was set. */
const CPU_GOALS = { http: { most: 40, directThere: 16.8 }, stdio: { most: 15, directThere: 5.8 } } as const;

/** All goals for the gateway's speed, in the order of the report. */
export function goalsOf(rows: readonly Row[], extras: Extras): Goal[] {
  const alive = rows.filter(({ shorts }) => shorts.length > 0);
  const rowsOf = (kind: 'direct' | 'hub', transport: 'http' | 'stdio') =>
    alive.filter(({ subject }) => subject.kind === kind && subject.transport === transport);
  const [http] = rowsOf('direct', 'http');
  const [stdio] = rowsOf('direct', 'stdio');
  const overHttp = rowsOf('hub', 'http');
  const overStdio = rowsOf('hub', 'stdio');
  return [
    ...overHttp.flatMap((row) => (http ? [...callGoals(row, http), ...httpGoals(row, http, stdio)] : [])),
    ...overStdio.flatMap((row) => (stdio ? callGoals(row, stdio) : [])),
    ...peerGoals([...overHttp, ...overStdio], alive),
    ...hubGoals(extras),
  ];
}

function callGoals(row: Row, base: Row): Goal[] {
  const { name, transport } = row.subject;
  const direct = BASES[transport];
  const { most, directThere } = CPU_GOALS[transport];
  const cpu = of(row, picks.cpuUs);
  const times = ratio(row, base, picks.cpuUs).toFixed(2);
  const own = `${cpu.toFixed(1)} µs, ${times} × ${direct} (where the goal was set it is ${(most / directThere).toFixed(1)} ×)`;
  const serial = ratio(row, base, picks.serialMs);
  const goals: Goal[] = [
    { goal: `${name}: at most ${most} µs of CPU a call`, measured: own, met: cpu <= most },
    {
      goal: `${name}: a call alone at most 2.5 × ${direct}`,
      measured: `${serial.toFixed(2)} ×`,
      met: serial <= 2.5,
    },
  ];
  return goals.map((goal) => judged(goal, row));
}

/** `stdio`: the server as the hub has it, called over its standard input and output. */
function httpGoals(row: Row, http: Row, stdio: Row | undefined): Goal[] {
  const { name } = row.subject;
  const rates = [ratio(row, http, picks.eightRate), ratio(row, http, picks.manyRate)];
  const big = 1 / ratio(row, http, picks.bigMs);
  const bigs = [http, ...(stdio ? [stdio] : [])].map((base) => ratio(row, base, picks.bigEightRate));
  return [
    {
      goal: `${name}: at least half of ${BASES.http}'s calls/s at 8 and at 32`,
      measured: rates.map(percent).join(' and '),
      met: rates.every((rate) => rate >= 0.5),
    },
    { goal: `${name}: 1 MB results at 90 % of the direct rate`, measured: percent(big), met: big >= 0.9 },
    {
      goal: `${name}: 8 of them at once at 90 % of the direct rate over the slower of its two transports`,
      measured: bigs
        .map((rate, at) => `${percent(rate)} of ${at === 0 ? BASES.http : BASES.stdio}`)
        .join(', '),
      met: bigs.some((rate) => rate >= 0.9),
    },
  ];
}

const percent = (rate: number): string => `${(rate * 100).toFixed(0)} %`;

/** Goals over stdio were set beside a hub in the one process that the client launches. */
const judged = (goal: Goal, { subject }: Row): Goal =>
  typeof subject.pids === 'number' || subject.pids.length === 1 ? goal : { ...goal, met: 'compared' };

const AT_EIGHT = [picks.eightRate];
const AT_BOTH = [picks.eightRate, picks.manyRate];

/** How many times the calls of the best peer over its transport a hub answers. */
function peerGoal(
  { goal, atLeast, at }: { readonly goal: string; readonly atLeast: number; readonly at: readonly Pick[] },
  hub: Row,
  peers: readonly Row[],
): Goal {
  if (peers.length === 0) return { goal, measured: 'no such peer is installed', met: undefined };
  const times = at.map((pick) => Math.min(...peers.map((peer) => ratio(hub, peer, pick))));
  const measured = times.map((one) => `${one.toFixed(1)} ×`).join(' and ');
  return { goal, measured, met: times.every((one) => one >= atLeast) };
}

function peerGoals(hubs: readonly Row[], rows: readonly Row[]): Goal[] {
  const peers = rows.filter(({ subject }) => subject.kind === 'peer');
  return hubs.map((hub) => {
    const { name, transport } = hub.subject;
    const own = peers.filter(({ subject }) => subject.transport === transport);
    const asked =
      transport === 'http'
        ? { goal: `${name}: 4 × the calls/s of the best peer at 8 and at 32`, atLeast: 4, at: AT_BOTH }
        : { goal: `${name}: 2.5 × the calls/s of the best peer at 8`, atLeast: 2.5, at: AT_EIGHT };
    return judged(peerGoal(asked, hub, own), hub);
  });
}

function hubGoals({ many, kbPerSession, recovery, soak }: Extras): Goal[] {
  const { servers, tools, bytes, listRatio, rssMb } = many;
  return [
    {
      goal: `tools/list with ${servers} servers and ${tools} tools at most 1.2 × sending its ${(bytes / 1000).toFixed(0)} kB directly`,
      measured: `${listRatio.toFixed(2)} ×`,
      met: listRatio <= 1.2,
    },
    {
      goal: `at most 110 MB RSS with ${servers} servers`,
      measured: `${rssMb.toFixed(0)} MB`,
      met: rssMb <= 110,
    },
    {
      goal: 'at most 40 kB for an idle session of 1,000, its stream open',
      measured: `${kbPerSession.toFixed(0)} kB`,
      met: kbPerSession <= 40,
    },
    {
      goal: 'a server killed under load is back in less than 300 ms, and only calls in flight fail',
      measured: `${recovery.backMs.toFixed(0)} ms, ${recovery.failed} of 8 calls in flight failed`,
      met: recovery.backMs < 300 && recovery.failed <= 8,
    },
    {
      goal: 'no growth of memory under lasting load beyond noise (5 %)',
      measured: soak ? grown(soak) : 'not in this run',
      met: soak && soak.growthMb <= 0.05 * Math.max(...soak.rssMb),
    },
  ];
}

const grown = ({ seconds, calls, growthMb, rssMb }: Soak): string =>
  `${growthMb.toFixed(1)} MB between the second and the last third of ${seconds} s and ${calls} calls, at ${(rssMb.at(-1) ?? 0).toFixed(0)} MB`;
