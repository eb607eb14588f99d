import { type Kysely, sql } from 'kysely';
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
  '0003-approvals': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('tool_approval')
        .addColumn('server_id', 'text', (c) => c.notNull())
        .addColumn('tool', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('change', 'text', (c) => c.notNull())
        .addColumn('definition_json', 'text', (c) => c.notNull())
        .addColumn('seen_at', 'text', (c) => c.notNull())
        .addColumn('decided_at', 'text')
        .addColumn('decided_by', 'text')
        .addPrimaryKeyConstraint('tool_approval_key', ['server_id', 'tool', 'hash'])
        .execute();
      await db.schema
        .createTable('server_baseline')
        .addColumn('server_id', 'text', (c) => c.primaryKey())
        .addColumn('seen_at', 'text', (c) => c.notNull())
        .addColumn('package', 'text')
        .execute();
      await db.schema
        .createTable('approval_record')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('at', 'text', (c) => c.notNull())
        .addColumn('server_id', 'text', (c) => c.notNull())
        .addColumn('tool', 'text')
        .addColumn('hash', 'text')
        .addColumn('decision', 'text', (c) => c.notNull())
        .addColumn('decided_by', 'text', (c) => c.notNull())
        .execute();
      for (const act of ['update', 'delete'])
        await sql
          .raw(
            `create trigger approval_record_no_${act} before ${act} on approval_record begin select raise(abort, 'approval records are only added'); end`,
          )
          .execute(db);
    },
  },
  '0004-mirrors': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('mirror')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('server_id', 'text')
        .addColumn('settings_json', 'text', (c) => c.notNull())
        .addColumn('port', 'integer')
        .addColumn('wanted', 'integer', (c) => c.notNull())
        .addColumn('tools', 'integer', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('updated_at', 'text', (c) => c.notNull())
        .execute();
    },
  },
  '0005-vault': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('secret')
        .addColumn('organisation', 'text', (c) => c.notNull())
        .addColumn('server_id', 'text', (c) => c.notNull())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('key_id', 'text', (c) => c.notNull())
        .addColumn('wrapped_key', 'text', (c) => c.notNull())
        .addColumn('sealed', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('updated_at', 'text', (c) => c.notNull())
        .addColumn('revoked_at', 'text')
        .addPrimaryKeyConstraint('secret_key', ['organisation', 'server_id', 'name'])
        .execute();
    },
  },
  '0006-builds': {
    async up(db: Kysely<never>) {
      // The first homes have a table of this name, made ahead by 0002 and never written to.
      await db.schema.dropTable('build').ifExists().execute();
      await db.schema
        .createTable('build')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('stage', 'text')
        .addColumn('waits_for', 'text')
        .addColumn('server_id', 'text')
        .addColumn('problem', 'text')
        .addColumn('attempt', 'integer', (c) => c.notNull())
        .addColumn('order_json', 'text', (c) => c.notNull())
        .addColumn('plan_json', 'text')
        .addColumn('sheet_json', 'text')
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('updated_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('build_step')
        .addColumn('number', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('build_id', 'text', (c) => c.notNull())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('round', 'integer', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('started_at', 'text', (c) => c.notNull())
        .addColumn('ended_at', 'text')
        .addColumn('detail', 'text')
        .addUniqueConstraint('build_step_key', ['build_id', 'stage', 'round'])
        .execute();
      await db.schema
        .createTable('memory')
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('memory_key', ['kind', 'subject'])
        .execute();
    },
  },
  '0010-conversations': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('conversation')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('title', 'text', (c) => c.notNull())
        .addColumn('metadata_json', 'text', (c) => c.notNull())
        .addColumn('branched_from', 'text')
        .addColumn('branched_at', 'integer')
        .addColumn('summary', 'text')
        .addColumn('summary_items', 'integer')
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('updated_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('conversation_item')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('conversation_id', 'text', (c) => c.notNull())
        .addColumn('position', 'integer', (c) => c.notNull())
        .addColumn('item_json', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addUniqueConstraint('conversation_item_key', ['conversation_id', 'position'])
        .execute();
      await db.schema
        .createTable('response')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('previous_id', 'text')
        .addColumn('conversation_id', 'text')
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('input_json', 'text', (c) => c.notNull())
        .addColumn('items_json', 'text', (c) => c.notNull())
        .addColumn('body_json', 'text', (c) => c.notNull())
        .addColumn('last_sequence', 'integer', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .execute();
    },
  },
  '0011-routes': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('route_decision')
        .addColumn('number', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('id', 'text', (c) => c.notNull().unique())
        .addColumn('at', 'text', (c) => c.notNull())
        .addColumn('category', 'text', (c) => c.notNull())
        .addColumn('tier', 'text', (c) => c.notNull())
        .addColumn('model', 'text', (c) => c.notNull())
        .addColumn('cost_usd', 'real', (c) => c.notNull())
        .addColumn('body_json', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('route_decision_by_time').on('route_decision').column('at').execute();
    },
  },
  '0014-chat': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('chat_pending')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('conversation', 'text')
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('run_json', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('decided_at', 'text')
        .execute();
    },
  },
  '0018-chat-cache': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('chat_cache')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('place', 'text', (c) => c.notNull())
        .addColumn('organisation', 'text', (c) => c.notNull())
        .addColumn('principal', 'text', (c) => c.notNull())
        .addColumn('model', 'text', (c) => c.notNull())
        .addColumn('question', 'text', (c) => c.notNull())
        .addColumn('literals', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('embedder', 'text')
        .addColumn('vector', 'text')
        .addColumn('hits', 'integer', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('used_at', 'integer', (c) => c.notNull())
        .addColumn('expires_at', 'integer', (c) => c.notNull())
        .addUniqueConstraint('chat_cache_key', ['place', 'question', 'literals'])
        .execute();
    },
  },
  '0019-flows': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('prompt_version')
        .addColumn('number', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('file', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('seen_at', 'text', (c) => c.notNull())
        .addUniqueConstraint('prompt_version_key', ['name', 'hash'])
        .execute();
      await db.schema
        .createTable('flow_run')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('flow', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('document_text', 'text', (c) => c.notNull())
        .addColumn('prompts_json', 'text', (c) => c.notNull())
        .addColumn('inputs_json', 'text', (c) => c.notNull())
        .addColumn('outputs_json', 'text')
        .addColumn('problem_json', 'text')
        .addColumn('worked_ms', 'integer', (c) => c.notNull())
        .addColumn('started_at', 'text', (c) => c.notNull())
        .addColumn('ended_at', 'text')
        .execute();
      await db.schema
        .createTable('flow_step')
        .addColumn('run_id', 'text', (c) => c.notNull().references('flow_run.id').onDelete('cascade'))
        .addColumn('node', 'text', (c) => c.notNull())
        .addColumn('item', 'integer', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('body_json', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('flow_step_key', ['run_id', 'node', 'item'])
        .execute();
    },
  },
  '0020-audit': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('audit_entry')
        .addColumn('sequence', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('entry_json', 'text', (c) => c.notNull())
        .execute();
      const triggers = [
        `create trigger audit_entry_no_update before update on audit_entry begin select raise(abort, 'audit entries are only added'); end`,
        // Only what an entry itself says that it is taken out.
        `create trigger audit_entry_no_delete before delete on audit_entry when old.sequence >= coalesce((select max(json_extract(entry_json, '$.facts.upTo')) from audit_entry where json_extract(entry_json, '$.action') = 'audit.trim'), 0) begin select raise(abort, 'audit entries are only added'); end`,
      ];
      for (const trigger of triggers) await sql.raw(trigger).execute(db);
    },
  },
  '0021-people': {
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('person')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('token_hash', 'text', (c) => c.notNull().unique())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addColumn('token_at', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('server_binding')
        .addColumn('server_id', 'text', (c) => c.notNull())
        .addColumn('principal', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('server_binding_key', ['server_id', 'principal'])
        .execute();
    },
  },
  '0022-builds-of-people': {
    async up(db: Kysely<never>) {
      await db.schema
        .alterTable('build')
        .addColumn('principal', 'text', (c) => c.notNull().defaultTo('owner'))
        .execute();
    },
  },
  '0023-memory-of-people': {
    async up(db: Kysely<never>) {
      for (const table of ['conversation', 'response', 'chat_pending'])
        await db.schema
          .alterTable(table)
          .addColumn('principal', 'text', (c) => c.notNull().defaultTo('owner'))
          .execute();
      await db.schema
        .createTable('memory_of_people')
        .addColumn('principal', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('created_at', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('memory_of_people_key', ['principal', 'kind', 'subject'])
        .execute();
      await sql
        .raw(
          `insert into memory_of_people select case kind when 'server' then 'organisation' else 'owner' end, kind, subject, text, created_at from memory`,
        )
        .execute(db);
      await db.schema.dropTable('memory').execute();
      await sql.raw('alter table memory_of_people rename to memory').execute(db);
    },
  },
};
