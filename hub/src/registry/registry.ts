import { join } from 'node:path';
import { canonicalJson, HealthRecord, type ServerState } from '@counterpart/schemas';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { UpstreamInfo, UpstreamLists } from '../kernel/ports.ts';
import { makeFolder } from '../kernel/files/make-folder.ts';
import { writeWhole } from '../kernel/files/write-whole.ts';
import type { Db } from '../store/store.ts';
import { written } from '../store/written.ts';

/** What the registry keeps of a server. */
export interface RegisteredServer {
  readonly id: string;
  readonly kind: 'built' | 'command' | 'remote';
  readonly enabled: boolean;
  readonly version: string | undefined;
  readonly contentHash: string | undefined;
  readonly installedAt: string;
}

export interface Installation {
  readonly id: string;
  readonly kind: RegisteredServer['kind'];
  readonly version?: string | undefined;
  readonly contentHash?: string | undefined;
}

export interface Snapshot {
  readonly lists: UpstreamLists;
  readonly info: UpstreamInfo | undefined;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
}

/** Rows of health kept a server; twice as many at times. */
const HEALTH_ROWS = 200;

/** The durable record of servers, versions, enabled flags, health, and of what each server last listed. */
export interface Registry {
  /** All servers that are installed, by id. */
  list(): Promise<RegisteredServer[]>;
  get(id: string): Promise<RegisteredServer | undefined>;
  /** Records a server, or a new version of it; a known one keeps its enabled flag. Like all that owners decide, DATA_UNWRITABLE when it cannot. */
  install(installation: Installation): Promise<RegisteredServer>;
  setEnabled(id: string, enabled: boolean): Promise<void>;
  /** Takes it out of the list; its history stays. */
  uninstall(id: string): Promise<void>;
  versions(id: string): Promise<{ version: string; contentHash: string; installedAt: string }[]>;
  updateHealth(id: string, state: ServerState, detail?: string): Promise<void>;
  /** Newest first. */
  health(id: string, limit: number): Promise<HealthRecord[]>;
  saveSnapshot(id: string, configHash: string, snapshot: Omit<Snapshot, 'takenAt'>): Promise<void>;
  /** Undefined when there is none for this configuration. */
  snapshot(id: string, configHash: string): Promise<Snapshot | undefined>;
  /** Writes `_registry.json` into `directory`, whole or not at all: the list as other programs may read it. */
  exportTo(directory: string): Promise<void>;
}

export function createRegistry(options: { readonly db: Db; readonly clock: Clock }): Registry {
  const { db, clock } = options;
  const nowIso = () => new Date(clock.now()).toISOString();
  return {
    ...serverReads(db),
    ...serverWrites(db, nowIso),
    ...healthRecords(db, nowIso),
    ...snapshotRecords(db, nowIso),
  };
}

type Records<K extends keyof Registry> = Pick<Registry, K>;

const installedServers = (db: Db) => db.selectFrom('server').selectAll().where('removed_at', 'is', null);

function serverReads(db: Db): Records<'list' | 'get' | 'versions' | 'exportTo'> {
  const list = async () => (await installedServers(db).orderBy('id').execute()).map(toServer);
  return {
    list,
    async get(id) {
      const row = await installedServers(db).where('id', '=', id).executeTakeFirst();
      return row && toServer(row);
    },
    async versions(id) {
      const ofServer = db.selectFrom('server_version').selectAll().where('server_id', '=', id);
      const rows = await ofServer.orderBy('installed_at').execute();
      return rows.map((row) => ({
        version: row.version,
        contentHash: row.content_hash,
        installedAt: row.installed_at,
      }));
    },
    async exportTo(directory) {
      const file = join(directory, '_registry.json');
      const servers = Object.fromEntries((await list()).map(({ id, ...facts }) => [id, facts]));
      makeFolder(directory);
      writeWhole(file, `${JSON.stringify({ servers }, undefined, 2)}\n`, 0o644);
    },
  };
}

