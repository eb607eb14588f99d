import {
  Asker,
  AuditList,
  AuditReport,
  AuditTrimmed,
  PersonList,
  PersonToken,
  Sharing,
} from '@counterpart/schemas';
import { PermissionList, ServerPermissions } from '@counterpart/schemas/hub/permissions';
import { z } from 'zod';
import type { AuditService } from '../../../http/oversight/audit-routes.ts';
import type { PermissionService } from '../../../http/oversight/permission-routes.ts';
import type { PeopleService } from '../../../http/oversight/people-routes.ts';
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

/** People of one hub and what they see. Every method rejects with the catalogue's errors. */
export type PeopleApi = Omit<PeopleService, 'people' | 'sharing'> & {
  list(): Promise<PersonList['people']>;
  /** As whom the hub knows the token that is sent. */
  me(): Promise<Asker>;
};

/** Talks to `/api/people` and `/api/servers/<id>/share`. */
export const createPeopleApi = (send: Send): PeopleApi => ({
  me: () => send(Asker, 'GET', '/api/me'),
  list: async () => (await send(PersonList, 'GET', '/api/people')).people,
  add: (name) => send(PersonToken, 'POST', '/api/people', { name }),
  renew: (name) => send(PersonToken, 'POST', `${person(name)}/token`, {}),
  async remove(name) {
    await send(z.unknown(), 'DELETE', person(name));
  },
  share: (server, whom) => send(Sharing, 'POST', at(server, 'share'), { with: whom }),
  unshare: (server, whom) => send(Sharing, 'POST', at(server, 'unshare'), { with: whom }),
});

const person = (name: string): string => `/api/people/${encodeURIComponent(name)}`;
const at = (server: string, verb: string): string => `/api/servers/${encodeURIComponent(server)}/${verb}`;

const path = (server: string): string => `/api/servers/${encodeURIComponent(server)}/permissions`;
