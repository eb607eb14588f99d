import { randomInt } from 'node:crypto';
import { JsonValue, hubError, type FlowRun, type FlowRunSummary } from '@counterpart/schemas';
import { FlowRunState } from '@counterpart/schemas/flows/run-state';
import { FlowProblem, FlowStep } from '@counterpart/schemas/flows/flow';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Db } from '../../store/store.ts';
import { written } from '../../store/written.ts';

/** A run as it is kept: with the flow as it was, so that a file that is edited meanwhile changes nothing. */
export interface RunRecord {
  readonly id: string;
  readonly flow: string;
  readonly hash: string;
  readonly state: FlowRunState;
  readonly text: string;
  /** Hash of each template by its name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly inputs: FlowRun['inputs'];
  readonly outputs?: FlowRun['outputs'];
  readonly problem?: FlowProblem | undefined;
  readonly workedMs: number;
  readonly startedAt: string;
  readonly endedAt?: string | undefined;
}

/** What may change of a run. */
export type RunChange = Partial<Pick<RunRecord, 'state' | 'outputs' | 'problem' | 'workedMs' | 'endedAt'>>;

/** A run that begins. */
export type NewRun = Omit<RunRecord, 'id' | 'state' | 'workedMs' | 'startedAt'>;

export interface RunFilter {
  readonly flow?: string | undefined;
  readonly limit: number;
}

type Word = 'approved' | 'rejected';

/** The runs of flows in the hub's database. */
export interface FlowRecords {
  insert(run: NewRun): Promise<RunRecord>;
  /** Rejects with FLOW_RUN_UNKNOWN. */
  get(id: string): Promise<RunRecord>;
  /** The newest first. */
  list(filter: RunFilter): Promise<RunRecord[]>;
  unfinished(): Promise<RunRecord[]>;
  /** Changes a run unless it has ended; whether it did. */
  update(id: string, change: RunChange): Promise<boolean>;
  /** In the order in which they began. */
  steps(id: string): Promise<FlowStep[]>;
  /** In the place of the step before of the same node and item. */
  putStep(id: string, step: FlowStep): Promise<void>;
  /** A person's word on what waits, of one node or all; how many steps that were. */
  decide(id: string, decision: Word, node: string | undefined): Promise<number>;
}

const ENDED: readonly string[] = ['done', 'failed', 'cancelled'] satisfies FlowRunState[];
/** Older ones that ended are forgotten. */
const MOST_RUNS = 1_000;
/** Of the whole of a node that goes through a list. */
const WHOLE = -1;

const Members = z.record(z.string(), JsonValue);
const Hashes = z.record(z.string(), z.string());

/** The records in a database. */
export const createFlowRecords = (options: RecordsOptions): FlowRecords => new DbRecords(options);

interface RecordsOptions {
  readonly db: Db;
  readonly clock: Clock;
}

class DbRecords implements FlowRecords {
  readonly #db: Db;
  readonly #clock: Clock;

  constructor({ db, clock }: RecordsOptions) {
    this.#db = db;
    this.#clock = clock;
  }

