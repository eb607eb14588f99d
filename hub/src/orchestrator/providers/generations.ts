import { hubError, type HubConfig } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { didYouMean } from '../../kernel/nearest.ts';
import type { GenerationEvent, GenerationRequest, Generations } from '../../kernel/ports.ts';
import { createSignatures } from './asking/signatures.ts';
import { createKeys } from './keys.ts';
import type { Model } from './models.ts';
import { Seat } from './seat.ts';

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
  /** As `generate`; `model` may be a provider's name alone, absent the first one's, and waits for its turn as long as told. */
  generateFor(
    request: GenerationRequest,
    options: {
      readonly model: string | undefined;
      readonly patienceMs: number;
      readonly signal: AbortSignal;
    },
  ): AsyncIterable<GenerationEvent>;
}

/** Models of the configured providers. What the configuration changes is true for the next question; running ones end as they began. */
export function createGenerations(options: GenerationsOptions): ProviderRoom {
  const { clock, redact } = options;
  const seats = createSeats(options);
  const signatures = createSignatures();
  const keys = createKeys(options.resolve);

  async function* generateFor(
    request: GenerationRequest,
    asked: {
      readonly model: string | undefined;
      readonly patienceMs?: number | undefined;
      readonly signal: AbortSignal;
    },
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    const { signal } = asked;
    signal.throwIfAborted();
    const { seat, model } = find(seats, asked.model);
    // The client is large, and most hubs ask no model.
    const { ask } = await import('./asker.ts');
    yield* ask({
      request,
      model,
      seat,
      signatures,
      open: () => keys.open(seat, model.id),
      clock,
      redact: (text) => redact(keys.redact(seat, text)),
      patienceMs: asked.patienceMs ?? seat.config.waitMs,
      signal,
    });
  }

  return {
    models: () => seats.all().flatMap((seat) => seat.models),
    health: () => seats.all().map((seat) => seat.health),
    generate: (request, { model, signal }) => generateFor(request, { model, signal }),
    generateFor,
    async embed(texts, { model: asked, dimensions, signal }) {
      signal.throwIfAborted();
      const { seat, model } = find(seats, asked);
      const { embedTexts } = await import('./embeddings.ts');
      return await embedTexts(texts, {
        model,
        seat,
        dimensions,
        open: () => keys.open(seat, model.id),
        clock,
        redact: (text) => redact(keys.redact(seat, text)),
        signal,
      });
    },
  };
}

interface Seats {
  /** In the order of the configuration. */
  all(): readonly Seat[];
}

/** A provider that is configured as before keeps its seat: what is known of it, and who waits there. */
function createSeats({ config, clock }: GenerationsOptions): Seats {
  let read: HubConfig['providers'] | undefined;
  let seats: readonly Seat[] = [];
  return {
    all() {
      const { providers } = config();
      if (providers === read) return seats;
      const before = new Map(seats.map((seat) => [seat.name, seat]));
      seats = Object.entries(providers).map(([name, one]) => {
        const known = before.get(name);
        return known !== undefined && JSON.stringify(known.config) === JSON.stringify(one)
          ? known
          : new Seat(name, one, clock);
      });
      read = providers;
      return seats;
    },
  };
}

function find(seats: Seats, asked: string | undefined): { readonly seat: Seat; readonly model: Model } {
  const all = seats.all();
  const [first] = all;
  if (first === undefined) throw hubError('MODEL_MISSING', { detail: 'no provider is configured' });
  const slash = asked?.indexOf('/') ?? -1;
  const provider = asked === undefined ? first.name : slash < 0 ? asked : asked.slice(0, slash);
  const seat = all.find(({ name }) => name === provider);
  if (seat === undefined) {
    const near = didYouMean(
      provider,
      all.map(({ name }) => name),
    );
    throw hubError('MODEL_MISSING', {
      detail: `no provider is called ${provider}.${near}`.replace(/[.?]$/, ''),
    });
  }
  const models = seat.models;
  const model =
    slash < 0
      ? (models.find(({ use }) => use !== 'embedding') ?? models[0])
      : models.find(({ id }) => id === asked);
  if (model !== undefined) return { seat, model };
  const names = models.map((one) => one.model).join(', ');
  const detail =
    names === '' ? `provider ${provider} lists no model` : `provider ${provider} has the models ${names}`;
  throw hubError('MODEL_MISSING', { detail: slash < 0 ? detail : `there is no ${asked}: ${detail}` });
}
