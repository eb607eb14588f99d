import {
  AuditEntry,
  hubError,
  toCounterpartError,
  type AuditAnchor,
  type AuditQuery,
  type AuditReport,
  type AuditTrimmed,
} from '@counterpart/schemas';
import { currentActor } from '../kernel/audit/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import { membersOf } from '../kernel/protocol/members.ts';
import { newSpan } from '../kernel/protocol/trace.ts';
import type { AuditAct, AuditTrail, EndedAct } from '../kernel/ports.ts';
import type { Db } from '../store/store.ts';
import { openSigningKey, readSigningKey } from '../versions/signing/key.ts';
import { ChainWalk, GENESIS, linkEntry } from './chain.ts';

export interface AuditOptions {
  readonly db: Db;
  readonly clock: Clock;
  /** Where the signing key lies. */
  readonly dataDir: string;
  /** Hears of every act when it is over; it must not throw. */
  readonly ended?: ((act: EndedAct) => void) | undefined;
}

/** The audit log of a hub: one chain of signed entries, to which acts are added before they are done. */
export interface AuditLog extends AuditTrail {
  /** Oldest first; without `after` the newest ones. */
  list(query: AuditQuery): Promise<AuditEntry[]>;
  /** Walks the whole chain; `known` is an entry that was noted elsewhere. */
  verify(known?: AuditAnchor): Promise<AuditReport>;
  /**
   * Takes out all entries before number `upTo`, which stays as the first. Rejects with AUDIT_UNKNOWN for one that is not there,
   * and AUDIT_BROKEN when the chain is not sound: what would prove it is not removed.
   */
  trim(upTo: number): Promise<AuditTrimmed>;
}

const DEFAULT_LIMIT = 50;
const MAX_PAGE = 1_000;
/** Another process may add an entry at the same time; each time one of them has been added. */
const MAX_ATTEMPTS = 20;

/** Opens the log in the hub's database; its first entry makes the signing key. */
export function createAuditLog(options: AuditOptions): AuditLog {
  const { db, clock, dataDir } = options;
  /** Entries of this process, one after the other. */
  let queue: Promise<unknown> = Promise.resolve();
  const append = (act: AuditAct, failed?: number): Promise<AuditEntry> => {
    const { principal, trace } = currentActor();
    const record = {
      at: new Date(clock.now()).toISOString(),
      principal: act.principal ?? principal,
      action: act.action,
      subject: act.subject,
      facts: act.facts ?? {},
      trace: act.trace ?? trace,
      span: newSpan(),
      ...(failed === undefined ? {} : { failed }),
    };
    const done = queue.then(() => insert(db, (last) => linkEntry(record, last, openSigningKey(dataDir))));
    queue = done.catch(() => undefined);
    return done;
  };
  const verify = async (known?: AuditAnchor): Promise<AuditReport> => {
    const highest = await highestOf(db);
    const walk = new ChainWalk({ key: readSigningKey(dataDir), known, highest });
    for await (const stored of entriesAfter(db, 0)) if (!walk.take(stored)) break;
    return walk.report();
  };
  const acting = actingBy(append, options);
  return {
    acting,
    list: (query) => list(db, query),
    verify,
    async trim(upTo) {
      const { sound, broken, begins } = await verify();
      if (!sound)
        throw hubError('AUDIT_BROKEN', { sequence: broken?.sequence ?? 0, detail: broken?.problem ?? '' });
      const first = await db
        .selectFrom('audit_entry')
        .selectAll()
        .where('sequence', '=', upTo)
        .executeTakeFirst();
      if (first === undefined) throw hubError('AUDIT_UNKNOWN', { sequence: upTo });
      const { hash, before } = AuditEntry.parse(JSON.parse(first.entry_json));
      await acting({ action: 'audit.trim', subject: 'audit', facts: { upTo, hash } }, () =>
        db.deleteFrom('audit_entry').where('sequence', '<', upTo).execute(),
      );
      return { removed: upTo - 1 - begins.sequence, begins: { sequence: upTo - 1, hash: before } };
    },
  };
}

