import { load, median, type Load } from '../measure.ts';
import { inTime } from './in-time.ts';
import type { Subject } from './report-targets.ts';

/** What one subject did in one turn with short calls. */
export interface Measured {
  readonly serial: Load;
  readonly eight: Load;
  readonly many: Load;
}

/** The same with results of a megabyte. */
export interface Bigs {
  readonly serial: Load;
  readonly eight: Load;
}

/** A subject with its turns, several in each round; `failed` says why there are none. */
export interface Row {
  readonly subject: Subject;
  readonly shorts: Measured[];
  readonly bigs: Bigs[];
  failed: string | undefined;
}

const BIG_BYTES = 1_000_000;
const WARM_UP_MS = 400;
/** Others share the machine's processors and memory, and their speed wanders: what is compared stands close together, often. */
const TURNS = 3;
const SERIAL_MS = 270;
const PARALLEL_MS = 400;
const BIG_WARM_UP_MS = 100;
const BIG_MS = 250;

/** Measures all subjects in turn, so that a busy moment of the machine hits them alike. */
export async function measureRounds(
  subjects: readonly Subject[],
  rounds: number,
  told: (line: string) => void,
): Promise<Row[]> {
  const rows = subjects.map((subject): Row => ({ subject, shorts: [], bigs: [], failed: undefined }));
  const inTurn = async (take: (row: Row) => Promise<unknown>): Promise<void> => {
    for (const row of rows) {
      if (row.failed !== undefined) continue;
      try {
        await inTime(take(row));
      } catch (thrown) {
        row.failed = thrown instanceof Error ? thrown.message : String(thrown);
        told(`${row.subject.name}: ${row.failed}`);
      }
    }
  };
  // One turn that does not count: no program that people use was started a second ago.
  await inTurn(({ subject }) => measureShort(subject));
  for (let round = 1; round <= rounds; round++) {
    for (let turn = 0; turn < TURNS; turn++)
      await inTurn(async ({ subject, shorts }) => shorts.push(await measureShort(subject)));
    for (let turn = 0; turn < TURNS; turn++)
      await inTurn(async ({ subject, bigs }) => bigs.push(await measureBig(subject)));
    told(`round ${round} of ${rounds}`);
  }
  return rows;
}

async function measureShort(subject: Subject): Promise<Measured> {
  const { pids, tool } = subject;
  const client = await subject.connect();
  const call = () => client.request('tools/call', tool, '{"text":"hello"}');
  const times = (workers: number, durationMs: number) => load(call, pids, { workers, durationMs });
  try {
    await times(8, WARM_UP_MS);
    const serial = await times(1, SERIAL_MS);
    const eight = await times(8, PARALLEL_MS);
    const many = await times(32, PARALLEL_MS);
    return { serial, eight, many };
  } finally {
    client.close();
  }
}

async function measureBig(subject: Subject): Promise<Bigs> {
  const { pids, tool } = subject;
  const client = await subject.connect();
  const call = () => client.request('tools/call', tool, `{"bytes":${BIG_BYTES}}`);
  const short = () => client.request('tools/call', tool, '{"text":"hello"}');
  try {
    // A hub at rest lets go of compiled code; what is measured is one at work.
    await load(short, pids, { workers: 8, durationMs: WARM_UP_MS });
    await load(call, pids, { workers: 1, durationMs: BIG_WARM_UP_MS });
    const serial = await load(call, pids, { workers: 1, durationMs: BIG_MS });
    const eight = await load(call, pids, { workers: 8, durationMs: BIG_MS });
    return { serial, eight };
  } finally {
    client.close();
  }
}

/** One number of all that was measured of a subject, in order. */
export type Pick = (row: Row) => readonly number[];

/** The numbers of the report, by what they are called in code. */
export const picks = {
  serialMs: ({ shorts }) => shorts.map(({ serial }) => serial.p50Ms),
  eightRate: ({ shorts }) => shorts.map(({ eight }) => eight.perSecond),
  manyRate: ({ shorts }) => shorts.map(({ many }) => many.perSecond),
  cpuUs: ({ shorts }) => shorts.map(({ eight }) => eight.cpuUs),
  bigMs: ({ bigs }) => bigs.map(({ serial }) => serial.p50Ms),
  bigEightRate: ({ bigs }) => bigs.map(({ eight }) => eight.perSecond),
} satisfies Record<string, Pick>;

/** Median of all. */
export const of = (row: Row, pick: Pick): number => median(pick(row));

/** Ratios are taken of what stands at the same place and then their median, so that both sides had the same machine. */
export function ratio(row: Row, base: Row, pick: Pick): number {
  const bases = pick(base);
  return median(
    pick(row).flatMap((value, at) => {
      const beside = bases[at];
      return beside === undefined ? [] : [value / beside];
    }),
  );
}
