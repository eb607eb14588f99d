import { type CounterpartError, hubError, type ProviderConfig } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { ProviderHealth } from '../../kernel/ports.ts';
import { type Dialect, dialectAt } from './asking/dialects.ts';
import { pause } from './exchange/deadline.ts';
import { type Place, placeOf } from './kinds.ts';
import { type Circuit, CLOSED, enter, failed, leftOpen } from './limits/breaker.ts';
import { type Bucket, fullBucket, giveBack, rateOf, take } from './limits/bucket.ts';
import { Slots } from '../../kernel/async/slots.ts';
import { type FoundModel, type Model, modelsOf } from './models.ts';
import { Thinkers } from './answer/thinkers.ts';
import { Statistics } from './limits/statistics.ts';

/** Failures of a provider, not of a question. */
const FAULTS: ReadonlySet<string> = new Set(['MODEL_UNREACHABLE', 'MODEL_SLOW', 'MODEL_BROKEN']);

/** A provider as it is configured now: how it does, and who may ask it next. */
export class Seat {
  readonly name: string;
  readonly config: ProviderConfig;
  readonly place: Place;
  readonly dialect: Dialect;
  readonly statistics = new Statistics();
  /** Parameters that a model was seen to refuse, by model. */
  readonly refused = new Map<string, Set<string>>();
  readonly thinkers = new Thinkers();
  readonly #clock: Clock;
  readonly #slots: Slots;
  #found: ReadonlyMap<string, FoundModel> = new Map();
  #models: readonly Model[] | undefined;
  #circuit: Circuit = CLOSED;
  #bucket: Bucket | undefined;
  #pausedUntil = 0;
  #problem: CounterpartError | undefined;

  constructor(name: string, config: ProviderConfig, clock: Clock) {
    this.name = name;
    this.config = config;
    this.place = placeOf(config);
    this.dialect = dialectAt(this.place);
    this.#clock = clock;
    this.#slots = new Slots(config.maxConcurrent);
  }

  /** Its models, the default first. */
  get models(): readonly Model[] {
    this.#models ??= modelsOf(this.name, { config: this.config, place: this.place, found: this.#found });
    return this.#models;
  }

  /** What it said of its models, last. */
  get found(): ReadonlyMap<string, FoundModel> {
    return this.#found;
  }

  set found(found: ReadonlyMap<string, FoundModel>) {
    this.#found = found;
    this.#models = undefined;
  }

  /**
   * Waits until it may be asked, for `patienceMs` at most; what it resolves with ends the turn. Rejects with MODEL_UNREACHABLE
   * while the circuit is open, with MODEL_OVER_QUOTA where the wait would be longer, or with the signal's reason.
   */
  async enter(model: string, patienceMs: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    this.#throwIfOpen(model, enter(this.#circuit, this.#clock.now()).retryAt);
    await this.#awaitRate(model, patienceMs, signal);
    const release = await this.#awaitSlot(model, patienceMs, signal);
    const { circuit, retryAt } = enter(this.#circuit, this.#clock.now());
    this.#circuit = circuit;
    try {
      this.#throwIfOpen(model, retryAt);
    } catch (cause) {
      release();
      throw cause;
    }
    return release;
  }

  /** It answers: words came, or a refusal that only somebody who is there can give. */
  answered(): void {
    this.#circuit = CLOSED;
    this.#problem = undefined;
  }

  failed(problem: CounterpartError): void {
    this.statistics.failed += 1;
    if (FAULTS.has(problem.code)) this.#circuit = failed(this.#circuit, this.#clock.now());
    else this.#circuit = CLOSED;
    this.#problem = problem;
  }

  /** The asker went away before it could be known how it does. */
  left(): void {
    this.#circuit = leftOpen(this.#circuit, this.#clock.now());
  }

  /** It asked not to be asked for so long (`Retry-After`). */
  holdOff(delayMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + delayMs);
  }

  get health(): ProviderHealth {
    const now = this.#clock.now();
    const { firstTokenMs, tokensPerSecond, answered, failed: failures } = this.statistics;
    const retryAt = this.#retryAt(now);
    return {
      provider: this.name,
      state: retryAt !== undefined ? 'open' : this.#problem ? 'failing' : answered > 0 ? 'ok' : 'unknown',
      ...(retryAt === undefined ? {} : { retryAt }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem.message }),
      ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
      ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
      answered,
      failed: failures,
      active: this.#slots.taken,
      waiting: this.#slots.waiting,
    };
  }

  /** When it may be asked again, if nobody of a chat would wait so long. */
  #retryAt(now: number): number | undefined {
    const open = enter(this.#circuit, now).retryAt;
    if (open !== undefined) return open;
    return this.#pausedUntil > now + this.config.waitMs ? this.#pausedUntil : undefined;
  }

  #throwIfOpen(model: string, retryAt: number | undefined): void {
    if (retryAt === undefined) return;
    const seconds = Math.ceil(Math.max(0, retryAt - this.#clock.now()) / 1_000);
    const last = this.#problem === undefined ? '' : ` (${this.#problem.message.replace(/\.$/, '')})`;
    throw hubError('MODEL_UNREACHABLE', {
      model,
      detail: `it failed again and again${last}, and is asked again in ${seconds} s`,
    });
  }

  async #awaitRate(model: string, patienceMs: number, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const paused = Math.max(0, this.#pausedUntil - now);
    if (paused > patienceMs) throw this.#overQuota(model, paused, 'the provider asks to wait');
    const { requestsPerMinute } = this.config;
    if (requestsPerMinute !== undefined) {
      const rate = rateOf(requestsPerMinute);
      const before = this.#bucket ?? fullBucket(rate, now);
      const { bucket, waitMs } = take(before, rate, now);
      if (waitMs > patienceMs)
        throw this.#overQuota(model, waitMs, `${requestsPerMinute} questions a minute are allowed`);
      this.#bucket = bucket;
      const wait = Math.max(waitMs, paused);
      try {
        if (wait > 0) await pause(wait, signal, this.#clock);
      } catch (cause) {
        this.#bucket = giveBack(this.#bucket, rate);
        throw cause;
      }
    } else if (paused > 0) await pause(paused, signal, this.#clock);
  }

  async #awaitSlot(model: string, patienceMs: number, signal: AbortSignal): Promise<() => void> {
    const free = this.#slots.takeFree();
    if (free !== undefined) return free;
    const impatience = new AbortController();
    const follow = (): void => impatience.abort();
    signal.addEventListener('abort', follow, { once: true });
    const cancel = this.#clock.after(patienceMs, follow);
    const release = await this.#slots.take(impatience.signal);
    signal.removeEventListener('abort', follow);
    cancel();
    if (release !== undefined) return release;
    signal.throwIfAborted();
    throw this.#overQuota(
      model,
      undefined,
      `${this.#slots.taken} answers are being given and ${this.#slots.waiting} questions wait`,
    );
  }

  #overQuota(model: string, retryAfterMs: number | undefined, detail: string): CounterpartError {
    const after =
      retryAfterMs === undefined ? '' : `; it may be asked in ${Math.ceil(retryAfterMs / 1_000)} s`;
    return hubError('MODEL_OVER_QUOTA', {
      model,
      detail: `${detail}${after}`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
}
