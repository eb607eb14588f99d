import { RouteRecord } from '@counterpart/schemas';
import type { Clock } from '../../../kernel/clock.ts';
import type { Logger } from '../../../kernel/log.ts';
import type { Db } from '../../../store/store.ts';

/** Decisions as they were made, and how they ended. */
export interface RouteRecords {
  /** Kept in the background, over one of the same id, within a quarter of a second: nobody waits for the disk. */
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

/** Decisions are gathered for so long, so that one statement writes many of them, and each with its end. */
const GATHER_MS = 250;
/** With more waiting than this the disk takes nothing: the oldest are given up. */
const MOST_WAITING = 2_000;

export function createRouteRecords(options: {
  readonly db: Db;
  readonly log: Logger;
  readonly clock: Clock;
  /** How many are kept; read each time. */
  readonly most: () => number;
}): RouteRecords {
  const { db, log, clock, most } = options;
  const batch = new Map<string, RouteRecord>();
  let writing: Promise<void> = Promise.resolve();
  let gathering: (() => void) | undefined;
  const write = async () => {
    const rows = [...batch.values()].map(toRow);
    batch.clear();
    if (rows.length > 0) await writeRows(db, rows, most());
  };
  const flush = () => {
    gathering?.();
    gathering = undefined;
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
      gathering ??= clock.after(GATHER_MS, () => void flush());
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
  await db
    .insertInto('route_decision')
    .values(rows)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet((row) => ({
        tier: row.ref('excluded.tier'),
        model: row.ref('excluded.model'),
        cost_usd: row.ref('excluded.cost_usd'),
        body_json: row.ref('excluded.body_json'),
      })),
    )
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
