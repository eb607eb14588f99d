import type { ServiceUse } from '@counterpart/schemas';
import type { NewEvent } from '../../kernel/events.ts';

/** One request, when it is over. */
export interface Measured {
  readonly host: string;
  /** Of the answer; undefined: there was none. */
  readonly status: number | undefined;
  /** From the server and to it, heads included. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  readonly durationMs: number;
}

type Use = Extract<NewEvent, { kind: 'service-used' }>;

/** Hosts that are told apart; what goes beyond is counted as one. */
const MOST_HOSTS = 64;
const OTHERS = '*';

const addTo = (
  use: ServiceUse,
  { status, bytesOut, bytesIn, durationMs }: Omit<Measured, 'host'>,
): ServiceUse => {
  const group = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
  return {
    host: use.host,
    requests: use.requests + 1,
    answers: { ...use.answers, [group]: (use.answers[group] ?? 0) + 1 },
    bytesOut: use.bytesOut + bytesOut,
    bytesIn: use.bytesIn + bytesIn,
    totalMs: use.totalMs + durationMs,
    slowestMs: Math.max(use.slowestMs, durationMs),
  };
};

const unused = (host: string): ServiceUse => ({
  host,
  requests: 0,
  answers: {},
  bytesOut: 0,
  bytesIn: 0,
  totalMs: 0,
  slowestMs: 0,
});

/** Sums up what a server asked of its hosts. */
export class Meter {
  readonly #server: string;
  readonly #totals = new Map<string, ServiceUse>();
  #uses = new Map<string, ServiceUse>();

  constructor(server: string) {
    this.#server = server;
  }

  add({ host, ...measured }: Measured): void {
    for (const sums of [this.#uses, this.#totals]) {
      const key = sums.has(host) || sums.size < MOST_HOSTS ? host : OTHERS;
      sums.set(key, addTo(sums.get(key) ?? unused(key), measured));
    }
  }

  /** All that was summed up, by host. */
  get totals(): readonly ServiceUse[] {
    return [...this.#totals.values()];
  }

  /** What was summed up since the last time. */
  take(): readonly Use[] {
    const uses = [...this.#uses.values()];
    this.#uses = new Map();
    return uses.map((use) => ({ kind: 'service-used', server: this.#server, ...use }));
  }
}
