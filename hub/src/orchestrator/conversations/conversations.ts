import {
  hubError,
  type BranchRequest,
  type ConversationChange,
  type ConversationDetail,
  type ConversationSummary,
} from '@counterpart/schemas';
import { ConversationItem } from '@counterpart/schemas/chat/conversation';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { OWNER } from '../../kernel/audit/principal.ts';
import { newId } from '../../kernel/ids.ts';
import type { ChatItem } from '../../kernel/ports.ts';
import type { Tables } from '../../store/schema.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';
import { titleOf } from './title.ts';

/** Conversations in the hub's database. What names an unknown one rejects with CONVERSATION_UNKNOWN. */
export interface Conversations {
  create(options?: {
    readonly id?: string | undefined;
    readonly title?: string | undefined;
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    readonly items?: readonly ChatItem[] | undefined;
  }): Promise<ConversationSummary>;
  /** The one that was touched last comes first. */
  list(options?: { readonly limit?: number | undefined }): Promise<ConversationSummary[]>;
  show(id: string): Promise<ConversationDetail>;
  has(id: string): Promise<boolean>;
  /** All that was said, in order. */
  items(id: string): Promise<readonly ChatItem[]>;
  /** What a model is told of it: all that was said, its first part as the summary where there is one. */
  context(id: string): Promise<readonly ChatItem[]>;
  /** Adds to the end; the first question gives an unnamed conversation its title. */
  append(id: string, items: readonly ChatItem[]): Promise<void>;
  /** Takes one item out; false: there is none of this id. */
  remove(id: string, itemId: string): Promise<boolean>;
  /** Keeps the first `count` items; what stood behind them lives on in a branch. */
  cut(id: string, count: number): Promise<void>;
  /** The same without the branch: what came after was never answered. */
  takeBack(id: string, count: number): Promise<void>;
  change(id: string, change: ConversationChange): Promise<ConversationSummary>;
  /** How many items from the first on the summary stands for; 0: there is none. */
  summarised(id: string): Promise<number>;
  /** Keeps `text` as what stands for the first `items` items. */
  summarise(id: string, summary: { readonly text: string; readonly items: number }): Promise<void>;
  /** A copy of its first items, to go on from in another direction. */
  branch(id: string, request?: BranchRequest): Promise<ConversationSummary>;
  delete(id: string): Promise<void>;
}

type Row = Tables['conversation'];

/** Where a conversation stands: people name theirs as they like. The owner's cannot be named so, which have no slash. */
export const conversationKey = (principal: string, id: string): string =>
  principal === OWNER ? id : `${principal}/${id}`;

const shownId = ({ principal, id }: Pick<Row, 'principal' | 'id'>): string =>
  id.slice(conversationKey(principal, '').length);

type ItemRow = Tables['conversation_item'];

const MOST_LISTED = 1000;
/** Items that are written by one statement: SQLite binds at most 32,766 values. */
const AT_ONCE = 500;
const Metadata = z.record(z.string(), z.string());
const itemOf = ({ item_json }: Pick<ItemRow, 'item_json'>): ChatItem =>
  ConversationItem.parse(JSON.parse(item_json));
const isMessage = (item: ChatItem): boolean => item.type === 'message';

/** Opens the conversations of the hub's database. */
export function createConversations({
  db,
  clock,
  added = () => undefined,
  principal = OWNER,
}: {
  readonly db: Db;
  readonly clock: Clock;
  /** Whose they are. Default: those of the owner of the hub. */
  readonly principal?: string | undefined;
  /** Told of every conversation that something was added to. */
  readonly added?: (id: string) => void;
}): Conversations {
  return new StoredConversations(db, clock, { added, principal });
}

class StoredConversations implements Conversations {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #added: (id: string) => void;
  readonly #principal: string;

  constructor(
    db: Db,
    clock: Clock,
    { added, principal }: { readonly added: (id: string) => void; readonly principal: string },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#added = added;
    this.#principal = principal;
  }

