import type {
  DatabaseCall,
  DatabaseFacet,
  DatabaseTable,
  Json,
  JsonObject,
  Operation,
} from '@counterpart/schemas';
import type { SeedRow, Seeds } from './seeds.ts';

const picked = (row: SeedRow | undefined, keys: readonly string[]): JsonObject =>
  Object.fromEntries(keys.map((key): [string, Json] => [key, row?.[key] ?? null]));

function freshBody(table: DatabaseTable, seeds: Seeds): JsonObject {
  const keys = table.columns.filter(({ generated }) => generated !== true).map(({ key }) => key);
  return picked(seeds.fresh(table.key), keys);
}

/** Another value for a column that tells nothing about other rows, or the same values where every column does. */
function changedBody(table: DatabaseTable, seeds: Seeds): JsonObject {
  const bound = new Set([
    ...table.identity,
    ...(table.unique ?? []).flat(),
    ...(table.relations ?? []).flatMap(({ columns }) => columns),
  ]);
  const writable = table.columns.filter(({ generated }) => generated !== true);
  const free = writable.find(({ key }) => !bound.has(key));
  if (free !== undefined) return picked(seeds.fresh(table.key), [free.key]);
  return picked(seeds.rows(table.key)[0], writable.map(({ key }) => key).slice(0, 1));
}

const keysOf = (table: DatabaseTable, most: number): string[] =>
  table.columns.slice(0, most).map(({ key }) => key);

type Action = DatabaseCall['action'];
type Sample = (table: DatabaseTable, seeds: Seeds) => JsonObject;

const SAMPLES: Readonly<Record<Exclude<Action, 'select' | 'describe'>, Sample>> = {
  list: (table) => ({
    ...(keysOf(table, 1)[0] === undefined ? {} : { sort_by: keysOf(table, 1)[0] ?? '' }),
    limit: 2,
  }),
  summarize: (table) => ({ group_by: keysOf(table, 1), columns: keysOf(table, 4) }),
  get: (table, seeds) => ({
    ...picked(seeds.rows(table.key)[0], table.identity),
    ...(table.relations === undefined ? {} : { with: table.relations.map(({ name }) => name) }),
  }),
  insert: (table, seeds) => ({ body: freshBody(table, seeds) }),
  update: (table, seeds) => ({
    ...picked(seeds.rows(table.key)[0], table.identity),
    body: changedBody(table, seeds),
  }),
  // The one row that no other refers to.
  delete: (table, seeds) => picked(seeds.rows(table.key).at(-1), table.identity),
};

/** Arguments that a mirror of the database takes: of a row that is there, or of one that can be added. */
export function sampleDatabaseCall(
  facet: DatabaseFacet,
  { database: call }: Operation,
  seeds: Seeds,
): JsonObject {
  if (call === undefined || call.action === 'describe') return {};
  if (call.action === 'select') return { sql: 'SELECT 1 AS one' };
  const table = facet.tables.find(({ key }) => key === call.table);
  return table === undefined ? {} : SAMPLES[call.action](table, seeds);
}
