import { MirrorSettings } from '@counterpart/schemas';
import type { Clock } from '../kernel/clock.ts';
import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';

/** What is kept of a mirror that somebody started. */
export interface MirrorRecord {
  readonly name: string;
  /** Id of the server whose service it is; undefined: its blueprint stands in its own folder. */
  readonly server: string | undefined;
  readonly settings: MirrorSettings;
  /** Of its own; undefined: only below the hub's address. */
  readonly port: number | undefined;
  /** Whether it is to run; survives a restart of the hub. */
  readonly wanted: boolean;
  /** Whether its control tools are offered. */
  readonly tools: boolean;
}

/** The durable list of mirrors. */
export interface MirrorRecords {
  load(): Promise<MirrorRecord[]>;
  /** Rejects with DATA_UNWRITABLE, and has then kept nothing. */
  save(record: MirrorRecord): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Opens the list in the hub's database. */
export function createMirrorRecords({
  db,
  clock,
}: {
  readonly db: Db;
  readonly clock: Clock;
}): MirrorRecords {
  return {
    async load() {
      const rows = await db.selectFrom('mirror').selectAll().orderBy('name').execute();
      return rows.map((row) => ({
        name: row.name,
        server: row.server_id ?? undefined,
        settings: readSettings(row.settings_json),
        port: row.port ?? undefined,
        wanted: row.wanted === 1,
        tools: row.tools === 1,
      }));
    },
    async save(record) {
      const now = new Date(clock.now()).toISOString();
      const values = {
        server_id: record.server ?? null,
        settings_json: JSON.stringify(record.settings),
        port: record.port ?? null,
        wanted: record.wanted ? 1 : 0,
        tools: record.tools ? 1 : 0,
        updated_at: now,
      };
      await written(
        db
          .insertInto('mirror')
          .values({ name: record.name, ...values, created_at: now })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
          .execute(),
      );
    },
    remove: async (name) => void (await written(db.deleteFrom('mirror').where('name', '=', name).execute())),
  };
}

/** Settings of an older hub that no longer fit are those of a new mirror: it answers, and its data is untouched. */
function readSettings(text: string): MirrorSettings {
  const parsed = MirrorSettings.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : MirrorSettings.parse({});
}
