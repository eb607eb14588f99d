import {
  AuditAnchor,
  type AuditQuery,
  TrimAuditRequest,
  type AuditEntry,
  type AuditReport,
  type AuditTrimmed,
} from '@counterpart/schemas';
import type { Hono } from 'hono';
import { z } from 'zod';
import { readBody } from '../read-body.ts';
import { queryOf } from '../routes/query.ts';

/** The audit log, as the admin API needs it. */
export interface AuditService {
  /** Oldest first; without `after` the newest ones. */
  list(query: AuditQuery): Promise<AuditEntry[]>;
  verify(known?: AuditAnchor): Promise<AuditReport>;
  /** Rejects with AUDIT_UNKNOWN or AUDIT_BROKEN. */
  trim(upTo: number): Promise<AuditTrimmed>;
}

const Known = z.strictObject({ known: AuditAnchor.optional() });

/** Routes under `/api/audit`. */
export function addAuditRoutes(app: Hono, audit: AuditService): void {
  app.get('/api/audit', async (c) => {
    return c.json({ entries: await audit.list(queryOf(c, '/api/audit')) });
  });
  app.post('/api/audit/verify', async (c) => c.json(await audit.verify((await readBody(c, Known)).known)));
  app.post('/api/audit/trim', async (c) =>
    c.json(await audit.trim((await readBody(c, TrimAuditRequest)).upTo)),
  );
}
