import {
  type EndpointMetrics,
  ExplainRouteRequest,
  type RouteRecord,
  type RoutingState,
} from '@counterpart/schemas';
import type { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../read-body.ts';
import { queryOf } from './query.ts';

/** Routing of chats, as the admin API needs it. */
export interface RoutingService {
  state(): RoutingState;
  /** Puts this in the place of `routing` in hub.config.json. Rejects with ROUTING_INVALID, and has then changed nothing. */
  change(routing: Readonly<Record<string, unknown>>): Promise<RoutingState>;
  /** The newest first. */
  list(limit?: number): Promise<RouteRecord[]>;
  /** `last` is the newest; rejects with DECISION_UNKNOWN. */
  show(id: string): Promise<RouteRecord>;
  explain(request: ExplainRouteRequest): RouteRecord;
  /** In the text format of Prometheus. */
  metricsText(): Promise<string>;
  metrics(): EndpointMetrics;
}

const Wanted = z.record(z.string(), z.unknown());

/** `/api/routing`, `/api/routes`, `/metrics`; `/admin/routing-config` is another name of the first. */
export function addRoutingRoutes(app: Hono, routing: () => Promise<RoutingService>): void {
  for (const path of ['/api/routing', '/admin/routing-config']) {
    app.get(path, async (c) => c.json((await routing()).state()));
    app.put(path, async (c) => c.json(await (await routing()).change(await readBody(c, Wanted))));
  }
  app.get('/api/routes', async (c) => {
    return c.json({ routes: await (await routing()).list(queryOf(c, '/api/routes').limit) });
  });
  app.get('/api/routes/:id', async (c) => c.json(await (await routing()).show(c.req.param('id'))));
  app.post('/api/routes/explain', async (c) =>
    c.json((await routing()).explain(await readBody(c, ExplainRouteRequest))),
  );
  app.get('/api/metrics', async (c) => c.json((await routing()).metrics()));
  app.get('/metrics', async (c) =>
    c.body(await (await routing()).metricsText(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
}
