import { AuditList, AuditReport, AuditTrimmed } from '@counterpart/schemas';
import type { AuditService } from '../../../http/oversight/audit-routes.ts';
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
