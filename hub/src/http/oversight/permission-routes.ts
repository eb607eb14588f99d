import type { ServerPermissions } from '@counterpart/schemas';
import { ChangePermissionRequest } from '@counterpart/schemas/hub/permissions';
import type { Hono } from 'hono';
import { readBody } from '../read-body.ts';

/** What servers may use, as the admin API needs it. */
export interface PermissionService {
  all(): ServerPermissions[];
  /** Throws SERVER_UNKNOWN. */
  of(server: string): ServerPermissions;
  /**
   * Takes hold before it answers. Rejects with SERVER_UNKNOWN, PERMISSION_UNKNOWN for a denial of what is not asked for,
   * PERMISSION_BEYOND for more than the approved manifest names, PERMISSION_UNHELD where nothing would refuse it.
   */
  change(server: string, change: ChangePermissionRequest): Promise<ServerPermissions>;
}

/** Routes under `/api/permissions` and `/api/servers/<id>/permissions`. */
export function addPermissionRoutes(app: Hono, permissions: PermissionService): void {
  app.get('/api/permissions', (c) => c.json({ servers: permissions.all() }));
  app.get('/api/servers/:id/permissions', (c) => c.json(permissions.of(c.req.param('id'))));
  app.post('/api/servers/:id/permissions', async (c) =>
    c.json(await permissions.change(c.req.param('id'), await readBody(c, ChangePermissionRequest))),
  );
}
