import { HubEvent } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { EventLog } from '../kernel/events.ts';
import type { Logger } from '../kernel/log.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import type { Db } from './store.ts';

export interface StoredEventLog extends EventLog {
  /** Events after `id`, oldest first, at most 1,000. */
  since(id: number): Promise<HubEvent[]>;
  /** Resolves when all that was published is written. */
  flush(): Promise<void>;
}

const MAX_PAGE = 1_000;
/** Rows kept; trimmed once in a while. */
const MAX_ROWS = 10_000;

/** Events are numbered and told at once, and written behind in one batch, so that no caller waits for the disk. */
export async function createEventLog(options: {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<StoredEventLog> {
  const { db, clock, log } = options;
  const last = await db
    .selectFrom('event')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  let next = (last?.id ?? 0) + 1;
  const listeners = new Set<(event: HubEvent) => void>();
  let batch: HubEvent[] = [];
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const events = batch;
    batch = [];
    if (events.length === 0) return;
    const rows = events.map(({ id, at, kind, ...body }) => ({
      id,
      at,
      kind,
      body_json: JSON.stringify(body),
    }));
    await db.insertInto('event').values(rows).execute();
    await db
      .deleteFrom('event')
      .where('id', '<=', next - MAX_ROWS)
      .execute();
  };
  return {
    publish(event) {
      const stamped = HubEvent.parse({ ...event, id: next, at: new Date(clock.now()).toISOString() });
      next += 1;
      batch.push(stamped);
      if (batch.length === 1)
        writing = writing.then(write).catch((cause: unknown) => log.error({ cause }, 'events were not kept'));
      for (const listener of listeners) listener(stamped);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async since(id) {
      await writing;
      const rows = await db
        .selectFrom('event')
        .selectAll()
        .where('id', '>', id)
        .orderBy('id')
        .limit(MAX_PAGE)
        .execute();
      return rows.map((row) =>
        HubEvent.parse({ id: row.id, at: row.at, kind: row.kind, ...membersOf(JSON.parse(row.body_json)) }),
      );
    },
    flush: () => writing,
  };
}
