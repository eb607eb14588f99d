import type { DatabaseEngine } from '@counterpart/schemas';
import { badRequest } from '../failure.ts';

/** One part of a statement; comments are none. `text` of what is quoted is without its quotes, of a text it is empty. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'mark';
  readonly text: string;
}

type Kind = Token['kind'] | 'blank';
type Rule = readonly [kind: Kind, pattern: RegExp];

/** Blanks of databases; what else Unicode calls a blank is a letter to them. */
const BLANK: Rule = ['blank', /[\t-\r ]+/y];
const WORD: Rule = ['word', /[A-Za-z_\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*/uy];
const NUMBER: Rule = ['mark', /\d[\d.eE]*/y];
const MARK: Rule = ['mark', /[^]/uy];
const DOUBLE: Rule = ['quoted', /"(?:[^"]|"")*"/y];
const BACKTICKED: Rule = ['quoted', /`(?:[^`]|``)*`/y];

/** Tried in this order at each place, by the lexer of each database. */
const RULES: Readonly<Record<DatabaseEngine, readonly Rule[]>> = {
  postgresql: [
    BLANK,
    ['blank', /--[^\r\n]*/y],
    ['text', /\$((?:[A-Za-z_\u0080-\u{10ffff}][\w\u0080-\u{10ffff}]*)?)\$[^]*?\$\1\$/uy],
    ['text', /[eE]'(?:[^'\\]|\\[^]|'')*'/y],
    ['text', /'(?:[^']|'')*'/y],
    DOUBLE,
    WORD,
    NUMBER,
    MARK,
  ],
  mysql: [
    BLANK,
    // `--` begins a comment only before a blank or a control character: `5--1` is a sum.
    ['blank', /--(?=[\0- \x7F]|$)[^\n]*/y],
    ['blank', /#[^\n]*/y],
    ['blank', /\/\*(?![!+]|M!)[^]*?\*\//y],
    ['text', /'(?:[^'\\]|\\[^]|'')*'/y],
    ['quoted', /"(?:[^"\\]|\\[^]|"")*"/y],
    BACKTICKED,
    ['word', /[A-Za-z_$\u0080-\u{10ffff}][\w$\u0080-\u{10ffff}]*/uy],
    NUMBER,
    MARK,
  ],
  sqlite: [
    BLANK,
    ['blank', /--[^\n]*/y],
    ['blank', /\/\*[^]*?(?:\*\/|$)/y],
    ['text', /'(?:[^']|'')*'/y],
    DOUBLE,
    BACKTICKED,
    ['quoted', /\[[^\]]*\]/y],
    WORD,
    NUMBER,
    MARK,
  ],
};

/** End of a comment of PostgreSQL, in which others may stand. */
function endOfNested(sql: string, start: number): number {
  let depth = 1;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start + 2;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  throw badRequest('A comment of this statement has no end.');
}

function matched(engine: DatabaseEngine, sql: string, at: number): { kind: Kind; text: string } {
  if (engine === 'postgresql' && sql.startsWith('/*', at))
    return { kind: 'blank', text: sql.slice(at, endOfNested(sql, at)) };
  for (const [kind, pattern] of RULES[engine]) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text };
  }
  throw badRequest('The statement cannot be read.');
}

/** What a mark says that the rules before it did not take. */
function refuseMark(engine: DatabaseEngine, sql: string, at: number): void {
  const mark = sql[at] ?? '';
  if (`'"`.includes(mark) || (mark === '`' && engine !== 'postgresql'))
    throw badRequest('A text or a name of this statement has no end.');
  if (engine === 'mysql' && sql.startsWith('/*', at))
    throw badRequest('Comments that are executed or that have no end are not taken.');
}

/**
 * A statement in the parts that its database would see: a part that is taken for a text or a comment here is one there, too.
 * Throws DatabaseFailure for what has no end, and for comments that MariaDB and MySQL execute.
 */
export function tokensOf(engine: DatabaseEngine, sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const { kind, text } = matched(engine, sql, at);
    if (kind === 'mark') refuseMark(engine, sql, at);
    if (kind === 'quoted') tokens.push({ kind, text: text.slice(1, -1) });
    else if (kind !== 'blank') tokens.push({ kind, text: kind === 'text' ? '' : text });
    at += text.length;
  }
  return tokens;
}
