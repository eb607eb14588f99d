import { sqliteKind } from '@counterpart/kit/database';
import type { CatalogColumn, CatalogForeignKey, CatalogTable } from '../catalog.ts';
import { defaultOf, grouped, type Ask, type Cell } from './ask.ts';

const TABLES = `SELECT name, type, sql, (SELECT wr FROM pragma_table_list l WHERE l.schema = 'main' AND l.name = sqlite_master.name)
  FROM sqlite_master WHERE type IN ('table', 'view')
  AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
  AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY name`;
/** Of one table at a time: a view of what is gone, or a virtual table of a module that is not there, is an error of its own. */
const COLUMNS = `SELECT ?1, c.name, c.type, c."notnull", c.dflt_value IS NOT NULL, c.pk, c.hidden, c.dflt_value
  FROM pragma_table_xinfo(?1) c WHERE c.hidden <> 1 ORDER BY c.cid`;
const UNIQUE = `SELECT m.name, i.name, c.name FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
  WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND i."unique" = 1 AND i.partial = 0 AND i.origin <> 'pk' ORDER BY m.name, i.name, c.seqno`;
const FOREIGN = `SELECT m.name, f.id, f."table", f."from", f."to" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
  WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY m.name, f.id, f.seq`;

type Rows = readonly (readonly Cell[])[];

/** Conditions between the parentheses of each CHECK in the text of a table's definition. */
export function checksIn(sql: string): string[] {
  const found: string[] = [];
  for (const match of sql.matchAll(/\bCHECK\s*\(/gi)) {
    const start = match.index + match[0].length;
    let depth = 1;
    let at = start;
    let quote = '';
    for (; at < sql.length && depth > 0; at += 1) {
      const mark = sql[at] ?? '';
      if (quote !== '') quote = mark === quote ? '' : quote;
      else if (mark === "'" || mark === '"') quote = mark;
      else depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
    }
    if (depth === 0) found.push(sql.slice(start, at - 1).trim());
  }
  return found;
}

const maxLengthOf = (type: string): { readonly maxLength?: number } => {
  const length = Number(/char\w*\s*\(\s*(\d+)\s*\)/i.exec(type)?.[1] ?? 0);
  return length > 0 ? { maxLength: length } : {};
};

function columnOf(row: readonly Cell[], isKeyGiven: boolean): CatalogColumn {
  const [, name = '', type = '', notNull, hasDefault, key, hidden] = row;
  const declared = type ?? '';
  return {
    name: name ?? '',
    type: /^(?:any)?$/i.test(declared) ? 'any' : declared,
    kind: sqliteKind(declared),
    nullable: notNull === '0' && (key === '0' || !isKeyGiven),
    ...(hasDefault === '1' ? { hasDefault: true, ...defaultOf(row[7]) } : {}),
    ...(hidden === '2' || hidden === '3' ? { generated: true } : {}),
    ...maxLengthOf(declared),
  };
}

/** Foreign keys of one table; one that names no columns means the primary key of the other. */
function foreignKeys(rows: Rows, keysOf: (table: string) => string[]): CatalogForeignKey[] {
  const byId = grouped(rows.map((row) => row.slice(1)));
  return [...byId.values()].flatMap((parts) => {
    const table = parts[0]?.[1] ?? '';
    const columns = parts.map((part) => part[2] ?? '');
    const named = parts.flatMap((part) => part[3] ?? []);
    const references = named.length === columns.length ? named : keysOf(table);
    return references.length === columns.length ? [{ columns, table, references }] : [];
  });
}

/** Tables of an SQLite file, by its pragmas. */
export async function sqliteTables(ask: Ask): Promise<CatalogTable[]> {
  const tables = await ask(TABLES);
  const columns = new Map<string, Rows>();
  for (const [name] of tables) columns.set(name ?? '', await ask(COLUMNS, [name ?? '']).catch(() => []));
  const unique = grouped(await ask(UNIQUE));
  const foreign = grouped(await ask(FOREIGN));
  const keysOf = (table: string): string[] =>
    (columns.get(table) ?? [])
      .filter((row) => row[5] !== '0')
      .toSorted((a, b) => Number(a[5]) - Number(b[5]))
      .map((row) => row[1] ?? '');
  return tables.map(([name, type, sql, isWithoutRowId]) => {
    const table = name ?? '';
    const key = keysOf(table);
    const isRowId =
      key.length === 1 && columns.get(table)?.find((row) => row[1] === key[0])?.[2] === 'INTEGER';
    return {
      name: table,
      kind: type === 'view' ? 'view' : 'table',
      // A key of SQLite may be empty, unless it is the number of the row or stands in its place.
      columns: (columns.get(table) ?? [])
        .map((row) => columnOf(row, isRowId || isWithoutRowId === '1'))
        .map((column) =>
          // The one column that SQLite numbers by itself.
          isRowId && column.name === key[0] ? { ...column, hasDefault: true } : column,
        ),
      primaryKey: key,
      unique: [...grouped((unique.get(table) ?? []).map((row) => row.slice(1))).values()].map((rows) =>
        rows.map((row) => row[1] ?? ''),
      ),
      foreignKeys: foreignKeys(foreign.get(table) ?? [], keysOf),
      checks: checksIn(sql ?? ''),
    };
  });
}
