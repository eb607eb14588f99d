import { hubError, type HubConfig } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { didYouMean } from '../../kernel/nearest.ts';
import type { Model } from './models.ts';
import { Seat } from './seat.ts';

/** The seats of all configured providers. */
export interface Seats {
  /** In the order of the configuration; the same list until that changes. */
  all(): readonly Seat[];
}

/** A provider that is configured as before keeps its seat: what is known of it, and who waits there. */
export function createSeats(config: () => HubConfig, clock: Clock): Seats {
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

/** The provider that is asked: the first part of the name, or all of it. Throws MODEL_MISSING. */
export function seatFor(seats: Seats, asked: string | undefined): Seat {
  const all = seats.all();
  const [first] = all;
  if (first === undefined) throw hubError('MODEL_MISSING', { detail: 'no provider is configured' });
  const provider = asked === undefined ? first.name : (asked.split('/', 1)[0] ?? asked);
  const seat = all.find(({ name }) => name === provider);
  if (seat !== undefined) return seat;
  const near = didYouMean(
    provider,
    all.map(({ name }) => name),
  );
  throw hubError('MODEL_MISSING', {
    detail: `no provider is called ${provider}.${near}`.replace(/[.?]$/, ''),
  });
}

/** The model that is asked; a provider's name alone stands for its first that chats. Throws MODEL_MISSING. */
export function modelFor({ name: provider, models }: Seat, asked: string | undefined): Model {
  const isWhole = asked?.includes('/') === true;
  const model = isWhole
    ? models.find(({ id }) => id === asked)
    : (models.find(({ use }) => use !== 'embedding') ?? models[0]);
  if (model !== undefined) return model;
  const names = models.map((one) => one.model).join(', ');
  const detail =
    names === '' ? `provider ${provider} lists no model` : `provider ${provider} has the models ${names}`;
  throw hubError('MODEL_MISSING', { detail: isWhole ? `there is no ${asked}: ${detail}` : detail });
}
