import type { ToolDefinition } from '@counterpart/schemas';
import { membersOf } from '../kernel/protocol/members.ts';
import type { Tables } from '../store/schema.ts';
import type { Db } from '../store/store.ts';
import { MOST_APPROVED, withHash } from './book.ts';
import type { ServerBook, ToolRecord, Verdict } from './judge.ts';

/** Rows of one statement: SQLite binds at most 32,766 values. */
const MOST_ROWS = 1_000;

/** By whom a definition is approved when nobody was asked. */
export const GROUNDS_BY = {
  'first sight': 'hub: first sight',
  'own package': 'owner: the package was changed',
  configuration: 'owner: configuration',
} as const;

/** A definition as it was approved. */
export interface Approved {
  readonly definition: ToolDefinition;
  readonly approvedAt: string;
  readonly approvedBy: string;
}

export interface Review {
  readonly server: string;
  readonly verdicts: readonly Verdict[];
  readonly definitions: ReadonlyMap<string, ToolDefinition>;
  /** Set when the server's baseline is written with it. */
  readonly baseline?: { readonly package: string | null } | undefined;
}

export interface Decision {
  readonly server: string;
  readonly tool: string;
  readonly hash: string;
  readonly state: 'approved' | 'rejected';
  readonly by: string;
  /** For one that has no row yet. */
  readonly definition: ToolDefinition;
}

/** The durable side of approvals; every method is one transaction or one question. */
export class ApprovalRecords {
  readonly #db: Db;
  readonly #nowIso: () => string;

  constructor(db: Db, nowIso: () => string) {
    this.#db = db;
    this.#nowIso = nowIso;
  }

  /** Everything but the definitions, which are read when somebody wants to see them. */
  async load(): Promise<Map<string, ServerBook>> {
    const baselines = await this.#db.selectFrom('server_baseline').selectAll().execute();
    const rows = await this.#db
      .selectFrom('tool_approval')
      .select(['server_id', 'tool', 'hash', 'state', 'change', 'seen_at'])
      .orderBy('decided_at')
      .execute();
    const books = new Map<string, ServerBook & { tools: Map<string, ToolRecord> }>();
    for (const { server_id: id, package: stamp } of baselines)
      books.set(id, { package: stamp ?? undefined, tools: new Map() });
    for (const row of rows) {
      const tools = books.get(row.server_id)?.tools;
      const { approved = [], pending } = tools?.get(row.tool) ?? {};
      const { hash, state, change, seen_at: seenAt } = row;
      if (state === 'approved') tools?.set(row.tool, { approved: withHash(approved, hash), pending });
      else {
        const newer = { hash, state, change: change === 'new' ? change : ('changed' as const), seenAt };
        tools?.set(row.tool, { approved, pending: newer });
      }
    }
    return books;
  }

