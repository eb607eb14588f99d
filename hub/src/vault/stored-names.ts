import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../store/store.ts';
import { openSecretRows } from './records.ts';

/** Names that the vault of a hub that is not running would give to a server. Needs no key. Rejects with DATA_UNWRITABLE. */
export async function storedNames(dataDir: string, server: string): Promise<string[]> {
  const file = join(dataDir, 'hub.db');
  if (!existsSync(file)) return [];
  const db = await openStore(file);
  try {
    const records = await openSecretRows(db).all();
    return records
      .filter((record) => record.revokedAt === undefined && ['', server].includes(record.server))
      .map(({ name }) => name);
  } finally {
    await db.destroy();
  }
}
