import type { DatabaseColumn, DatabaseTable } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { bindValue } from './bind.ts';
import { deleteStatement, insertStatement, updateStatement, writtenValues } from './changes.ts';
import { writeCursor } from './cursor.ts';
import { nextCursor, pageStatement, summaryStatement } from './rows.ts';

const column = (name: string, kind: DatabaseColumn['kind'], nullable = false): DatabaseColumn => ({
  name,
  key: name.replaceAll(/\W/g, '_'),
  kind,
  type: kind,
  nullable,
});

const TABLE: DatabaseTable = {
  schema: 'sa"les',
  name: '"; drop table x --',
  key: 'drop_table_x',
  kind: 'table',
  columns: [column('id', 'bigint'), column('na`me"', 'text', true), column('total', 'decimal', true)],
  identity: ['id'],
};

test('names come from the blueprint and are quoted, values are parameters', () => {
  const args = {
    filters: [
      { column: 'na_me_', op: 'contains', value: "50%_'; drop table y" },
      { column: 'total', op: 'one_of', values: ['1.5', '2'] },
    ],
    limit: 2,
  };
  expect(pageStatement('postgresql', TABLE, args).statement).toEqual({
    text: `SELECT "id", "na\`me""", "total" FROM "sa""les"."""; drop table x --" WHERE "na\`me"""::text ILIKE $1 ESCAPE '!' AND "total" IN ($2, $3) ORDER BY "id" LIMIT 3`,
    params: ["%50!%!_'; drop table y%", '1.5', '2'],
  });
  expect(pageStatement('mysql', TABLE, args).statement.text).toBe(
    'SELECT `id`, `na``me"`, `total` FROM `sa"les`.`"; drop table x --` WHERE CAST(`na``me"` AS CHAR) LIKE ? ESCAPE \'!\' AND `total` IN (CAST(? AS DECIMAL(65,30)), CAST(? AS DECIMAL(65,30))) ORDER BY `id` LIMIT 3',
  );
});

test('a cursor goes on behind the last row, empty values last, and only in its own order', () => {
  const args = { sort_by: 'na_me_', descending: true, limit: 1 };
  const page = pageStatement('postgresql', TABLE, args);
  const cursor = writeCursor(nextCursor({ engine: 'postgresql', table: TABLE }, page, ['7', 'b', null]));
  const next = pageStatement('postgresql', TABLE, { ...args, cursor }).statement;
  const name = '"na`me"""';
  expect(next).toEqual({
    text: `SELECT "id", ${name}, "total" FROM "sa""les"."""; drop table x --" WHERE (((${name} < $1 OR ${name} IS NULL)) OR (${name} = $2 AND "id" < $3)) ORDER BY (${name} IS NULL), ${name} DESC, "id" DESC LIMIT 2`,
    params: ['b', 'b', '7'],
  });
  const afterNull = writeCursor(nextCursor({ engine: 'postgresql', table: TABLE }, page, ['7', null, null]));
  expect(pageStatement('sqlite', TABLE, { ...args, cursor: afterNull }).statement.text).toContain(
    `WHERE ((${name} IS NULL AND "id" < ?))`,
  );
  expect(() => pageStatement('sqlite', TABLE, { cursor })).toThrow('another order');
  for (const bad of ['x', 'e30', Buffer.from('[]').toString('base64url')])
    expect(() => pageStatement('sqlite', TABLE, { cursor: bad })).toThrow('none that this tool gave');
});

test('what does not fit a column is refused before the database sees it', () => {
  const filtered = (filter: object) => () =>
    pageStatement('mysql', TABLE, { filters: [filter as Record<string, string>] });
  expect(filtered({ column: 'id', op: 'min', value: '1 or 1=1' })).toThrow('whole numbers');
  expect(filtered({ column: 'total', op: 'equal', value: 'x' })).toThrow('holds numbers');
  expect(filtered({ column: 'nope', op: 'equal', value: 'x' })).toThrow('there are id, na_me_, total');
  expect(filtered({ column: 'id', op: 'like', value: 'x' })).toThrow('There is no filter');
  expect(filtered({ column: 'id', op: 'above' })).toThrow('needs a `value`');
});

