import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

/** A note as tools show it. */
export const Note = z.strictObject({
  id: z.int(),
  text: z.string(),
  writtenAt: z.iso.datetime().describe('When it was written, UTC.'),
});

const open = new Map<string, DatabaseSync>();

/** The database of a file, opened once and made where it is missing. */
export function notesIn(file: string): DatabaseSync {
  const known = open.get(file);
  if (known) return known;
  const database = new DatabaseSync(file);
  database.exec(
    'CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, writtenAt TEXT NOT NULL)',
  );
  open.set(file, database);
  return database;
}
