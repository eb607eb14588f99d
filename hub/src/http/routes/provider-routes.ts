import type { ProviderCheck, ProviderList } from '@counterpart/schemas';
import type { Hono } from 'hono';

/** Providers of models, as the admin API shows them. */
export interface ProviderService {
  list(): Promise<ProviderList>;
  /** Asks the provider itself. Rejects with MODEL_MISSING for one that is not configured. */
  check(name: string, signal: AbortSignal): Promise<ProviderCheck>;
}

/** Routes under `/api/providers`. */
export function addProviderRoutes(app: Hono, providers: ProviderService): void {
  app.get('/api/providers', async (c) => c.json(await providers.list()));
  app.post('/api/providers/:name/test', async (c) =>
    c.json(await providers.check(c.req.param('name'), c.req.raw.signal)),
  );
}
