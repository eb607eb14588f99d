import { load, median, type Load } from '../measure.ts';
import { inTime } from './in-time.ts';
import type { Subject } from './report-targets.ts';

/** What one subject did in one round. */
export interface Measured {
  readonly serial: Load;
  readonly eight: Load;
  readonly many: Load;
  readonly big: Load;
}

/** A subject with its rounds; `failed` says why there are none. */
export interface Row {
  readonly subject: Subject;
  readonly rounds: Measured[];
  failed: string | undefined;
}

const BIG_BYTES = 1_000_000;
const WARM_UP_MS = 400;
const SERIAL_MS = 800;
const PARALLEL_MS = 1_200;
const BIG_MS = 800;

/** Measures all subjects in turn, so that a busy moment of the machine hits them alike. */
export async function measureRounds(
  subjects: readonly Subject[],
  rounds: number,
  told: (line: string) => void,
): Promise<Row[]> {
  const rows = subjects.map((subject): Row => ({ subject, rounds: [], failed: undefined }));
  for (let round = 1; round <= rounds; round++) {
    for (const row of rows) {
      if (row.failed !== undefined) continue;
      try {
        row.rounds.push(await inTime(measure(row.subject)));
      } catch (thrown) {
        row.failed = thrown instanceof Error ? thrown.message : String(thrown);
        told(`${row.subject.name}: ${row.failed}`);
      }
    }
    told(`round ${round} of ${rounds}`);
  }
  return rows;
}

async function measure(subject: Subject): Promise<Measured> {
  const { pids, tool } = subject;
  const client = await subject.connect();
  const call = () => client.request('tools/call', tool, '{"text":"hello"}');
  const times = (workers: number, durationMs: number) => load(call, pids, { workers, durationMs });
  try {
    await times(8, WARM_UP_MS);
    const serial = await times(1, SERIAL_MS);
    const eight = await times(8, PARALLEL_MS);
    const many = await times(32, PARALLEL_MS);
    const bigCall = () => client.request('tools/call', tool, `{"bytes":${BIG_BYTES}}`);
    const big = await load(bigCall, pids, { workers: 1, durationMs: BIG_MS });
    return { serial, eight, many, big };
  } finally {
    client.close();
  }
}

/** One number of a round. */
export type Pick = (round: Measured) => number;

/** The numbers of the report, by what they are called in code. */
export const picks = {
  serialMs: ({ serial }) => serial.p50Ms,
  eightRate: ({ eight }) => eight.perSecond,
  manyRate: ({ many }) => many.perSecond,
  cpuUs: ({ eight }) => eight.cpuUs,
  bigMs: ({ big }) => big.p50Ms,
} satisfies Record<string, Pick>;

/** Median over the rounds. */
export const of = ({ rounds }: Row, pick: Pick): number => median(rounds.map(pick));

/** Ratios are taken round by round and then their median, so that both sides had the same machine. */
export const ratio = (row: Row, base: Row, pick: Pick): number =>
  median(row.rounds.map((round, at) => pick(round) / pick(base.rounds[at] ?? round)));
