import { hubError, type RoutingConfig } from '@counterpart/schemas';
import type { Tier } from '../../../kernel/ports.ts';

/** Questions that wait for one tier; one more is refused. */
const MOST_WAITING = 1_000;

interface Waiter {
  readonly priority: number;
  readonly enter: () => void;
}

interface Gate {
  running: number;
  /** The next one first: by priority, then as they came. */
  readonly waiting: Waiter[];
}

/** How many answers each tier gives at once. Limits are read anew each time, so that a reload counts at once. */
export class TierGates {
  readonly #gates: Readonly<Record<Tier, Gate>> = {
    standard: { running: 0, waiting: [] },
    heavy: { running: 0, waiting: [] },
    ultra: { running: 0, waiting: [] },
  };
  readonly #tiers: () => RoutingConfig['tiers'];

  constructor(tiers: () => RoutingConfig['tiers']) {
    this.#tiers = tiers;
  }

  /** As many answer as may, or wait for that. */
  isFull(tier: Tier): boolean {
    const { running, waiting } = this.#gates[tier];
    return running + waiting.length >= (this.#tiers()[tier].maxConcurrent ?? Infinity);
  }

  /** Resolves in its turn with what gives the place back; rejects with ROUTE_BUSY, or with the signal's reason. */
  async enter(tier: Tier, category: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const gate = this.#gates[tier];
    const { maxConcurrent = Infinity, priority } = this.#tiers()[tier];
    if (gate.running >= maxConcurrent)
      await this.#wait({ gate, tier, priority: priority[category] ?? 0, signal });
    else gate.running += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      gate.running -= 1;
      this.#admit(gate, tier);
    };
  }

  /** The place is taken for whoever waited before it is let in: nobody slips in between. */
  #admit(gate: Gate, tier: Tier): void {
    const most = this.#tiers()[tier].maxConcurrent ?? Infinity;
    while (gate.running < most) {
      const next = gate.waiting.shift();
      if (!next) return;
      gate.running += 1;
      next.enter();
    }
  }

  #wait(place: {
    readonly gate: Gate;
    readonly tier: Tier;
    readonly priority: number;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const { gate, tier, priority, signal } = place;
    const { running, waiting } = gate;
    if (waiting.length >= MOST_WAITING)
      throw hubError('ROUTE_BUSY', { tier, running, waiting: waiting.length });
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = waiting.indexOf(waiter);
        if (at >= 0) waiting.splice(at, 1);
        reject(
          signal.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal.reason }),
        );
      };
      const waiter: Waiter = {
        priority,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      const at = waiting.findIndex((one) => one.priority < priority);
      waiting.splice(at < 0 ? waiting.length : at, 0, waiter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
