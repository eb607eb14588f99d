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

/** Sums up what a server asked of its hosts. */
export class Meter {
  readonly #server: string;
  #uses = new Map<string, Use>();

  constructor(server: string) {
    this.#server = server;
  }

  add({ host, status, bytesOut, bytesIn, durationMs }: Measured): void {
    const key = this.#uses.has(host) || this.#uses.size < MOST_HOSTS ? host : OTHERS;
    const use: Use = this.#uses.get(key) ?? {
      kind: 'service-used',
      server: this.#server,
      host: key,
      requests: 0,
      answers: {},
      bytesOut: 0,
      bytesIn: 0,
      totalMs: 0,
      slowestMs: 0,
    };
    const group = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
    this.#uses.set(key, {
      ...use,
      requests: use.requests + 1,
      answers: { ...use.answers, [group]: (use.answers[group] ?? 0) + 1 },
      bytesOut: use.bytesOut + bytesOut,
      bytesIn: use.bytesIn + bytesIn,
      totalMs: use.totalMs + durationMs,
      slowestMs: Math.max(use.slowestMs, durationMs),
    });
  }

  /** What was summed up since the last time. */
  take(): readonly Use[] {
    const uses = [...this.#uses.values()];
    this.#uses = new Map();
    return uses;
  }
}
