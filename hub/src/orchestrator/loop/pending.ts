import { randomInt } from 'node:crypto';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import type { ViewSelector, ChatItem, PendingCalls, RunRequest } from '../../kernel/ports.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** What is kept of a run that waits for a person: enough to go on after a restart. */
export interface PendingRun extends PendingCalls {
  readonly principal: string;
  readonly request: Pick<RunRequest, 'model' | 'settings' | 'tools' | 'samples' | 'limits' | 'routing'> & {
    readonly view?: ViewSelector | 'none' | undefined;
    readonly items: readonly ChatItem[];
  };
  /** What the run added before it stopped, the calls last. */
  readonly added: readonly ChatItem[];
}

/** Runs that wait for a person's word on their calls. */
export interface PendingStore {
  keep(run: Omit<PendingRun, 'id' | 'createdAt'>): Promise<PendingRun>;
  /** Of one principal, or of all. */
  list(principal?: string): Promise<readonly PendingRun[]>;
  /** Those with one of these ids, or of this conversation, that wait. */
  find(by: {
    readonly ids: readonly string[];
    readonly conversation?: string | undefined;
    /** Of whom; absent: of anybody. */
    readonly principal?: string | undefined;
  }): Promise<PendingRun | undefined>;
  /** Takes it out of those that wait; false: somebody else was quicker. No call is made twice, whatever happens after. */
  take(id: string, decision: 'approve' | 'reject' | 'drop'): Promise<boolean>;
}

const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';
const ID_LENGTH = 8;

/** How an answer names what it wants to be approved. */
export const PENDING_ID = new RegExp(`\\bap-[${LETTERS}]{${ID_LENGTH}}\\b`, 'g');

const newPendingId = (): string =>
  `ap-${Array.from({ length: ID_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;

/** The store in the hub's database. */
export function createPendingStore({ db, clock }: { readonly db: Db; readonly clock: Clock }): PendingStore {
  const waiting = (principal: string | undefined) => {
    const all = db.selectFrom('chat_pending').selectAll().where('state', '=', 'waiting');
    return principal === undefined ? all : all.where('principal', '=', principal);
  };
  const now = (): string => new Date(clock.now()).toISOString();
  return {
    async keep(run) {
      const kept: PendingRun = { ...run, id: newPendingId(), createdAt: now() };
      const row = {
        id: kept.id,
        principal: run.principal,
        conversation: run.conversation ?? null,
        state: 'waiting' as const,
        run_json: JSON.stringify(kept),
        created_at: kept.createdAt,
        decided_at: null,
      };
      await written(db.insertInto('chat_pending').values(row).execute());
      return kept;
    },
    async list(principal) {
      return (await waiting(principal).orderBy('created_at').execute()).map(toRun);
    },
    async find({ ids, conversation, principal }) {
      if (ids.length > 0) {
        const row = await waiting(principal)
          .where('id', 'in', ids)
          .orderBy('created_at', 'desc')
          .executeTakeFirst();
        if (row) return toRun(row);
      }
      if (conversation === undefined) return undefined;
      const row = await waiting(principal)
        .where('conversation', '=', conversation)
        .orderBy('created_at', 'desc')
        .executeTakeFirst();
      return row && toRun(row);
    },
    async take(id, decision) {
      const { numUpdatedRows } = await written(
        db
          .updateTable('chat_pending')
          .set({ state: STATES[decision], decided_at: now() })
          .where('id', '=', id)
          .where('state', '=', 'waiting')
          .executeTakeFirst(),
      );
      return numUpdatedRows === 1n;
    },
  };
}

const STATES = { approve: 'approved', reject: 'rejected', drop: 'dropped' } as const;

const toRun = ({ run_json }: { readonly run_json: string }): PendingRun =>
  parseExactJson(run_json) as unknown as PendingRun; // written above
