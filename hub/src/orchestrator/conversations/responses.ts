import { hubError } from '@counterpart/schemas';
import { ConversationItem } from '@counterpart/schemas/chat/conversation';
import { z } from 'zod';
import { conversationKey } from './conversations.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import type { ChatItem } from '../../kernel/ports.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** An answer of `/v1/responses` as it is kept. */
export interface StoredResponse {
  readonly id: string;
  readonly previousId?: string | undefined;
  readonly conversation?: string | undefined;
  readonly status: string;
  /** What the request itself said. */
  readonly input: readonly ChatItem[];
  /** What the run added. */
  readonly items: readonly ChatItem[];
  /** As clients get it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Of the last event of its stream. */
  readonly lastSequence: number;
  readonly createdAt: string;
}

/** Answers in the hub's database. */
export interface Responses {
  /** Written anew where it is there already. */
  keep(response: StoredResponse): Promise<void>;
  find(id: string): Promise<StoredResponse | undefined>;
  /** All that was said up to this answer and with it, through all that came before. Rejects with RESPONSE_UNKNOWN. */
  history(id: string): Promise<readonly ChatItem[]>;
  /** False: there was none. */
  delete(id: string): Promise<boolean>;
  /** Those that another life of the hub left unfinished. */
  unfinished(): Promise<readonly StoredResponse[]>;
}

/** Chains that are longer are cut off at their beginning. */
const LONGEST_CHAIN = 2000;
const Items = z.array(ConversationItem);
const Body = z.record(z.string(), z.unknown());

/** Opens the responses of the hub's database. */
export function createResponses({
  db,
  principal = OWNER,
}: {
  readonly db: Db;
  /** Whose they are. Default: those of the owner of the hub. */
  readonly principal?: string | undefined;
}): Responses {
  const theirs = () => db.selectFrom('response').selectAll().where('principal', '=', principal);
  const find = async (id: string): Promise<StoredResponse | undefined> => {
    const row = await theirs().where('id', '=', id).executeTakeFirst();
    return row && fromRow(row);
  };
  return {
    find,
    async keep(response) {
      const { id, ...row } = toRow(response, principal);
      await written(
        db
          .insertInto('response')
          .values({ id, ...row })
          .onConflict((same) => same.column('id').doUpdateSet(row))
          .execute(),
      );
    },
    async history(id) {
      const chain: StoredResponse[] = [];
      for (let at: string | undefined = id; at !== undefined && chain.length < LONGEST_CHAIN;) {
        const found: StoredResponse | undefined = await find(at);
        if (found === undefined) throw hubError('RESPONSE_UNKNOWN', { response: at.slice(0, 100) });
        chain.push(found);
        at = found.previousId;
      }
      return chain.toReversed().flatMap(({ input, items }) => [...input, ...items]);
    },
    async delete(id) {
      const { numDeletedRows } = await written(
        db.deleteFrom('response').where('id', '=', id).where('principal', '=', principal).executeTakeFirst(),
      );
      return numDeletedRows > 0n;
    },
    async unfinished() {
      const rows = await theirs().where('status', 'in', ['queued', 'in_progress']).execute();
      return rows.map(fromRow);
    },
  };
}

type Row = ReturnType<typeof toRow>;

const toRow = (response: StoredResponse, principal: string) => ({
  id: response.id,
  principal,
  previous_id: response.previousId ?? null,
  conversation_id:
    response.conversation === undefined ? null : conversationKey(principal, response.conversation),
  status: response.status,
  input_json: JSON.stringify(response.input),
  items_json: JSON.stringify(response.items),
  body_json: JSON.stringify(response.body),
  last_sequence: response.lastSequence,
  created_at: response.createdAt,
});

const fromRow = (row: Row): StoredResponse => ({
  id: row.id,
  previousId: row.previous_id ?? undefined,
  conversation: row.conversation_id ?? undefined,
  status: row.status,
  input: Items.parse(JSON.parse(row.input_json)),
  items: Items.parse(JSON.parse(row.items_json)),
  body: Body.parse(JSON.parse(row.body_json)),
  lastSequence: row.last_sequence,
  createdAt: row.created_at,
});
