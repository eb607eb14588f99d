import type { ActiveFault, Fault } from '@counterpart/schemas';
import { createRandom, type Random } from '../sample/random.ts';

/** A fault that strikes one request. */
export interface Strike {
  readonly id: string;
  readonly fault: Fault;
  /** For latency: milliseconds, jitter included. */
  readonly waitMs: number;
  /** For rate limits: seconds until the caller may try again. */
  readonly retryAfterS: number;
}

/** The faults of one mirror. What strikes is decided by the seed and the order of requests alone. */
export interface FaultPlan {
  readonly active: readonly ActiveFault[];
  /** Adds a fault; one with the same id is replaced. Gives its id. `struck`: how often it struck before. */
  inject(fault: Fault, struck?: number): string;
  /** Ends one fault, or all; how many there were. */
  clear(id?: string): number;
  /** What strikes a request, in the order of injection; counts it. */
  strikes(operation: string | undefined): readonly Strike[];
}

interface Running {
  readonly id: string;
  readonly fault: Fault;
  readonly random: Random;
  struck: number;
  /** For rate limits: when the window began, and the calls in it. */
  windowStart: number;
  inWindow: number;
}

/** Makes an empty plan; `now` is in milliseconds. */
export function createFaultPlan(seed: number, now: () => number): FaultPlan {
  const running = new Map<string, Running>();
  return {
    get active() {
      return [...running.values()].map(({ id, fault, struck }) => ({
        id,
        fault,
        struck,
        ...(fault.times === undefined ? {} : { left: fault.times - struck }),
      }));
    },
    inject(fault, struck = 0) {
      const id = fault.id ?? freeId(fault.kind, running);
      const random = createRandom(`${seed} ${id}`);
      running.set(id, { id, fault: { ...fault, id }, random, struck, windowStart: now(), inWindow: 0 });
      return id;
    },
    clear(id) {
      const before = running.size;
      if (id === undefined) running.clear();
      else running.delete(id);
      return before - running.size;
    },
    strikes(operation) {
      const strikes: Strike[] = [];
      for (const one of running.values()) {
        strikes.push(...strikeOf(one, operation, now()));
        // What answers by itself leaves nothing for the faults after it to spoil.
        if (strikes.some(({ fault }) => ANSWERING.has(fault.kind))) break;
      }
      for (const [id, { fault, struck }] of running)
        if (fault.times !== undefined && struck >= fault.times) running.delete(id);
      return strikes;
    },
  };
}

const ANSWERING: ReadonlySet<Fault['kind']> = new Set(['rate-limit', 'error', 'hang', 'reset']);

function freeId(kind: string, taken: ReadonlyMap<string, unknown>): string {
  for (let number = 1; ; number += 1) if (!taken.has(`${kind}-${number}`)) return `${kind}-${number}`;
}

function strikeOf(one: Running, operation: string | undefined, now: number): Strike[] {
  const { fault, id } = one;
  if (fault.operations && (operation === undefined || !fault.operations.includes(operation))) return [];
  // Drawn for every request it is asked about, so that a rate changes none of the later decisions.
  const luck = one.random.fraction();
  const waitMs = fault.kind === 'latency' ? waitOf(fault, one.random) : 0;
  if (luck >= fault.rate) return [];
  const retryAfterS = fault.kind === 'rate-limit' ? limited(one, fault, now) : 0;
  if (retryAfterS === undefined) return [];
  one.struck += 1;
  return [{ id, fault, waitMs, retryAfterS }];
}

/** Seconds until the window ends; undefined while calls are let through. */
function limited(one: Running, fault: Fault & { kind: 'rate-limit' }, now: number): number | undefined {
  if (now - one.windowStart >= fault.windowMs) {
    one.windowStart = now;
    one.inWindow = 0;
  }
  one.inWindow += 1;
  if (one.inWindow <= fault.limit) return undefined;
  return fault.retryAfterS ?? Math.max(1, Math.ceil((one.windowStart + fault.windowMs - now) / 1_000));
}

/** Jitter may stretch a wait so many times over. */
const MOST_DEVIATIONS = 10;

function waitOf({ ms, jitterMs, distribution }: Fault & { kind: 'latency' }, random: Random): number {
  const first = random.fraction();
  const second = random.fraction();
  const jitter = (): number => {
    switch (distribution) {
      case 'uniform':
        return first;
      case 'exponential':
        return -Math.log(1 - first);
      case 'normal':
        // Box–Muller; late is late, so only the size of the deviation counts.
        return Math.abs(Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second));
    }
  };
  return Math.round(ms + jitterMs * Math.min(MOST_DEVIATIONS, jitter()));
}
