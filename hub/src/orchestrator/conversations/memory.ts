import { hubError, type MemoryEntry, type MemoryRequest } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { rememberedIn } from '../../store/remembered.ts';
import type { Db } from '../../store/store.ts';

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
  const remembered = rememberedIn(db);
  return {
    async list(kind) {
      const lines = await remembered.list();
      return lines
        .filter((line) => kind === undefined || line.kind === kind)
        .map(({ created_at: createdAt, ...entry }) => ({ ...entry, createdAt }));
    },
    async add({ kind, subject, text }) {
      const createdAt = new Date(clock.now()).toISOString();
      await remembered.put({ kind, subject, text, created_at: createdAt });
      return { kind, subject, text, createdAt };
    },
    async forget(kind, subject) {
      if (!(await remembered.remove(kind, subject)))
        throw hubError('MEMORY_UNKNOWN', { kind: kind.slice(0, 50), subject: subject.slice(0, 200) });
    },
  };
}
