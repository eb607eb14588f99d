import type { DriftReport } from '@counterpart/schemas';
import type { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../read-body.ts';

/** Drift of a hub's servers, as the admin API needs it. */
export interface DriftService {
  servers(): string[];
  report(id: string): Promise<DriftReport>;
  check(id: string): Promise<DriftReport>;
  propose(id: string): Promise<DriftReport>;
}

const Nothing = z.strictObject({});

/** Routes under `/api/drift`. */
export function addDriftRoutes(app: Hono, drift: DriftService): void {
  app.get('/api/drift', async (c) => {
    const reports: DriftReport[] = [];
    // Of a server that was removed meanwhile nothing is told.
    for (const id of drift.servers()) {
      const report = await drift.report(id).catch(() => undefined);
      if (report !== undefined) reports.push(report);
    }
    return c.json({ reports });
  });
  app.post('/api/drift/:server/check', async (c) => {
    await readBody(c, Nothing);
    return c.json(await drift.check(c.req.param('server')));
  });
  app.post('/api/drift/:server/propose', async (c) => {
    await readBody(c, Nothing);
    return c.json(await drift.propose(c.req.param('server')));
  });
}
