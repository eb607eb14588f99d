import type { HubConfig, ProviderCheck, ProviderList } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { lazily } from '../../kernel/lazily.ts';
import { listenTo } from '../../kernel/async/event-queue.ts';
import type { GenerationEvent, GenerationRequest, Generations } from '../../kernel/ports.ts';
import { createSignatures } from './asking/signatures.ts';
import { createKeys } from './keys.ts';
import { listProviders } from './listing.ts';
import { configuredNames, type FoundModel, type Model } from './models.ts';
import { createFollower } from './probing/follower.ts';
import type { Seat } from './seat.ts';
import { createSeats, modelFor, seatFor } from './seats.ts';

/** What the room of providers needs of the hub. */
export interface GenerationsOptions {
  readonly config: () => HubConfig;
  readonly clock: Clock;
  /** Puts values in the place of references such as `${secret:NAME}`; rejects where there is none. */
  readonly resolve: (text: string) => Promise<string>;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** The room of providers, as the rest of its own row does not see it. */
export interface ProviderRoom extends Generations {
  /** Every provider as it is configured and does; asks none of them. */
  list(): Promise<ProviderList>;
  /** Asks one whether it takes its key and has its models. Rejects with MODEL_MISSING where it is not configured. */
  check(name: string, signal: AbortSignal): Promise<ProviderCheck>;
  /**
   * From now on local providers, and those without configured models, are asked about themselves: at once, when the configuration
   * changed, and now and then while somebody looks at `models`.
   */
  follow(signal: AbortSignal): void;
  /** As `generate`; `model` may be a provider's name alone, absent the first one's, and waits for its turn as long as told. */
  generateFor(
    request: GenerationRequest,
    options: {
      readonly model: string | undefined;
      readonly patienceMs: number;
      /** W3C trace id that the provider is told. */
      readonly trace?: string | undefined;
      readonly signal: AbortSignal;
    },
  ): AsyncIterable<GenerationEvent>;
}

/** Models of the configured providers. What the configuration changes is true for the next question; running ones end as they began. */
export function createGenerations(options: GenerationsOptions): ProviderRoom {
  const asking = createAsking(options);
  const { seats, keys, probe, generateFor } = asking;
  const follower = createFollower(probe, options.clock);
  return {
    models() {
      follower.freshen(seats.all());
      return seats.all().flatMap((seat) => seat.models);
    },
    health: () => seats.all().map((seat) => seat.health),
    generate: (request, { model, signal }) => generateFor(request, { model, signal }),
    generateFor,
    embed: asking.embed,
    list: () => listProviders(seats.all(), keys),
    async check(name, signal) {
      const seat = seatFor(seats, name);
      const { checkProvider } = await import('./probing/check.ts');
      return await checkProvider(seat, {
        clock: options.clock,
        signal,
        probe: () => probe(seat, signal),
        ask: () => generateFor(PING, { model: name, signal }),
      });
    },
    follow(signal) {
      follower.follow(signal);
      follower.freshen(seats.all());
    },
  };
}

interface Asked {
  readonly model: string | undefined;
  /** Default: the provider's. */
  readonly patienceMs?: number | undefined;
  readonly trace?: string | undefined;
  readonly signal: AbortSignal;
}

/** The ways to ask a provider. Most hubs ask no model: how that is done is loaded by the first question. */
function createAsking(options: GenerationsOptions) {
  const { clock } = options;
  const seats = createSeats(options.config, clock);
  const signatures = createSignatures();
  const keys = createKeys(options.resolve);
  const lineTo = (seat: Seat, name: string) => ({
    seat,
    clock,
    open: () => keys.open(seat, name),
    redact: (text: string) => options.redact(keys.redact(seat, text)),
  });

  async function probe(
    seat: Seat,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, FoundModel> | undefined> {
    const probing = await import('./probing/probe.ts');
    return await probing.probe({ ...lineTo(seat, seat.name), signal });
  }

  async function find(asked: string | undefined, signal: AbortSignal): Promise<{ seat: Seat; model: Model }> {
    signal.throwIfAborted();
    const seat = seatFor(seats, asked);
    // Models that nobody configured are known once their provider was asked.
    if (configuredNames(seat.config) === undefined && seat.found.size === 0)
      seat.found = (await probe(seat, signal)) ?? new Map();
    return { seat, model: modelFor(seat, asked) };
  }

  const generateFor = (
    request: GenerationRequest,
    { model: asked, patienceMs, trace, signal: asker }: Asked,
  ): AsyncIterable<GenerationEvent> =>
    listenTo(async (take, signal) => {
      const { seat, model } = await find(asked, signal);
      const { ask } = await askerModule.open();
      const patience = patienceMs ?? seat.config.waitMs;
      await ask({
        ...lineTo(seat, model.id),
        request,
        model,
        signatures,
        patienceMs: patience,
        trace,
        signal,
        take,
      });
    }, asker);

  const embed: Generations['embed'] = async (texts, { model: asked, dimensions, signal }) => {
    const { seat, model } = await find(asked, signal);
    const { embedTexts } = await import('./embeddings.ts');
    return await embedTexts(texts, { ...lineTo(seat, model.id), model, dimensions, signal });
  };

  return { seats, keys, probe, generateFor, embed };
}

/** An import that is asked for with every question costs as much as parsing it. */
const askerModule = lazily(() => import('./asker.ts'));

/** The shortest of questions. */
const PING: GenerationRequest = {
  items: [{ type: 'message', role: 'user', content: [{ type: 'text', text: 'Say "ok".' }] }],
  maxTokens: 16,
};
