import {
  AuditList,
  AuditReport,
  AuditTrimmed,
  PermissionList,
  ServerPermissions,
} from '@counterpart/schemas';
import type { AuditService } from '../../../http/oversight/audit-routes.ts';
import type { PermissionService } from '../../../http/oversight/permission-routes.ts';
import type { Send } from './mirror-api.ts';

/** The audit log of one hub. Every method rejects with the catalogue's errors. */
export type AuditApi = AuditService;

/** Talks to `/api/audit`. */
export const createAuditApi = (send: Send): AuditApi => ({
  async list(query) {
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) words.set(name, String(value));
    return (await send(AuditList, 'GET', `/api/audit?${words.toString()}`)).entries;
  },
  verify: (known) => send(AuditReport, 'POST', '/api/audit/verify', { known }),
  trim: (upTo) => send(AuditTrimmed, 'POST', '/api/audit/trim', { upTo }),
});

/** What each server of one hub may use. Every method rejects with the catalogue's errors. */
export type PermissionApi = Pick<PermissionService, 'change'> & {
  list(server: string | undefined): Promise<PermissionList['servers']>;
};

/** Talks to `/api/permissions` and `/api/servers/<id>/permissions`. */
export const createPermissionApi = (send: Send): PermissionApi => ({
  async list(server) {
    if (server !== undefined) return [await send(ServerPermissions, 'GET', path(server))];
    return (await send(PermissionList, 'GET', '/api/permissions')).servers;
  },
  change: (server, change) => send(ServerPermissions, 'POST', path(server), change),
});

const path = (server: string): string => `/api/servers/${encodeURIComponent(server)}/permissions`;
