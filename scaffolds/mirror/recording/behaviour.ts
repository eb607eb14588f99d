import type { Fault, HarEntry, OperationBehaviour } from '@counterpart/schemas';

/** Longest wait that is imitated: a recording may hold a night in which somebody's machine slept. */
const MOST_WAIT_MS = 60_000;
/** Statuses that say something of the service; the other refusals are of what its callers sent. */
const OF_THE_SERVICE = /^(?:408|425|429|5\d\d)$/;

/** An exchange whose operation is known. */
export interface KnownExchange {
  readonly operation: string;
  readonly entry: HarEntry;
}

const share = (part: number, whole: number): number => Number((part / whole).toFixed(4));

/** The value that so many of a sorted list are not above. */
const quantile = (sorted: readonly number[], part: number): number =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0);

function behaviourOf(operation: string, entries: readonly HarEntry[]): OperationBehaviour {
  const byStatus = Map.groupBy(entries, ({ response }) => String(response.status));
  const statuses = [...byStatus]
    .map(([status, ones]): [string, number] => [status, share(ones.length, entries.length)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const times = entries
    .map(({ time }) => time)
    .filter((time) => time > 0)
    .toSorted((a, b) => a - b);
  const latencyMs = {
    fastest: quantile(times, 0.05),
    median: quantile(times, 0.5),
    slowest: quantile(times, 0.95),
  };
  return {
    operation,
    calls: entries.length,
    statuses: Object.fromEntries(statuses),
    ...(times.length === 0 ? {} : { latencyMs }),
  };
}

/** How each operation behaved, the most used first. */
export function learnBehaviour(exchanges: readonly KnownExchange[]): OperationBehaviour[] {
  const byOperation = Map.groupBy(exchanges, ({ operation }) => operation);
  return [...byOperation]
    .map(([operation, ones]) =>
      behaviourOf(
        operation,
        ones.map(({ entry }) => entry),
      ),
    )
    .toSorted((a, b) => b.calls - a.calls || (a.operation < b.operation ? -1 : 1));
}

/** Beginning of the names of faults that were learned. */
export const LEARNED = 'learned-';
const MOST_NAME = 48;

const faultName = (operation: string, what: string): string => {
  const words = operation.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `${LEARNED}${words.join('-').slice(0, MOST_NAME).replace(/-$/, '')}-${what}`;
};

/** Faults by which a mirror is as slow as the service was, and fails as often, operation by operation. */
export function faultsFrom({ operation, statuses, latencyMs }: OperationBehaviour): Fault[] {
  const common = { operations: [operation] };
  const errors = Object.entries(statuses)
    .filter(([status]) => OF_THE_SERVICE.test(status))
    .map(([status, rate]): Fault => {
      const id = faultName(operation, status);
      return { kind: 'error', id, ...common, rate, status: Number(status) };
    });
  if (latencyMs === undefined) return errors;
  const ms = Math.min(MOST_WAIT_MS, latencyMs.fastest);
  // Half of exponential waits are below 0.69 of their mean.
  const jitterMs = Math.min(MOST_WAIT_MS, Math.round((latencyMs.median - latencyMs.fastest) / Math.LN2));
  const late: Fault = {
    kind: 'latency',
    id: faultName(operation, 'latency'),
    ...common,
    rate: 1,
    ms,
    jitterMs,
    distribution: 'exponential',
  };
  return ms + jitterMs > 0 ? [late, ...errors] : errors;
}
