import { dirname } from 'node:path';
import { hubError } from '@counterpart/schemas';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import Database from 'libsql';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { KeptStatements } from './kept-statements.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './schema.ts';

export type Db = Kysely<Tables>;

/** Milliseconds the opening waits for another process's lock before it fails. */
const OPEN_TIMEOUT_MS = 5_000;
/** The same for a statement of the running hub, which serves nobody while it waits. */
const BUSY_TIMEOUT_MS = 100;

const DAMAGED = /not a database|malformed/i;
/** What kysely says of a migration that was made and is not among ours. */
const NEWER = /previously executed migration (\S+) is missing/;

/**
 * Opens the database in `file`, made if missing and migrated to the newest schema; `:memory:` for one that is gone at close.
 * Throws DATA_UNWRITABLE when the file cannot be opened or written, DATA_DAMAGED or DATA_NEWER when it cannot be used.
 */
export async function openStore(file: string): Promise<Db> {
  try {
    if (file !== ':memory:') makeFolder(dirname(file));
    const database = new Database(file, { timeout: OPEN_TIMEOUT_MS });
    database.exec(
      // 256 kB of pages instead of 2 MB: nothing is read from it while the hub serves.
      'PRAGMA cache_size = -256; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON;',
    );
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new KeptStatements(database) }) });
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    }).migrateToLatest();
    if (error !== undefined)
      throw error instanceof Error ? error : new Error('migration failed', { cause: error });
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return db;
  } catch (cause) {
    throw openFailure(file, cause);
  }
}

function openFailure(file: string, cause: unknown): Error {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const [, migration] = NEWER.exec(detail) ?? [];
  if (migration !== undefined) return hubError('DATA_NEWER', { file, migration }, { cause });
  if (DAMAGED.test(detail)) return hubError('DATA_DAMAGED', { file, detail }, { cause });
  return hubError('DATA_UNWRITABLE', { directory: file, detail }, { cause });
}
