import { join } from 'node:path';
import type { AuditTrail } from '../../kernel/ports.ts';

/** The audit log of a home for commands that work on its files themselves, beside a running hub or without one. */
export const ownTrail = (dataDir: string, principal: string): AuditTrail => ({
  async acting(act, work) {
    const [{ createAuditLog }, { openStore }, { systemClock }] = await Promise.all([
      import('../../audit/audit.ts'),
      import('../../store/store.ts'),
      import('../../kernel/clock.ts'),
    ]);
    const db = await openStore(join(dataDir, 'hub.db'));
    try {
      return await createAuditLog({ db, clock: systemClock, dataDir }).acting({ principal, ...act }, work);
    } finally {
      await db.destroy();
    }
  },
});
