import { hubError, type MemoryEntry, type MemoryRequest } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** What models of later conversations are told, visible to its owner and his to change. */
export interface Memory {
  /** The newest last; `kind` picks those of one kind. */
  list(kind?: string): Promise<MemoryEntry[]>;
  /** Takes the place of what stood under the same kind and subject. */
  add(entry: MemoryRequest): Promise<MemoryEntry>;
  /** Rejects with MEMORY_UNKNOWN. */
  forget(kind: string, subject: string): Promise<void>;
}

/** Opens the memory in the hub's database; builds write their lines of kind `server` into the same. */
export function createMemory({ db, clock }: { readonly db: Db; readonly clock: Clock }): Memory {
  return {
    async list(kind) {
      const all = db.selectFrom('memory').selectAll().orderBy('created_at').orderBy('subject');
      const rows = await (kind === undefined ? all : all.where('kind', '=', kind)).execute();
      return rows.map(({ created_at: createdAt, ...entry }) => ({ ...entry, createdAt }));
    },
    async add({ kind, subject, text }) {
      const created_at = new Date(clock.now()).toISOString();
      await written(
        db
          .insertInto('memory')
          .values({ kind, subject, text, created_at })
          .onConflict((same) => same.columns(['kind', 'subject']).doUpdateSet({ text, created_at }))
          .execute(),
      );
      return { kind, subject, text, createdAt: created_at };
    },
    async forget(kind, subject) {
      const { numDeletedRows } = await written(
        db.deleteFrom('memory').where('kind', '=', kind).where('subject', '=', subject).executeTakeFirst(),
      );
      if (numDeletedRows === 0n)
        throw hubError('MEMORY_UNKNOWN', { kind: kind.slice(0, 50), subject: subject.slice(0, 200) });
    },
  };
}