  async create({ id, title = '', metadata = {}, items = [] }: Parameters<Conversations['create']>[0] = {}) {
    const at = this.#now();
    const row: Row = {
      id: this.#key(id ?? `conv_${newId().replaceAll('-', '')}`),
      principal: this.#principal,
      title,
      metadata_json: JSON.stringify(metadata),
      branched_from: null,
      branched_at: null,
      summary: null,
      summary_items: null,
      created_at: at,
      updated_at: at,
    };
    await written(this.#db.insertInto('conversation').values(row).execute());
    const made = shownId(row);
    await this.append(made, items);
    return this.#summary(made);
  }

  async list({ limit = MOST_LISTED }: { readonly limit?: number | undefined } = {}) {
    const rows = await this.#db
      .selectFrom('conversation')
      .selectAll()
      .where('principal', '=', this.#principal)
      .orderBy('updated_at', 'desc')
      .orderBy('id')
      .limit(Math.min(limit, MOST_LISTED))
      .execute();
    const counts = await this.#messageCounts(rows.map(({ id }) => id));
    return rows.map((row) => toSummary(row, counts.get(row.id) ?? 0));
  }

  async show(id: string) {
    const row = await this.#row(id);
    const rows = await this.#itemRows(id);
    const items = rows.map((one) => ({ ...one, item: ConversationItem.parse(JSON.parse(one.item_json)) }));
    return {
      ...toSummary(row, items.filter(({ item }) => isMessage(item)).length),
      items: items.map(({ id: itemId, created_at: at, item }) => ({ id: itemId, at, item })),
    };
  }

  async has(id: string) {
    const row = await this.#db
      .selectFrom('conversation')
      .select('id')
      .where('id', '=', this.#key(id))
      .where('principal', '=', this.#principal)
      .executeTakeFirst();
    return row !== undefined;
  }

  async items(id: string) {
    await this.#row(id);
    return (await this.#itemRows(id)).map(itemOf);
  }

  async context(id: string) {
    const { summary, summary_items } = await this.#row(id);
    const items = (await this.#itemRows(id)).map(itemOf);
    if (summary === null || summary_items === null) return items;
    const told: ChatItem = {
      type: 'message',
      role: 'system',
      content: [{ type: 'text', text: `What was said before, in short:\n${summary}` }],
    };
    const instructions = items
      .slice(0, summary_items)
      .filter((item) => item.type === 'message' && (item.role === 'system' || item.role === 'developer'));
    return [...instructions, told, ...items.slice(summary_items)];
  }

  async append(id: string, items: readonly ChatItem[]) {
    const { title } = await this.#row(id);
    if (items.length === 0) return;
    const at = this.#now();
    const first = await this.#count(id);
    const rows = items.map((item, n) => ({
      id: `item_${newId().replaceAll('-', '')}`,
      conversation_id: this.#key(id),
      position: first + n,
      item_json: JSON.stringify(item),
      created_at: at,
    }));
    const change = { updated_at: at, ...(title === '' ? { title: titleOf(items) } : {}) };
    await written(
      this.#db.transaction().execute(async (db) => {
        for (let from = 0; from < rows.length; from += AT_ONCE)
          await db
            .insertInto('conversation_item')
            .values(rows.slice(from, from + AT_ONCE))
            .execute();
        await db.updateTable('conversation').set(change).where('id', '=', this.#key(id)).execute();
      }),
    );
    this.#added(id);
  }

  async remove(id: string, itemId: string) {
    await this.#row(id);
    const key = this.#key(id);
    const own = (await this.#itemRows(id)).find((row) => row.id === itemId);
    if (own === undefined) return false;
    await written(
      this.#db.transaction().execute(async (db) => {
        await db.deleteFrom('conversation_item').where('id', '=', itemId).execute();
        // Places are unique: each is free before it is taken.
        const moved = db.updateTable('conversation_item').where('conversation_id', '=', key);
        await moved
          .set((eb) => ({ position: eb.neg('position') }))
          .where('position', '>', own.position)
          .execute();
        await moved
          .set((eb) => ({ position: eb(eb.neg('position'), '-', 1) }))
          .where('position', '<', 0)
          .execute();
      }),
    );
    await this.#forgetSummaryBeyond(id, own.position);
    return true;
  }

  async cut(id: string, count: number) {
    const { title } = await this.#row(id);
    if ((await this.#count(id)) <= count) return;
    await this.branch(id, { title: `${title || 'A conversation'} (before it was edited)` });
    await this.takeBack(id, count);
  }

  async takeBack(id: string, count: number) {
    await written(
      this.#db
        .deleteFrom('conversation_item')
        .where('conversation_id', '=', this.#key(id))
        .where('position', '>=', count)
        .execute(),
    );
    await this.#forgetSummaryBeyond(id, count);
  }

  async change(id: string, { title, metadata }: ConversationChange) {
    await this.#row(id);
    const set = {
      ...(title === undefined ? {} : { title }),
      ...(metadata === undefined ? {} : { metadata_json: JSON.stringify(metadata) }),
      updated_at: this.#now(),
    };
    await written(this.#db.updateTable('conversation').set(set).where('id', '=', this.#key(id)).execute());
    return this.#summary(id);
  }

  async summarised(id: string) {
    return (await this.#row(id)).summary_items ?? 0;
  }

  async summarise(id: string, { text, items }: { readonly text: string; readonly items: number }) {
    await this.#row(id);
    const set = { summary: text, summary_items: items };
    await written(this.#db.updateTable('conversation').set(set).where('id', '=', this.#key(id)).execute());
  }

  async branch(id: string, { items: count, title }: BranchRequest = {}) {
    const from = await this.#row(id);
    const items = (await this.#itemRows(id)).map(itemOf);
    const taken = items.slice(0, count);
    const { id: made } = await this.create({
      title: title ?? (from.title === '' ? '' : `${from.title} (branch)`),
      metadata: Metadata.parse(JSON.parse(from.metadata_json)),
      items: taken,
    });
    const summarised = (from.summary_items ?? Infinity) <= taken.length;
    const set = {
      branched_from: id,
      branched_at: taken.length,
      ...(summarised ? { summary: from.summary, summary_items: from.summary_items } : {}),
    };
    await written(this.#db.updateTable('conversation').set(set).where('id', '=', this.#key(made)).execute());
    return this.#summary(made);
  }

  async delete(id: string) {
    await this.#row(id);
    await written(
      this.#db.transaction().execute(async (db) => {
        const key = this.#key(id);
        await db.deleteFrom('conversation_item').where('conversation_id', '=', key).execute();
        await db.deleteFrom('response').where('conversation_id', '=', key).execute();
        await db.deleteFrom('conversation').where('id', '=', key).execute();
      }),
    );
  }

  #key(id: string): string {
    return conversationKey(this.#principal, id);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  async #row(id: string): Promise<Row> {
    const row = await this.#db
      .selectFrom('conversation')
      .selectAll()
      .where('id', '=', this.#key(id))
      .where('principal', '=', this.#principal)
      .executeTakeFirst();
    if (row === undefined) throw hubError('CONVERSATION_UNKNOWN', { conversation: id.slice(0, 100) });
    return row;
  }

  #itemRows(id: string): Promise<ItemRow[]> {
    return this.#db
      .selectFrom('conversation_item')
      .selectAll()
      .where('conversation_id', '=', this.#key(id))
      .orderBy('position')
      .execute();
  }

  async #count(id: string): Promise<number> {
    const { last } = await this.#db
      .selectFrom('conversation_item')
      .select(({ fn }) => fn.max('position').as('last'))
      .where('conversation_id', '=', this.#key(id))
      .executeTakeFirstOrThrow();
    return last === null ? 0 : last + 1;
  }

  async #messageCounts(ids: readonly string[]): Promise<Map<string, number>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('conversation_item')
      .select(({ fn }) => ['conversation_id', fn.countAll<number>().as('count')])
      .where('conversation_id', 'in', ids)
      .where('item_json', 'like', '%"type":"message"%')
      .groupBy('conversation_id')
      .execute();
    return new Map(rows.map(({ conversation_id, count }) => [conversation_id, count]));
  }

  async #summary(id: string): Promise<ConversationSummary> {
    const row = await this.#row(id);
    return toSummary(row, (await this.#messageCounts([row.id])).get(row.id) ?? 0);
  }

  async #forgetSummaryBeyond(id: string, count: number): Promise<void> {
    await this.#db
      .updateTable('conversation')
      .set({ summary: null, summary_items: null })
      .where('id', '=', this.#key(id))
      .where('summary_items', '>', count)
      .execute();
  }
}

function toSummary(row: Row, messages: number): ConversationSummary {
  const { branched_from, branched_at, summary, summary_items } = row;
  return {
    id: shownId(row),
    title: row.title,
    messages,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    ...(branched_from === null ? {} : { branchedFrom: { id: branched_from, items: branched_at ?? 0 } }),
    ...(summary === null ? {} : { summary: { text: summary, items: summary_items ?? 0 } }),
    metadata: Metadata.parse(JSON.parse(row.metadata_json)),
  };
}
