import { RouteRecord } from '@counterpart/schemas';
import type { Logger } from '../../../kernel/log.ts';
import type { Db } from '../../../store/store.ts';

/** Decisions as they were made, and how they ended. */
export interface RouteRecords {
  /** Kept in the background, over one of the same id: nobody waits for the disk. */
  keep(record: RouteRecord): void;
  /** The newest first; at most `limit`. */
  list(limit: number): Promise<RouteRecord[]>;
  /** Undefined: there is none, or none any more. */
  find(id: string): Promise<RouteRecord | undefined>;
  /** Dollars of all answers since a moment (ISO 8601). */
  spentSince(at: string): Promise<number>;
  /** Resolves when all that was kept is written. */
  flush(): Promise<void>;
}

/** With more waiting than this the disk takes nothing: the oldest are given up. */
const MOST_WAITING = 2_000;

export function createRouteRecords(options: {
  readonly db: Db;
  readonly log: Logger;
  /** How many are kept; read each time. */
  readonly most: () => number;
}): RouteRecords {
  const { db, log, most } = options;
  const batch = new Map<string, RouteRecord>();
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    const rows = [...batch.values()].map(toRow);
    batch.clear();
    if (rows.length > 0) await writeRows(db, rows, most());
  };
  const flush = () => {
    writing = writing.then(write).catch((cause: unknown) => log.error({ cause }, 'decisions were not kept'));
    return writing;
  };
  const read = (rows: readonly { readonly body_json: string }[]) =>
    rows.flatMap(({ body_json: body }) => RouteRecord.safeParse(JSON.parse(body)).data ?? []);
  return {
    keep(record) {
      batch.set(record.id, record);
      const [oldest] = batch.keys();
      if (batch.size > MOST_WAITING && oldest !== undefined) batch.delete(oldest);
      // After whatever is being answered now.
      if (batch.size === 1) setImmediate(() => void flush());
    },
    async list(limit) {
      await flush();
      return read(
        await db
          .selectFrom('route_decision')
          .select('body_json')
          .orderBy('number', 'desc')
          .limit(limit)
          .execute(),
      );
    },
    async find(id) {
      await flush();
      const [found] = read(
        await db.selectFrom('route_decision').select('body_json').where('id', '=', id).execute(),
      );
      return found;
    },
    async spentSince(at) {
      await flush();
      const { usd } = await db
        .selectFrom('route_decision')
        .select(({ fn }) => fn.sum<number | null>('cost_usd').as('usd'))
        .where('at', '>=', at)
        .executeTakeFirstOrThrow();
      return usd ?? 0;
    },
    flush,
  };
}

async function writeRows(db: Db, rows: readonly ReturnType<typeof toRow>[], most: number): Promise<void> {
  for (const row of rows)
    await db
      .insertInto('route_decision')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  const { last } = await db
    .selectFrom('route_decision')
    .select(({ fn }) => fn.max('number').as('last'))
    .executeTakeFirstOrThrow();
  await db
    .deleteFrom('route_decision')
    .where('number', '<=', last - most)
    .execute();
}

const toRow = (record: RouteRecord) => ({
  id: record.id,
  at: record.at,
  category: record.classification.category,
  tier: record.tier,
  model: record.model,
  cost_usd: record.outcome?.costUsd ?? 0,
  body_json: JSON.stringify(record),
});
