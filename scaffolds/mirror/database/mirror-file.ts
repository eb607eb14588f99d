import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSqlite } from '@counterpart/kit/database';
import type { DatabaseFacet } from '@counterpart/schemas';
import { mirrorStatements } from './definition.ts';
import { createSeeds, type Seeds } from './seeds.ts';

/** A database in the place of the real one: an SQLite file with rows, for a server that is tested. */
export interface MirrorFile {
  /** Connection string. */
  readonly url: string;
  readonly seeds: Seeds;
  /** Makes every row as it was at the beginning; nobody may be in a transaction. */
  reset(): void;
  close(): Promise<void>;
}

/** Rows a table has. */
const ROWS = 5;

/** Writes the mirror of a database into a folder of its own, which `close` removes. */
export async function createMirrorFile(facet: DatabaseFacet, seed = 1): Promise<MirrorFile> {
  const { DatabaseSync } = await import('node:sqlite');
  const folder = await mkdtemp(join(tmpdir(), 'counterpart-database-'));
  const file = join(folder, 'mirror.sqlite');
  const seeds = createSeeds(facet, { seed, rows: ROWS });
  const statements = mirrorStatements(facet, seeds);
  const database = new DatabaseSync(file);
  // Nothing here outlives the process that made it.
  database.exec('PRAGMA synchronous = OFF');
  const limits = { mostRows: 0, mostBytes: 0 };
  const run = (only: (text: string) => boolean): void => {
    database.exec('PRAGMA foreign_keys = OFF; BEGIN');
    for (const { text, params } of statements)
      if (only(text)) runSqlite(database, { text, params, ...limits });
    database.exec('COMMIT');
  };
  run((text) => !text.startsWith('PRAGMA'));
  return {
    url: `sqlite:${file}`,
    seeds,
    reset() {
      database.exec('PRAGMA foreign_keys = OFF');
      for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all())
        database.exec(`DELETE FROM "${String(name).replaceAll('"', '""')}"`);
      run((text) => text.startsWith('INSERT'));
    },
    async close() {
      database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
