import { readFileSync } from 'node:fs';

/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export interface Load {
  /** Median time of one call. */
  readonly p50Ms: number;
  readonly perSecond: number;
  /** Processor time of the measured process for one call. */
  readonly cpuUs: number;
}

/** One process, or several that do the work together. */
export type Pids = number | readonly number[];

/** Calls for `durationMs` with `workers` calls at once; `pids` are the processes whose processor time counts. */
export async function load(
  call: () => Promise<unknown>,
  pids: Pids,
  { workers, durationMs }: { workers: number; durationMs: number },
): Promise<Load> {
  const times: number[] = [];
  const cpuBefore = cpuSeconds(pids);
  const begin = performance.now();
  const worker = async (): Promise<void> => {
    while (performance.now() - begin < durationMs) {
      const start = performance.now();
      await call();
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  const seconds = (performance.now() - begin) / 1000;
  const cpuUs = ((cpuSeconds(pids) - cpuBefore) / times.length) * 1e6;
  return { p50Ms: median(times), perSecond: times.length / seconds, cpuUs };
}

/** User and system time so far, in steps of 10 ms. */
function cpuSeconds(pids: Pids): number {
  return typeof pids === 'number' ? cpuOf(pids) : pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident set size in megabytes. */
export function rssMegabytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Rss: +(\d+)/m.exec(rollup)?.[1]) / 1024;
}

/** Proportional set size in megabytes: memory shared with other processes counts in part. */
export function pssMegabytes(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss: +(\d+)/m.exec(rollup)?.[1]) / 1024;
}
