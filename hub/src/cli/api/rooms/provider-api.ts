import { ProviderCheck, ProviderList } from '@counterpart/schemas';
import type { Send } from './mirror-api.ts';

/** Providers of models of one hub. Every method rejects with the catalogue's errors. */
export interface ProviderApi {
  list(): Promise<ProviderList>;
  test(name: string): Promise<ProviderCheck>;
}

/** Talks to `/api/providers`. */
export function createProviderApi(send: Send): ProviderApi {
  return {
    list: () => send(ProviderList, 'GET', '/api/providers'),
    test: (name) => send(ProviderCheck, 'POST', `/api/providers/${encodeURIComponent(name)}/test`, {}),
  };
}
