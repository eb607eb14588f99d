import type { ProviderList, ProviderSummary } from '@counterpart/schemas';
import type { Keys } from './keys.ts';
import type { Seat } from './seat.ts';

/** Every provider as it is configured and does; keys are looked for and not shown. */
export const listProviders = async (seats: readonly Seat[], keys: Keys): Promise<ProviderList> => ({
  providers: await Promise.all(seats.map((seat) => summary(seat, keys))),
});

async function summary(seat: Seat, keys: Keys): Promise<ProviderSummary> {
  const { name, place, models, health } = seat;
  return {
    name,
    kind: place.kind,
    baseUrl: withoutCredentials(place.baseUrl),
    isLocal: place.isLocal,
    key: await keys.state(seat),
    models: models.map((model) => ({ ...model })),
    health,
  };
}

function withoutCredentials(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href.replace(/\/$/, '');
}
