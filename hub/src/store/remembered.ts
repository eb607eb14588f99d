import type { Selectable } from 'kysely';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';
import { written } from './written.ts';

export type RememberedLine = Selectable<Tables['memory']>;

/**
 * The lines that models of later conversations are told. Every answer reads them, and hardly anything changes them: they are
 * held in memory until somebody writes. The hub is the only process that writes into its database.
 */
export interface Remembered {
  /** The newest last. Rejects as the database does. */
  list(): Promise<readonly RememberedLine[]>;
  /** Takes the place of what stood for the same principal under the same kind and subject. Rejects with DATA_UNWRITABLE. */
  put(line: RememberedLine): Promise<void>;
  /** Whether there was such a line. Rejects with DATA_UNWRITABLE. */
  remove(line: Pick<RememberedLine, 'principal' | 'kind' | 'subject'>): Promise<boolean>;
  /** Lines were changed by somebody else than this. */
  changed(): void;
}

const opened = new WeakMap<Db, Remembered>();

/** The lines of a database: one object for all rooms that read or write them. */
export function rememberedIn(db: Db): Remembered {
  const known = opened.get(db) ?? openRemembered(db);
  opened.set(db, known);
  return known;
}

function openRemembered(db: Db): Remembered {
  let lines: Promise<readonly RememberedLine[]> | undefined;
  // Also what began to be read before the change was written.
  const changed = (): void => void (lines = undefined);
  return {
    list() {
      lines ??= db
        .selectFrom('memory')
        .selectAll()
        .orderBy('created_at')
        .orderBy('subject')
        .execute()
        .catch((cause: unknown) => {
          changed();
          throw cause;
        });
      return lines;
    },
    changed,
    async put({ principal, kind, subject, text, created_at }) {
      const insert = db
        .insertInto('memory')
        .values({ principal, kind, subject, text, created_at })
        .onConflict((same) =>
          same.columns(['principal', 'kind', 'subject']).doUpdateSet({ text, created_at }),
        );
      await written(insert.execute().finally(changed));
    },
    async remove({ principal, kind, subject }) {
      const deletion = db
        .deleteFrom('memory')
        .where('principal', '=', principal)
        .where('kind', '=', kind)
        .where('subject', '=', subject);
      const { numDeletedRows } = await written(deletion.executeTakeFirst().finally(changed));
      return numDeletedRows > 0n;
    },
  };
}
