import { hubError, type MemoryEntry, type MemoryRequest } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { EVERYBODY, OWNER } from '../../kernel/audit/principal.ts';
import { rememberedIn, type RememberedLine } from '../../store/remembered.ts';
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

interface Desk {
  readonly db: Db;
  readonly clock: Clock;
  /** Who is told. Default: the owner of the hub. */
  readonly principal?: string | undefined;
  /** Whether they see a server: lines on servers are told to those who do. Default: all. */
  readonly sees?: ((server: string) => boolean) | undefined;
}

const SERVER = 'server';

/** Opens one principal's memory in the hub's database; builds write their lines of kind `server` into the same. */
export function createMemory({ db, clock, principal = OWNER, sees = () => true }: Desk): Memory {
  const remembered = rememberedIn(db);
  const isTold = (line: RememberedLine): boolean =>
    line.principal === principal || (line.principal === EVERYBODY && sees(line.subject));
  /** Facts on servers are the owner's to keep for all who see them. */
  const holder = (kind: string): string => (kind === SERVER && principal === OWNER ? EVERYBODY : principal);
  return {
    async list(kind) {
      const lines = await remembered.list();
      return lines
        .filter((line) => isTold(line) && (kind === undefined || line.kind === kind))
        .map(({ kind: of, subject, text, created_at: createdAt }) => ({
          kind: of,
          subject,
          text,
          createdAt,
        }));
    },
    async add({ kind, subject, text }) {
      const createdAt = new Date(clock.now()).toISOString();
      await remembered.put({ principal: holder(kind), kind, subject, text, created_at: createdAt });
      return { kind, subject, text, createdAt };
    },
    async forget(kind, subject) {
      if (!(await remembered.remove({ principal: holder(kind), kind, subject })))
        throw hubError('MEMORY_UNKNOWN', { kind: kind.slice(0, 50), subject: subject.slice(0, 200) });
    },
  };
}
