import { RouteRecord, type ExplainRouteRequest } from '@counterpart/schemas';
import { z } from 'zod';
import type { Send } from './mirror-api.ts';

/** Decisions of one hub's router. Every method rejects with the catalogue's errors. */
export interface RoutingApi {
  list(limit: number): Promise<RouteRecord[]>;
  /** `last` is the newest. */
  show(id: string): Promise<RouteRecord>;
  explain(request: z.input<typeof ExplainRouteRequest>): Promise<RouteRecord>;
}

const Routes = z.object({ routes: z.array(RouteRecord) });

export function createRoutingApi(send: Send): RoutingApi {
  return {
    list: async (limit) => (await send(Routes, 'GET', `/api/routes?limit=${limit}`)).routes,
    show: (id) => send(RouteRecord, 'GET', `/api/routes/${encodeURIComponent(id)}`),
    explain: (request) => send(RouteRecord, 'POST', '/api/routes/explain', request),
  };
}