/** Enters an act, does it, and enters where it failed; whoever follows acts hears of it in between. */
function actingBy(
  append: (act: AuditAct, failed?: number) => Promise<AuditEntry>,
  { clock, ended }: AuditOptions,
): AuditTrail['acting'] {
  return async (act, work) => {
    const asked = currentActor();
    const entry = await append(act);
    const parent = entry.trace === asked.trace ? asked.parent : undefined;
    const end = (code?: string) => ended?.({ entry, parent, endedMs: clock.now(), code });
    try {
      const result = await work();
      end();
      return result;
    } catch (cause) {
      const { code } = toCounterpartError(cause);
      end(code);
      // Its own failure is what is told, not that of the second entry.
      await append({ ...act, facts: { code } }, entry.sequence).catch(() => undefined);
      throw cause;
    }
  };
}

const isTaken = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && /^SQLITE_(?:CONSTRAINT|BUSY)/.test(String(cause.code));

/** One statement adds an entry, whole or not at all; its number can be taken once only, so that the chain never forks. */
async function insert(db: Db, link: (last: AuditAnchor) => AuditEntry): Promise<AuditEntry> {
  for (let attempt = 1; ; attempt += 1) {
    const last = await headOf(db);
    const entry = link(last);
    try {
      await db
        .insertInto('audit_entry')
        .values({ sequence: entry.sequence, entry_json: JSON.stringify(entry) })
        .execute();
      return entry;
    } catch (cause) {
      if (isTaken(cause) && attempt < MAX_ATTEMPTS) continue;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw hubError('DATA_UNWRITABLE', { directory: "the hub's audit log", detail }, { cause });
    }
  }
}

async function headOf(db: Db): Promise<AuditAnchor> {
  const row = await db
    .selectFrom('audit_entry')
    .selectAll()
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return { ...GENESIS, sequence: await highestOf(db) };
  const hash = AuditEntry.shape.hash.safeParse(read(row.entry_json)?.['hash']);
  // A damaged head is followed all the same: acts go on, and the walk finds it.
  return { sequence: row.sequence, hash: hash.data ?? GENESIS.hash };
}

/** The highest number that was ever given: SQLite remembers it when rows are gone. */
async function highestOf(db: Db): Promise<number> {
  const row = await db
    .selectFrom('sqlite_sequence')
    .select('seq')
    .where('name', '=', 'audit_entry')
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** Everything after a number as it is stored, page by page. */
async function* entriesAfter(db: Db, after: number): AsyncGenerator {
  for await (const { sequence, entry_json } of rowsFrom(db, after, 'asc')) {
    const entry = read(entry_json);
    // Two numbers of one entry cannot both be right.
    yield entry?.['sequence'] === sequence ? entry : undefined;
  }
}

/** The rows beyond a number, upwards or downwards, page by page. */
async function* rowsFrom(db: Db, start: number, direction: 'asc' | 'desc') {
  for (let from = start; ;) {
    const rows = await db
      .selectFrom('audit_entry')
      .selectAll()
      .where('sequence', direction === 'asc' ? '>' : '<', from)
      .orderBy('sequence', direction)
      .limit(MAX_PAGE)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < MAX_PAGE) return;
    from = last.sequence;
  }
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function list(
  db: Db,
  { after, limit = DEFAULT_LIMIT, action, subject }: AuditQuery,
): Promise<AuditEntry[]> {
  const rows =
    after === undefined ? rowsFrom(db, Number.MAX_SAFE_INTEGER, 'desc') : rowsFrom(db, after, 'asc');
  const found: AuditEntry[] = [];
  for await (const { sequence, entry_json } of rows) {
    const entry = AuditEntry.safeParse(read(entry_json)).data;
    if (entry?.sequence !== sequence) continue;
    if (action !== undefined && !entry.action.startsWith(action)) continue;
    if (subject !== undefined && entry.subject !== subject) continue;
    if (found.push(entry) === limit) break;
  }
  return after === undefined ? found.toReversed() : found;
}