  /** Writes what a server's list came to. */
  async keepReview({ server, verdicts, definitions, baseline }: Review): Promise<void> {
    const at = this.#nowIso();
    const rows = verdicts.flatMap((verdict) => {
      if (verdict.kind === 'release') return [];
      const { listed, change } = verdict;
      const approved = verdict.kind === 'approve' ? verdict.grounds : undefined;
      return {
        server_id: server,
        tool: listed.tool,
        hash: listed.hash,
        state: approved ? ('approved' as const) : ('awaiting' as const),
        change: approved === 'first sight' ? ('first' as const) : change,
        definition_json: JSON.stringify(definitions.get(listed.hash) ?? { name: listed.tool }),
        seen_at: at,
        decided_at: approved ? at : null,
        decided_by: approved ? GROUNDS_BY[approved] : null,
      };
    });
    const touched = verdicts.map((verdict) =>
      verdict.kind === 'release' ? verdict.tool : verdict.listed.tool,
    );
    await this.#db.transaction().execute(async (db) => {
      for (let from = 0; from < touched.length; from += MOST_ROWS)
        await dropPending(db, server, touched.slice(from, from + MOST_ROWS));
      for (let from = 0; from < rows.length; from += MOST_ROWS)
        await putRows(db, rows.slice(from, from + MOST_ROWS));
      for (const { tool, state, change } of rows)
        if (state === 'approved' && change !== 'first') await trimApproved(db, server, tool);
      if (baseline === undefined) return;
      const facts = { seen_at: at, package: baseline.package };
      await db
        .insertInto('server_baseline')
        .values({ server_id: server, ...facts })
        .onConflict((c) => c.column('server_id').doUpdateSet(facts))
        .execute();
      const grounds = verdicts.find((verdict) => verdict.kind === 'approve')?.grounds ?? 'first sight';
      await record(db, { at, server, decision: 'approved', by: GROUNDS_BY[grounds] });
    });
  }

  /** Writes what the owner decided, and that it was decided. */
  async keepDecision({ server, tool, hash, state, by, definition }: Decision): Promise<void> {
    const at = this.#nowIso();
    await this.#db.transaction().execute(async (db) => {
      await dropPending(db, server, [tool]);
      const facts = { state, decided_at: at, decided_by: by };
      await db
        .insertInto('tool_approval')
        .values({
          server_id: server,
          tool,
          hash,
          change: 'changed',
          definition_json: JSON.stringify(definition),
          seen_at: at,
          ...facts,
        })
        .onConflict((c) => c.columns(['server_id', 'tool', 'hash']).doUpdateSet(facts))
        .execute();
      await trimApproved(db, server, tool);
      await record(db, { at, server, tool, hash, decision: state, by });
    });
  }

  /** What is kept of a server that left; the record of decisions stays. */
  async forget(server: string): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      await db.deleteFrom('tool_approval').where('server_id', '=', server).execute();
      await db.deleteFrom('server_baseline').where('server_id', '=', server).execute();
    });
  }

  /** The definition of a tool that was approved last. */
  async lastApproved(server: string, tool: string): Promise<Approved | undefined> {
    const row = await ofTool(this.#db, server, tool)
      .where('state', '=', 'approved')
      .select(['definition_json', 'decided_at', 'decided_by'])
      .orderBy('decided_at', 'desc')
      .executeTakeFirst();
    return (
      row && {
        definition: toDefinition(tool, row.definition_json),
        approvedAt: row.decided_at ?? '',
        approvedBy: row.decided_by ?? '',
      }
    );
  }

  async definition(server: string, tool: string, hash: string): Promise<ToolDefinition | undefined> {
    const row = await ofTool(this.#db, server, tool)
      .where('hash', '=', hash)
      .select('definition_json')
      .executeTakeFirst();
    return row && toDefinition(tool, row.definition_json);
  }
}

type Transaction = Pick<Db, 'selectFrom' | 'insertInto' | 'deleteFrom'>;

const ofTool = (db: Pick<Db, 'selectFrom'>, server: string, tool: string) =>
  db.selectFrom('tool_approval').where('server_id', '=', server).where('tool', '=', tool);

/** A tool has one definition that waits or was rejected: the one it has now. */
const dropPending = (db: Transaction, server: string, tools: readonly string[]) =>
  db
    .deleteFrom('tool_approval')
    .where('server_id', '=', server)
    .where('tool', 'in', tools)
    .where('state', '!=', 'approved')
    .execute();

async function putRows(db: Transaction, rows: readonly Tables['tool_approval'][]): Promise<void> {
  await db
    .insertInto('tool_approval')
    .values([...rows])
    .onConflict((c) =>
      c.columns(['server_id', 'tool', 'hash']).doUpdateSet((eb) => ({
        state: eb.ref('excluded.state'),
        decided_at: eb.ref('excluded.decided_at'),
        decided_by: eb.ref('excluded.decided_by'),
      })),
    )
    .execute();
}

/** A server that is allowed every change must not fill the disk with them. */
async function trimApproved(db: Transaction, server: string, tool: string): Promise<void> {
  const kept = ofTool(db, server, tool)
    .select('hash')
    .where('state', '=', 'approved')
    .orderBy('decided_at', 'desc')
    .limit(MOST_APPROVED);
  await db
    .deleteFrom('tool_approval')
    .where('server_id', '=', server)
    .where('tool', '=', tool)
    .where('state', '=', 'approved')
    .where('hash', 'not in', kept)
    .execute();
}

interface Recorded {
  readonly at: string;
  readonly server: string;
  readonly tool?: string;
  readonly hash?: string;
  readonly decision: string;
  readonly by: string;
}

const record = (db: Transaction, { at, server, tool, hash, decision, by }: Recorded) =>
  db
    .insertInto('approval_record')
    .values({ at, server_id: server, tool: tool ?? null, hash: hash ?? null, decision, decided_by: by })
    .execute();

/** What was stored had a name and an object as its input, or it would not have been offered; the rest is as it was. */
const toDefinition = (name: string, json: string): ToolDefinition => ({
  inputSchema: { type: 'object' },
  ...membersOf(JSON.parse(json)),
  name,
});
