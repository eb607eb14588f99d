import type { DatabaseEngine } from '@counterpart/schemas';
import { badRequest } from '../failure.ts';
import { tokensOf, type Token } from './tokens.ts';

const LONGEST_STATEMENT = 100_000;

/** Words that make a reading statement write. */
const WRITES = /^(?:into|procedure)$/i;

/** Functions that reach out of the tables, hold locks or wait. Those of PostgreSQL are known by what it says of them. */
const REFUSED: Readonly<Record<DatabaseEngine, RegExp>> = {
  postgresql: /^$/,
  mysql:
    /^(?:load_file|get_lock|release_lock|release_all_locks|sys_exec|sys_eval|setval|nextval|master_pos_wait|master_gtid_wait|sleep|benchmark)$/i,
  sqlite: /^(?:load_extension|readfile|writefile|edit|fts3_tokenizer)$/i,
};

export interface ReadStatement {
  readonly text: string;
  /** Names that are called as functions, as they are written. */
  readonly functions: readonly string[];
}

/**
 * One reading statement out of what a caller wrote. Throws DatabaseFailure for several statements, for one that is no
 * SELECT, VALUES, TABLE or WITH, and for words that make a SELECT write. The transaction around it is read-only besides.
 */
export function readStatement(engine: DatabaseEngine, sql: string): ReadStatement {
  if (sql.length > LONGEST_STATEMENT) throw badRequest('The statement is longer than 100,000 characters.');
  if (sql.includes('\0')) throw badRequest('The statement holds a zero character.');
  const tokens = tokensOf(engine, sql);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  if (tokens.some(({ kind, text }) => kind === 'mark' && text === ';'))
    throw badRequest('One statement at a time: leave out what stands behind the first semicolon.');
  const first = tokens.find(({ text }) => text !== '(')?.text ?? '';
  if (!/^(?:select|with|values|table)$/i.test(first))
    throw badRequest('Only statements that read are taken: SELECT, VALUES or WITH … SELECT.');
  const broken = tokens.find((token, index) => isText(token) && isText(tokens[index + 1]));
  // The second piece is read by the rules of the first, whatever it looks like.
  if (broken !== undefined) throw badRequest('A text is written in one piece, not in several in a row.');
  const word = tokens.find(({ kind, text }) => kind === 'word' && WRITES.test(text));
  if (word !== undefined)
    throw badRequest(`${word.text.toUpperCase()} is not taken in a statement that reads.`);
  if (engine === 'postgresql' && tokens.some((_, index) => isEscapedName(tokens.slice(index, index + 3))))
    throw badRequest('Names written as U&"…" are not taken.');
  const functions = tokens.flatMap(({ kind, text }, index) => {
    if (kind === 'mark' || kind === 'text' || tokens[index + 1]?.text !== '(') return [];
    return kind === 'word' ? [lowered(text)] : [text.replaceAll('""', '"')];
  });
  const refused = functions.find((name) => REFUSED[engine].test(name));
  if (refused !== undefined)
    throw badRequest(`The function ${refused} is not taken in a statement that reads.`);
  return { text: sql.replace(/[\s;]+$/, ''), functions: [...new Set(functions)] };
}

const isText = (token: Token | undefined): boolean => token?.kind === 'text';

/** Databases change the case of ASCII letters only; others would make another name. */
const lowered = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** A name whose letters are written as numbers would be another one for the database. */
const isEscapedName = ([first, second, third]: readonly Token[]): boolean =>
  first?.kind === 'word' && /^u$/i.test(first.text) && second?.text === '&' && third?.kind === 'quoted';