test('groups are counted and measured, numbers without losing digits', () => {
  const { statement, columns } = summaryStatement('postgresql', TABLE, {
    group_by: ['na_me_'],
    columns: ['total'],
  });
  expect(statement.text).toBe(
    `SELECT "na\`me""", COUNT(*), SUM("total"), AVG("total"), MIN("total"), MAX("total") FROM "sa""les"."""; drop table x --" GROUP BY "na\`me""" ORDER BY 2 DESC, 1 LIMIT 51`,
  );
  expect(columns.map(({ does, kind }) => `${does} ${kind}`)).toEqual([
    'group text',
    'count integer',
    'sum decimal',
    'avg decimal',
    'min decimal',
    'max decimal',
  ]);
});

test('a write names one row by its key and never a column that the database makes', () => {
  const table = { ...TABLE, columns: [...TABLE.columns, { ...column('made', 'text'), generated: true }] };
  const identity = [['id', '5']] as const;
  expect(insertStatement('postgresql', table, [['total', '1.50']])).toEqual({
    text: 'INSERT INTO "sa""les"."""; drop table x --" ("total") VALUES ($1) RETURNING "id"',
    params: ['1.50'],
  });
  expect(insertStatement('mysql', table, []).text).toMatch(/ \(\) VALUES \(\)$/);
  expect(updateStatement('postgresql', table, { identity, values: [['total', null]] })).toEqual({
    text: 'UPDATE "sa""les"."""; drop table x --" SET "total" = $1 WHERE "id" = $2',
    params: [null, '5'],
  });
  expect(deleteStatement('sqlite', table, identity).text).toBe(
    'DELETE FROM "sa""les.""; drop table x --" WHERE "id" = ?',
  );
  expect(() => writtenValues(table, { made: 'x' })).toThrow('made by the database');
  expect(() => updateStatement('sqlite', table, { identity, values: [] })).toThrow('names no column');
});

test('moments with an offset are bound in UTC where the database knows no offsets, others as they are', () => {
  const at = { ...column('at', 'timestamp'), type: 'timestamp(6)' };
  const cases = [
    ['2024-01-01T00:00:00', '2024-01-01 00:00:00'],
    ['2024-01-01T00:00:00.000002', '2024-01-01 00:00:00.000002'],
    ['2024-07-01T01:30:00.5+02:00', '2024-06-30 23:30:00.5'],
    ['2024-07-01 01:30:00-07', '2024-07-01 08:30:00'],
    ['2024-07-01T01:30:00Z', '2024-07-01 01:30:00'],
    ['0000-00-00 00:00:00', '0000-00-00 00:00:00'],
    ['soon', 'soon'],
  ] as const;
  expect(cases.map(([given]) => bindValue('mysql', at, given))).toEqual(cases.map(([, bound]) => bound));
});

test('numbers are bound with all their digits and lists as lists', () => {
  const decimal = { ...column('n', 'decimal'), type: 'numeric(12,2)' };
  const four = { ...column('f', 'float'), type: 'float' };
  const list = { ...column('l', 'array'), items: 'integer' as const };
  expect([
    bindValue('sqlite', decimal, '-0'),
    bindValue('sqlite', decimal, 1.005),
    bindValue('sqlite', decimal, '12345678901234567890.995'),
    bindValue('postgresql', decimal, '1.005'),
    bindValue('sqlite', column('b', 'bigint'), '9223372036854775807'),
    bindValue('sqlite', column('b', 'bigint'), '18446744073709551615'),
    bindValue('mysql', four, 0.1),
    bindValue('postgresql', list, '[1,null,3]'),
    bindValue('postgresql', list, '{1,2}'),
  ]).toEqual([
    '0.00',
    '1.01',
    '12345678901234567891.00',
    '1.005',
    9_223_372_036_854_775_807n,
    '18446744073709551615',
    '0.10000000149011612',
    '{"1",NULL,"3"}',
    '{1,2}',
  ]);
});

test('a whole number that no double holds is bound with its digits', () => {
  const id = 9_007_199_254_740_993n;
  expect(bindValue('postgresql', column('id', 'bigint'), id)).toBe('9007199254740993');
  expect(bindValue('sqlite', column('id', 'bigint'), id)).toBe(id);
  expect(bindValue('sqlite', column('id', 'other'), id)).toBe(id);
});