function serverWrites(db: Db, nowIso: () => string): Records<'install' | 'setEnabled' | 'uninstall'> {
  return {
    async install({ id, kind, version, contentHash }) {
      const at = nowIso();
      const facts = {
        kind,
        version: version ?? null,
        content_hash: contentHash ?? null,
        updated_at: at,
        removed_at: null,
      };
      // History first: killed in between, this leaves a version too many and no server without one.
      if (version !== undefined && contentHash !== undefined) {
        const row = { server_id: id, version, content_hash: contentHash, installed_at: at };
        const unlessKnown = db
          .insertInto('server_version')
          .values(row)
          .onConflict((c) => c.doNothing());
        await written(unlessKnown.execute());
      }
      const server = db
        .insertInto('server')
        .values({ id, enabled: 1, installed_at: at, ...facts })
        .onConflict((c) => c.column('id').doUpdateSet(facts));
      await written(server.execute());
      return toServer(await installedServers(db).where('id', '=', id).executeTakeFirstOrThrow());
    },
    async setEnabled(id, enabled) {
      const facts = { enabled: enabled ? 1 : 0, updated_at: nowIso() };
      await written(db.updateTable('server').set(facts).where('id', '=', id).execute());
    },
    async uninstall(id) {
      const facts = { removed_at: nowIso(), enabled: 1 };
      await written(db.deleteFrom('server_snapshot').where('server_id', '=', id).execute());
      await written(db.updateTable('server').set(facts).where('id', '=', id).execute());
    },
  };
}

interface ServerRow {
  readonly id: string;
  readonly kind: RegisteredServer['kind'];
  readonly enabled: number;
  readonly version: string | null;
  readonly content_hash: string | null;
  readonly installed_at: string;
}

const toServer = (row: ServerRow): RegisteredServer => ({
  id: row.id,
  kind: row.kind,
  enabled: row.enabled === 1,
  version: row.version ?? undefined,
  contentHash: row.content_hash ?? undefined,
  installedAt: row.installed_at,
});

function healthRecords(db: Db, nowIso: () => string): Records<'updateHealth' | 'health'> {
  /** Rows of this run, by server. */
  const rows = new Map<string, number>();
  return {
    async updateHealth(id, state, detail) {
      await db
        .insertInto('server_health')
        .values({ server_id: id, at: nowIso(), state, detail: detail ?? null })
        .execute();
      const before = rows.get(id) ?? 0;
      rows.set(id, before + 1);
      // Trimmed now and then, and at the first row of a run: an exact bound would cost a delete with every row.
      if (before % HEALTH_ROWS !== 0) return;
      const kept = db
        .selectFrom('server_health')
        .select('id')
        .where('server_id', '=', id)
        .orderBy('id', 'desc')
        .limit(HEALTH_ROWS);
      await db.deleteFrom('server_health').where('server_id', '=', id).where('id', 'not in', kept).execute();
    },
    async health(id, limit) {
      const rows = await db
        .selectFrom('server_health')
        .selectAll()
        .where('server_id', '=', id)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) =>
        HealthRecord.parse({
          at: row.at,
          state: row.state,
          ...(row.detail === null ? {} : { detail: row.detail }),
        }),
      );
    },
  };
}

const StoredMembers = z.record(z.string(), z.unknown());
const StoredLists = z.object({
  tools: z.array(
    z.looseObject({ name: z.string(), inputSchema: z.looseObject({ type: z.literal('object') }) }),
  ),
  prompts: z.array(StoredMembers),
  resources: z.array(StoredMembers),
  resourceTemplates: z.array(StoredMembers),
});
const StoredInfo = z.object({
  era: z.enum(['modern', 'legacy']),
  protocolVersion: z.string(),
  capabilities: StoredMembers,
  serverInfo: StoredMembers.optional(),
  instructions: z.string().optional(),
  transport: z.literal('sse').optional(),
});

function snapshotRecords(db: Db, nowIso: () => string): Records<'saveSnapshot' | 'snapshot'> {
  return {
    async saveSnapshot(id, configHash, { lists, info }) {
      const facts = {
        config_hash: configHash,
        taken_at: nowIso(),
        lists_json: canonicalJson(lists),
        info_json: info ? canonicalJson(info) : null,
      };
      await db
        .insertInto('server_snapshot')
        .values({ server_id: id, ...facts })
        .onConflict((c) => c.column('server_id').doUpdateSet(facts))
        .execute();
    },
    async snapshot(id, configHash) {
      const row = await db
        .selectFrom('server_snapshot')
        .selectAll()
        .where('server_id', '=', id)
        .where('config_hash', '=', configHash)
        .executeTakeFirst();
      if (!row) return undefined;
      const lists = StoredLists.safeParse(JSON.parse(row.lists_json));
      if (!lists.success) return undefined;
      const info = row.info_json === null ? undefined : StoredInfo.parse(JSON.parse(row.info_json));
      return { lists: lists.data, info, takenAt: Date.parse(row.taken_at) };
    },
  };
}
