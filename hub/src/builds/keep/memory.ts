import type { ServerId } from '@counterpart/schemas';
import { EVERYBODY } from '../../kernel/audit/principal.ts';
import type { Clock } from '../../kernel/clock.ts';
import { rememberedIn } from '../../store/remembered.ts';
import type { Db } from '../../store/store.ts';

/** What models of later conversations are told of the servers that were built here. */
export interface ServerMemory {
  keep(server: ServerId, text: string): Promise<void>;
  /** One line a server that may be told of, the newest last. */
  list(isTold: (server: string) => boolean): Promise<string[]>;
}

const KIND = 'server';

/** Opens the memory in the hub's database. */
export function createServerMemory({ db, clock }: { readonly db: Db; readonly clock: Clock }): ServerMemory {
  const remembered = rememberedIn(db);
  return {
    async keep(subject, text) {
      const created_at = new Date(clock.now()).toISOString();
      await remembered.put({ principal: EVERYBODY, kind: KIND, subject, text, created_at });
    },
    async list(isTold) {
      return (await remembered.list())
        .filter(({ kind, subject }) => kind === KIND && isTold(subject))
        .map(({ subject, text }) => `The server ${subject} is there already: ${text}`);
    },
  };
}
