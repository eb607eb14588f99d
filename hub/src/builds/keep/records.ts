import {
  ApprovalSheet,
  hubError,
  LoopOrder,
  LoopPlan,
  LoopState,
  LoopStep,
  LoopSummary,
  type LoopStage,
} from '@counterpart/schemas';
import { OWNER } from '../../kernel/audit/principal.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** What is kept of a build in the hub's database; what it made stands in its folder. */
export interface BuildRecord extends LoopSummary {
  readonly order: LoopOrder;
  readonly plan?: LoopPlan | undefined;
  readonly sheet?: ApprovalSheet | undefined;
  /** Counted up by every retry; each is a run of the engine. */
  readonly attempt: number;
}

export type RecordChange = Partial<
  Pick<BuildRecord, 'state' | 'stage' | 'waitsFor' | 'server' | 'problem' | 'plan' | 'sheet' | 'attempt'>
>;

export interface StepChange extends Pick<LoopStep, 'stage' | 'round' | 'state'> {
  readonly detail?: string | undefined;
}

/** The durable list of builds. Rejects with DATA_UNWRITABLE where the disk refuses. */
export interface BuildRecords {
  insert(record: BuildRecord): Promise<void>;
  /**
   * Members that are named with the value undefined are emptied. A build that was cancelled stays so, whatever its work was about to
   * write, until a retry queues it.
   */
  update(id: string, change: RecordChange): Promise<BuildRecord>;
  /** Rejects with BUILD_UNKNOWN. */
  get(id: string): Promise<BuildRecord>;
  /** Those of a person who leaves are the owner's. */
  disown(person: string): Promise<void>;
  /** Newest first. */
  list(): Promise<BuildRecord[]>;
  steps(id: string): Promise<LoopStep[]>;
  step(id: string, change: StepChange): Promise<void>;
  /** Forgets steps from a stage on, so that they are shown as they go again. */
  dropSteps(id: string, stages: readonly LoopStage[]): Promise<void>;
}

const CANCELLED = { state: 'cancelled', waitsFor: undefined } as const;

/** Opens the list in the hub's database. */
export function createBuildRecords({ db, clock }: { readonly db: Db; readonly clock: Clock }): BuildRecords {
  const now = (): string => new Date(clock.now()).toISOString();
  const get = async (id: string): Promise<BuildRecord> => {
    const row = await db.selectFrom('build').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw hubError('BUILD_UNKNOWN', { build: id });
    return toRecord(row);
  };
  const update = async (id: string, change: RecordChange): Promise<BuildRecord> => {
    const before = await get(id);
    const isOver = before.state === 'cancelled' && change.state !== 'queued';
    const next = { ...before, ...change, ...(isOver ? CANCELLED : {}), updatedAt: now() };
    const { id: _, ...values } = toRow(next);
    await written(db.updateTable('build').set(values).where('id', '=', id).execute());
    return next;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    get,
    async insert(record) {
      await written(db.insertInto('build').values(toRow(record)).execute());
    },
    async update(id, change) {
      // Of two at once the second would write back what it read before the first.
      const updated = last.then(() => update(id, change));
      last = updated.catch(() => undefined);
      return await updated;
    },
    disown: (person) => disown(db, person),
    async list() {
      const rows = await db.selectFrom('build').selectAll().orderBy('id', 'desc').execute();
      return rows.map(toRecord);
    },
    steps: (id) => stepsOf(db, id),
    async step(id, { stage, round, state, detail }) {
      const ended_at = state === 'running' ? null : now();
      const values = { state, ended_at, detail: detail ?? null };
      await written(
        db
          .insertInto('build_step')
          .values({ build_id: id, stage, round, started_at: now(), ...values })
          .onConflict((same) => same.columns(['build_id', 'stage', 'round']).doUpdateSet(values))
          .execute(),
      );
    },
    async dropSteps(id, stages) {
      await written(
        db.deleteFrom('build_step').where('build_id', '=', id).where('stage', 'in', stages).execute(),
      );
    },
  };
}

async function stepsOf(db: Db, id: string): Promise<LoopStep[]> {
  const rows = await db
    .selectFrom('build_step')
    .selectAll()
    .where('build_id', '=', id)
    .orderBy('started_at')
    .orderBy('number')
    .execute();
  return rows.map((row) =>
    LoopStep.parse({
      stage: row.stage,
      round: row.round,
      state: row.state,
      startedAt: row.started_at,
      ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
      ...(row.detail === null ? {} : { detail: row.detail }),
    }),
  );
}

async function disown(db: Db, person: string): Promise<void> {
  const theirs = db.updateTable('build').set({ principal: OWNER }).where('principal', '=', person);
  await written(theirs.execute());
}

type Row = Awaited<ReturnType<typeof readRow>>;
const readRow = (db: Db) => db.selectFrom('build').selectAll().executeTakeFirstOrThrow();

function toRecord(row: Row): BuildRecord {
  const order = LoopOrder.parse(JSON.parse(row.order_json));
  return {
    order,
    attempt: row.attempt,
    ...(row.plan_json === null ? {} : { plan: LoopPlan.parse(JSON.parse(row.plan_json)) }),
    ...(row.sheet_json === null ? {} : { sheet: ApprovalSheet.parse(JSON.parse(row.sheet_json)) }),
    ...LoopSummary.parse({
      id: row.id,
      text: order.text,
      author: order.author,
      state: LoopState.parse(row.state),
      ...(row.stage === null ? {} : { stage: row.stage }),
      ...(row.waits_for === null ? {} : { waitsFor: row.waits_for }),
      ...(row.server_id === null ? {} : { server: row.server_id }),
      ...(row.principal === OWNER ? {} : { person: row.principal }),
      ...(row.problem === null ? {} : { problem: row.problem }),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),
  };
}

const toRow = (record: BuildRecord): Row => ({
  id: record.id,
  state: record.state,
  stage: record.stage ?? null,
  waits_for: record.waitsFor ?? null,
  server_id: record.server ?? null,
  problem: record.problem ?? null,
  attempt: record.attempt,
  principal: record.person ?? OWNER,
  order_json: JSON.stringify(record.order),
  plan_json: record.plan === undefined ? null : JSON.stringify(record.plan),
  sheet_json: record.sheet === undefined ? null : JSON.stringify(record.sheet),
  created_at: record.createdAt,
  updated_at: record.updatedAt,
});
