import Database from 'libsql';
import { beforeEach, expect, test } from 'vitest';
import { KeptStatements } from './kept-statements.ts';

let prepared: string[] = [];
let database: KeptStatements;

beforeEach(() => {
  const real = new Database(':memory:');
  real.exec('create table word (text text primary key)');
  prepared = [];
  database = new KeptStatements({
    prepare: (text) => {
      prepared.push(text);
      return real.prepare(text);
    },
    close: () => void real.close(),
  });
});

const INSERT = 'insert into word values (?)';
const SELECT = 'select text from word where text >= ? order by text';
const add = (word: string): unknown => database.prepare(INSERT).run([word]);
const from = (word: string): unknown => database.prepare(SELECT).all([word]);

test('a statement is prepared once and takes new values each time', () => {
  for (const word of ['a', 'b', 'c']) add(word);
  expect(from('b')).toEqual([{ text: 'b' }, { text: 'c' }]);
  expect(from('c')).toEqual([{ text: 'c' }]);
  expect(from('d')).toEqual([]);
  expect(prepared).toEqual([INSERT, SELECT]);
});

test('one that failed is not used again', () => {
  add('a');
  expect(() => add('a')).toThrow('UNIQUE');
  add('b');
  expect(prepared).toEqual([INSERT, INSERT]);
  expect(from('a')).toEqual([{ text: 'a' }, { text: 'b' }]);
});

test('one whose rows are still being read is not given to anybody else', () => {
  for (const word of ['a', 'b']) add(word);
  from('a');
  const rows = database.prepare(SELECT).iterate(['a']);
  expect(from('b')).toEqual([{ text: 'b' }]);
  expect([...rows]).toEqual([{ text: 'a' }, { text: 'b' }]);
});

test('what was long is held by no statement, and only so many are kept', () => {
  add('x'.repeat(5_000));
  add('a');
  expect(prepared).toEqual([INSERT, INSERT]);
  for (let at = 0; at < 60; at += 1) database.prepare(`select ${at}`).all([]);
  add('b');
  expect(prepared).toHaveLength(63);
  database.prepare('select 59').all([]);
  expect(prepared).toHaveLength(63);
});

test('a table that changed is read as it is now', () => {
  add('a');
  const all = 'select * from word';
  expect(database.prepare(all).all([])).toEqual([{ text: 'a' }]);
  database.prepare('alter table word add column length integer default 1').run([]);
  expect(database.prepare(all).all([])).toEqual([{ text: 'a', length: 1 }]);
});
