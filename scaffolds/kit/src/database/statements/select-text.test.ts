import type { DatabaseEngine } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { readStatement } from './select-text.ts';

const ENGINES: readonly DatabaseEngine[] = ['postgresql', 'mysql', 'sqlite'];

describe.each(ENGINES)('%s', (engine) => {
  test.each([
    'SELECT 1',
    "  select * from t where a = '; drop table t' ;  ",
    '-- first\nWITH a AS (SELECT 1) SELECT * FROM a',
    '(SELECT 1) UNION (SELECT 2)',
    'VALUES (1), (2)',
    'SELECT "into" FROM t',
    "SELECT 'it''s; into' /* into ; */ FROM t",
  ])('reads %j', (sql) => {
    expect(readStatement(engine, sql).text).toBe(sql.replace(/[\s;]+$/, ''));
  });

  test.each([
    '',
    ';',
    'DELETE FROM t',
    'EXPLAIN ANALYZE DELETE FROM t',
    'SELECT 1; DELETE FROM t',
    'SELECT 1;;SELECT 2',
    'SELECT * INTO other FROM t',
    'PRAGMA writable_schema = 1',
    "ATTACH 'x' AS y",
    "COPY t TO PROGRAM 'id'",
    'SELECT 1\0',
    '/* SELECT */ DROP TABLE t',
    `SELECT ${'1,'.repeat(60_000)}1`,
  ])('refuses %j', (sql) => {
    expect(() => readStatement(engine, sql)).toThrow(/taken|time|longer|zero/);
  });
});

test('what a comment of MariaDB executes, and what only looks like a comment, is seen', () => {
  const refused = [
    "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */",
    "SELECT 1 /*M! INTO OUTFILE '/tmp/x' */",
    "SELECT 5--1 INTO OUTFILE '/tmp/x'",
    "SELECT LOAD_FILE('/etc/passwd')",
    'SELECT `sleep`(10)',
    "SELECT 'a\\'' INTO OUTFILE '/tmp/x' -- '",
  ];
  for (const sql of refused) expect(() => readStatement('mysql', sql)).toThrow(/taken/);
  expect(() => readStatement('mysql', 'SELECT sleep FROM nights')).not.toThrow();
});

test.each([
  ['a comment within a comment', "SELECT /* /* */ ' */ pg_sleep(1) /* ' */"],
  ['a comment that a carriage return ends', 'SELECT 1 -- \r, pg_sleep(1)'],
  ['a mark of a text in other letters', "SELECT $é$ ' $é$, pg_sleep(1), $é$ ' $é$"],
  ['a parameter beside a dollar', 'SELECT $1$ , pg_sleep(1), $1$'],
  ['blanks of every kind', 'SELECT 1\f, pg_sleep\v\r(1)'],
])('PostgreSQL would call a function behind %s, and it is found', (_, sql) => {
  expect(readStatement('postgresql', sql).functions).toEqual(['pg_sleep']);
});

test.each<[DatabaseEngine, string]>([
  ['postgresql', "SELECT E'a'\n'\\'' , pg_sleep(1), 'x' -- '"],
  ['postgresql', "SELECT 'no end"],
  ['postgresql', 'SELECT 1 /* /* */'],
  ['mysql', 'SELECT 5--\u00a0, sleep(9) FROM (SELECT 1 AS `\u00a0`) t'],
  ['mysql', 'SELECT /*+ MAX_EXECUTION_TIME(0) */ 1'],
  ['mysql', 'SELECT 1 /* no end'],
  ['sqlite', 'SELECT "no end'],
])('%s is not asked %j', (engine, sql) => {
  expect(() => readStatement(engine, sql)).toThrow(/taken|end|piece/);
});

test('functions are found however they are written, and names that hide behind escapes are refused', () => {
  const { functions } = readStatement(
    'postgresql',
    `SELECT count(*), "pg_Read""File"('x'), pg_catalog . PG_SLEEP (1), $$ no(1) $$, E'\\'no(2)' FROM t`,
  );
  expect(functions).toEqual(['count', 'pg_Read"File', 'pg_sleep']);
  expect(() => readStatement('postgresql', String.raw`SELECT U&"\0070g_sleep"(1)`)).toThrow('U&');
});
