import { hubError, type ServiceUse } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { EventLog } from '../../kernel/events.ts';
import type { BrokeredServer } from '../../kernel/ports.ts';
import { admit, type Circuit, type CircuitOutcome, CLOSED, isGivenUp, settle } from './circuit.ts';
import { type Measured, Meter } from './meter.ts';
import { type Bucket, fullBucket, takeToken } from './token-bucket.ts';

export interface GateOptions {
  readonly clock: Clock;
  readonly events: EventLog;
  /** A service stayed down so long that its server should not be offered any more. */
  readonly givenUp: (server: string, detail: string) => void;
}

/** Uses are told together, at most this often. */
const TELL_MS = 60_000;
const SECOND_MS = 1_000;

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / SECOND_MS));

/** How much a server may ask, and whether its services are worth asking now. */
export class Gate {
  readonly #server: BrokeredServer;
  readonly #options: GateOptions;
  readonly #meter: Meter;
  /** By host; those that are closed and have no failure are not kept. */
  readonly #circuits = new Map<string, Circuit>();
  #bucket: Bucket;
  #untell: (() => void) | undefined;

  constructor(server: BrokeredServer, options: GateOptions) {
    this.#server = server;
    this.#options = options;
    this.#meter = new Meter(server.id);
    this.#bucket = fullBucket(server.limits.ratePerMinute ?? 0, options.clock.now());
  }

  /** Throws SERVICE_PAUSED or RATE_LIMITED. What passes must be settled. */
  pass(host: string): void {
    const now = this.#options.clock.now();
    const { id: server, limits } = this.#server;
    const before = this.#circuits.get(host) ?? CLOSED;
    const { circuit, passes } = admit(before, now);
    if (!passes) {
      const wait = circuit.kind === 'open' ? seconds(circuit.until - now) : 1;
      throw hubError('SERVICE_PAUSED', { server, host, seconds: wait });
    }
    const { ratePerMinute } = limits;
    if (ratePerMinute !== undefined) {
      const { bucket, waitMs } = takeToken(this.#bucket, ratePerMinute, now);
      this.#bucket = bucket;
      if (waitMs > 0)
        throw hubError('RATE_LIMITED', { server, rate: ratePerMinute, seconds: seconds(waitMs) });
    }
    if (circuit !== before) this.#circuits.set(host, circuit);
  }

  settle(host: string, outcome: CircuitOutcome): void {
    const { clock, events, givenUp } = this.#options;
    const { id: server, limits } = this.#server;
    const before = this.#circuits.get(host) ?? CLOSED;
    const after = settle(before, outcome, limits.circuit, clock.now());
    if (after.kind === 'closed' && after.failures === 0) this.#circuits.delete(host);
    else this.#circuits.set(host, after);
    if (after.kind === 'closed' && before.kind !== 'closed')
      events.publish({ kind: 'circuit-closed', server, host });
    if (after.kind !== 'open' || before.kind === 'open' || outcome !== 'failure') return;
    const until = new Date(after.until).toISOString();
    events.publish({ kind: 'circuit-opened', server, host, until, pauses: after.pauses });
    if (isGivenUp(after, limits.circuit))
      givenUp(server, `${host} did not answer as it should through ${limits.circuit.pauses} pauses`);
  }

  /** What keeps the server from its services now, in words. */
  get problem(): string | undefined {
    const down = [...this.#circuits].flatMap(([host, circuit]) =>
      circuit.kind === 'open' ? [`${host} until ${new Date(circuit.until).toISOString()}`] : [],
    );
    return down.length === 0 ? undefined : `calls pause after failures of ${down.join(', ')}`;
  }

  /** What was asked of each host. */
  get uses(): readonly ServiceUse[] {
    return this.#meter.totals;
  }

  measure(measured: Measured): void {
    this.#meter.add(measured);
    this.#untell ??= this.#options.clock.after(TELL_MS, () => this.tell());
  }

  /** Tells what was measured since the last time. */
  tell(): void {
    this.#untell?.();
    this.#untell = undefined;
    for (const use of this.#meter.take()) this.#options.events.publish(use);
  }
}
