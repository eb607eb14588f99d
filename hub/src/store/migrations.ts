import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Kysely runs these in the order of their names, each once, inside a transaction. They are never edited, only added to. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-registry': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('server')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('enabled', 'integer', (c) => c.notNull())
        .addColumn('version', 'text')
        .addColumn('content_hash', 'text')
        .addColumn('installed_at', 'text', (c) => c.notNull())
        .addColumn('updated_at', 'text', (c) => c.notNull())
        .addColumn('removed_at', 'text')
        .execute();
      await db.schema
        .createTable('server_version')
        .addColumn('server_id', 'text', (c) => c.notNull())
        .addColumn('version', 'text', (c) => c.notNull())
        .addColumn('content_hash', 'text', (c) => c.notNull())
        .addColumn('installed_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('server_version_key', ['server_id', 'content_hash'])
        .execute();
      await db.schema
        .createTable('server_snapshot')
        .addColumn('server_id', 'text', (c) => c.primaryKey())
        .addColumn('config_hash', 'text', (c) => c.notNull())
        .addColumn('taken_at', 'text', (c) => c.notNull())
        .addColumn('lists_json', 'text', (c) => c.notNull())
        .addColumn('info_json', 'text')
        .execute();
    },
  },
  '0002-history': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('server_health')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('server_id', 'text', (c) => c.notNull())
        .addColumn('at', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('detail', 'text')
        .execute();
      await db.schema
        .createIndex('server_health_by_server')
        .on('server_health')
        .columns(['server_id', 'id'])
        .execute();
      await db.schema
        .createTable('event')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('at', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('body_json', 'text', (c) => c.notNull())
        .execute();
    },
  },
};
