import type { HarFile, RecordingState } from '@counterpart/schemas';
import { RecordRequest } from '@counterpart/schemas/hub/api';
import type { Hono } from 'hono';
import { readBody as body } from '../read-body.ts';

/** Recordings of what servers ask; unknown servers and recordings reject with the catalogue's errors. */
export interface RecordingService {
  start(server: string): RecordingState;
  stop(server: string): RecordingState;
  har(server: string): HarFile;
}

/** `/api/servers/<id>/recording`: begins, ends and reads the recording of a server. */
export function addRecordingRoutes(app: Hono, service: RecordingService): void {
  app.get('/api/servers/:id/recording', (c) => c.json(service.har(c.req.param('id'))));
  app.post('/api/servers/:id/recording', async (c) => {
    const { action } = await body(c, RecordRequest);
    return c.json(service[action](c.req.param('id')));
  });
}