  async insert(given: NewRun): Promise<RunRecord> {
    const startedAt = new Date(this.#clock.now()).toISOString();
    const run: RunRecord = {
      ...given,
      id: newRunId(this.#clock.now()),
      state: 'queued',
      workedMs: 0,
      startedAt,
    };
    await written(this.#db.insertInto('flow_run').values(toRow(run)).execute());
    await forgetOld(this.#db);
    return run;
  }

  async get(id: string): Promise<RunRecord> {
    const row = await this.#db.selectFrom('flow_run').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw hubError('FLOW_RUN_UNKNOWN', { id });
    return toRun(row);
  }

  async list({ flow, limit }: RunFilter): Promise<RunRecord[]> {
    const all = this.#db
      .selectFrom('flow_run')
      .selectAll()
      .orderBy('started_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit);
    return (await (flow === undefined ? all : all.where('flow', '=', flow)).execute()).map(toRun);
  }

  async unfinished(): Promise<RunRecord[]> {
    return (await this.#db.selectFrom('flow_run').selectAll().where('state', 'not in', ENDED).execute()).map(
      toRun,
    );
  }

  async update(id: string, { state, outputs, problem, workedMs, endedAt }: RunChange): Promise<boolean> {
    const change = {
      ...(state === undefined ? {} : { state }),
      ...(outputs === undefined ? {} : { outputs_json: JSON.stringify(outputs) }),
      ...(problem === undefined ? {} : { problem_json: JSON.stringify(problem) }),
      ...(workedMs === undefined ? {} : { worked_ms: Math.round(workedMs) }),
      ...(endedAt === undefined ? {} : { ended_at: endedAt }),
    };
    const { numUpdatedRows } = await written(
      this.#db
        .updateTable('flow_run')
        .set(change)
        .where('id', '=', id)
        .where('state', 'not in', ENDED)
        .executeTakeFirst(),
    );
    return numUpdatedRows === 1n;
  }

  steps(id: string): Promise<FlowStep[]> {
    return stepsOf(this.#db, id);
  }

  async putStep(id: string, step: FlowStep): Promise<void> {
    const { state, item = WHOLE, node } = step;
    const row = { run_id: id, node, item, state, body_json: JSON.stringify(step) };
    await written(
      this.#db
        .insertInto('flow_step')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['run_id', 'node', 'item']).doUpdateSet({ state, body_json: row.body_json }),
        )
        .execute(),
    );
  }

  async decide(id: string, decision: Word, node: string | undefined): Promise<number> {
    const waiting = this.#db
      .updateTable('flow_step')
      .set({ state: decision })
      .where('run_id', '=', id)
      .where('state', '=', 'waiting');
    const { numUpdatedRows } = await written(
      (node === undefined ? waiting : waiting.where('node', '=', node)).executeTakeFirst(),
    );
    return Number(numUpdatedRows);
  }
}

async function stepsOf(db: Db, id: string): Promise<FlowStep[]> {
  const rows = await db.selectFrom('flow_step').selectAll().where('run_id', '=', id).execute();
  return rows
    .map(({ state, body_json }) => {
      const body: unknown = JSON.parse(body_json);
      return FlowStep.parse({ ...z.looseObject({}).parse(body), state });
    })
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt) || (a.item ?? WHOLE) - (b.item ?? WHOLE));
}

async function forgetOld(db: Db): Promise<void> {
  const old = await db
    .selectFrom('flow_run')
    .select('id')
    .where('state', 'in', ENDED)
    .orderBy('started_at', 'desc')
    .offset(MOST_RUNS)
    .limit(100)
    .execute();
  if (old.length === 0) return;
  const ids = old.map(({ id }) => id);
  await db.deleteFrom('flow_step').where('run_id', 'in', ids).execute();
  await db.deleteFrom('flow_run').where('id', 'in', ids).execute();
}

/** What a run took, over all its steps. */
export function usageOf(steps: readonly FlowStep[]): { readonly tokens: number; readonly costUsd: number } {
  return steps.reduce(
    (sum, { inputTokens, outputTokens, costUsd }) => ({
      tokens: sum.tokens + inputTokens + outputTokens,
      costUsd: sum.costUsd + costUsd,
    }),
    { tokens: 0, costUsd: 0 },
  );
}

/** A run as it is listed. */
export const summaryOf = (
  { id, flow, hash, state, problem, startedAt, endedAt }: RunRecord,
  steps: readonly FlowStep[],
): FlowRunSummary => ({
  id,
  flow,
  hash,
  state,
  ...(problem === undefined ? {} : { problem }),
  ...usageOf(steps),
  startedAt,
  ...(endedAt === undefined ? {} : { endedAt }),
});

/** Whether nothing more comes of it. */
export const hasEnded = (state: FlowRunState): boolean => ENDED.includes(state);

type Row = Parameters<typeof toRun>[0];

const toRow = (run: RunRecord): Row => ({
  id: run.id,
  flow: run.flow,
  hash: run.hash,
  state: run.state,
  document_text: run.text,
  prompts_json: JSON.stringify(run.prompts),
  inputs_json: JSON.stringify(run.inputs),
  outputs_json: null,
  problem_json: null,
  worked_ms: run.workedMs,
  started_at: run.startedAt,
  ended_at: null,
});

function toRun(row: {
  readonly id: string;
  readonly flow: string;
  readonly hash: string;
  readonly state: string;
  readonly document_text: string;
  readonly prompts_json: string;
  readonly inputs_json: string;
  readonly outputs_json: string | null;
  readonly problem_json: string | null;
  readonly worked_ms: number;
  readonly started_at: string;
  readonly ended_at: string | null;
}): RunRecord {
  return {
    id: row.id,
    flow: row.flow,
    hash: row.hash,
    state: FlowRunState.parse(row.state),
    text: row.document_text,
    prompts: Hashes.parse(JSON.parse(row.prompts_json)),
    inputs: Members.parse(JSON.parse(row.inputs_json)),
    ...(row.outputs_json === null ? {} : { outputs: Members.parse(JSON.parse(row.outputs_json)) }),
    ...(row.problem_json === null ? {} : { problem: FlowProblem.parse(JSON.parse(row.problem_json)) }),
    workedMs: row.worked_ms,
    startedAt: row.started_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}

/** Sorts by time; two of one second differ. */
const newRunId = (now: number): string =>
  `f-${Math.floor(now / 1_000)
    .toString(36)
    .padStart(7, '0')}${randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0')}`;
