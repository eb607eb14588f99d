import type { ServerId } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** What models of later conversations are told of the servers that were built here. */
export interface ServerMemory {
  keep(server: ServerId, text: string): Promise<void>;
  /** One line a server, the newest last. */
  list(): Promise<string[]>;
}

const KIND = 'server';

/** Opens the memory in the hub's database. */
export function createServerMemory({ db, clock }: { readonly db: Db; readonly clock: Clock }): ServerMemory {
  return {
    async keep(subject, text) {
      const created_at = new Date(clock.now()).toISOString();
      await written(
        db
          .insertInto('memory')
          .values({ kind: KIND, subject, text, created_at })
          .onConflict((same) => same.columns(['kind', 'subject']).doUpdateSet({ text, created_at }))
          .execute(),
      );
    },
    async list() {
      const rows = await db
        .selectFrom('memory')
        .selectAll()
        .where('kind', '=', KIND)
        .orderBy('created_at')
        .execute();
      return rows.map(({ subject, text }) => `The server ${subject} is there already: ${text}`);
    },
  };
}
