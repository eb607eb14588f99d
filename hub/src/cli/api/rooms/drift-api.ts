import { DriftReport } from '@counterpart/schemas';
import { z } from 'zod';
import type { Send } from './mirror-api.ts';

/** Drift of one hub's servers. Every method rejects with the catalogue's errors. */
export interface DriftApi {
  list(): Promise<DriftReport[]>;
  check(server: string): Promise<DriftReport>;
  propose(server: string): Promise<DriftReport>;
}

const List = z.object({ reports: z.array(DriftReport) });

/** Talks to `/api/drift`. */
export const createDriftApi = (send: Send): DriftApi => ({
  list: async () => (await send(List, 'GET', '/api/drift')).reports,
  check: (server) => send(DriftReport, 'POST', `/api/drift/${encodeURIComponent(server)}/check`, {}),
  propose: (server) => send(DriftReport, 'POST', `/api/drift/${encodeURIComponent(server)}/propose`, {}),
});
