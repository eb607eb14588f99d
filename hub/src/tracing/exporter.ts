import type { HubConfig } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import { connectionReason, retryAfterMs } from '../kernel/protocol/http-failures.ts';
import { traceRequest, type Telling } from './otlp.ts';
import type { Span } from './spans.ts';

export interface ExporterOptions extends Telling {
  /** As the configuration has it now. */
  readonly config: () => HubConfig['telemetry']['otlp'];
  /** Puts values in the place of references such as `${secret:NAME}`; rejects where there is none. */
  readonly resolve: (text: string) => Promise<string>;
  readonly clock: Clock;
  readonly log: Record<'warn' | 'info', (facts: object, words: string) => void>;
}

/** Sends spans to a collector, behind everything else: nobody waits for it, and what it cannot send is dropped and counted. */
export interface SpanExporter {
  /** Whether there is a collector. */
  isOn(): boolean;
  add(...spans: readonly Span[]): void;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
}

const BATCH = 200;
/** For more spans before some are sent. */
const GATHER_MS = 2_000;
/** Spans that wait to be sent; more are dropped. */
const MOST_WAITING = 2_000;
const TIMEOUT_MS = 10_000;
/** Before a batch that was not taken is sent again; after the last one it is dropped. */
const PAUSES_MS = [1_000, 4_000, 15_000];
/** Of what a collector asks for by `Retry-After`. */
const LONGEST_PAUSE_MS = 30_000;
/** For all that is left, at the end of the hub. */
const LEAVING_MS = 2_000;
/** The statuses of OTLP/HTTP after which the same request may be sent again. */
const AGAIN = new Set([429, 502, 503, 504]);

export const createSpanExporter = (options: ExporterOptions): SpanExporter => new OtlpExporter(options);

/** What became of one request. */
interface Refusal {
  readonly problem: string;
  readonly mayRetry: boolean;
  readonly afterMs?: number | undefined;
}

class OtlpExporter implements SpanExporter {
  readonly #options: ExporterOptions;
  readonly #waiting: Span[] = [];
  #cancelTimer: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  /** Since the collector took something last. */
  #dropped = 0;
  /** A trouble is told once, until it is over. */
  #isTold = false;
  /** No pause any more, and no second attempt. */
  readonly #leaving = new AbortController();
  readonly #gone = new AbortController();

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  isOn(): boolean {
    return this.#options.config().endpoint !== undefined && !this.#leaving.signal.aborted;
  }

  add(...spans: readonly Span[]): void {
    if (!this.isOn()) return;
    const taken = spans.slice(0, MOST_WAITING - this.#waiting.length);
    this.#waiting.push(...taken);
    if (taken.length < spans.length) this.#drop(spans.length - taken.length, 'more come than it takes');
    if (this.#waiting.length >= BATCH) this.#send();
    else this.#gather();
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    const cancel = this.#options.clock.after(LEAVING_MS, () => this.#gone.abort());
    this.#send();
    await this.#sending;
    cancel();
  }

  #gather(): void {
    if (this.#sending === undefined && this.#waiting.length > 0)
      this.#cancelTimer ??= this.#options.clock.after(GATHER_MS, () => this.#send());
  }

  #send(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#waiting.length > 0) this.#sending ??= this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#deliver(this.#waiting.splice(0, BATCH));
    } finally {
      // In the turn in which nothing waits any more: what is added from then on is sent anew.
      this.#sending = undefined;
    }
  }

  async #deliver(batch: readonly Span[]): Promise<void> {
    for (const pause of [...PAUSES_MS, undefined]) {
      const refusal = await this.#post(batch);
      if (refusal === undefined) return;
      const isOver = this.#leaving.signal.aborted || !refusal.mayRetry || pause === undefined;
      if (isOver) return this.#drop(batch.length, refusal.problem);
      this.#tell(refusal.problem);
      await this.#pause(Math.min(refusal.afterMs ?? pause, LONGEST_PAUSE_MS));
    }
  }

  /** Undefined: they were taken, or nobody wants them any more. */
  async #post(batch: readonly Span[]): Promise<Refusal | undefined> {
    const { endpoint, headers } = this.#options.config();
    if (endpoint === undefined) return undefined;
    const late = new AbortController();
    const inTime = this.#options.clock.after(TIMEOUT_MS, () => late.abort(new Error('it does not answer')));
    try {
      const sent = new Headers();
      for (const [name, value] of Object.entries(headers)) sent.set(name, await this.#options.resolve(value));
      sent.set('content-type', 'application/json');
      const response = await fetch(tracesAt(endpoint), {
        method: 'POST',
        headers: sent,
        body: JSON.stringify(traceRequest(batch, this.#options)),
        // Headers with keys are for this address and no other.
        redirect: 'error',
        signal: AbortSignal.any([this.#gone.signal, late.signal]),
      });
      await response.body?.cancel();
      if (response.ok) return this.#taken();
      return {
        problem: `it answered ${response.status}`,
        mayRetry: AGAIN.has(response.status),
        afterMs: retryAfterMs(Object.fromEntries(response.headers), this.#options.clock.now()),
      };
    } catch (cause) {
      return { problem: cause instanceof Error ? connectionReason(cause) : String(cause), mayRetry: true };
    } finally {
      inTime();
    }
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#leaving;
    await new Promise<void>((go) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        go();
      };
      const cancel = this.#options.clock.after(ms, end);
      signal.addEventListener('abort', end);
    });
  }

  #drop(count: number, problem: string): void {
    this.#dropped += count;
    this.#tell(problem);
  }

  #tell(problem: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const facts = { problem: this.#options.clean(problem) };
    this.#options.log.warn(facts, 'the collector of traces takes no spans: what waits too long is dropped');
  }

  #taken(): undefined {
    if (this.#isTold)
      this.#options.log.info({ dropped: this.#dropped }, 'the collector of traces takes spans again');
    this.#isTold = false;
    this.#dropped = 0;
  }
}

function tracesAt(endpoint: string): URL {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url;
}
