import { parseExactJson } from '@counterpart/schemas/exact-json';
import { isMembers } from '../../../kernel/protocol/members.ts';

const MOST_ROWS = 20;
const MOST_COLUMNS = 6;
const MOST_FIELDS = 40;
const LONGEST_VALUE = 160;
const DEEPEST = 3;

/** A remark behind JSON has no more lines than this, such as how the next page is asked for. */
const MOST_REMARKS = 5;

/**
 * What a tool returned, for people to read where no model puts it in words: members of JSON as a list, records as a table. Text
 * that is no JSON stays as it is, also behind it. What there is no room for is counted.
 */
export function readableResult(text: string): string {
  let end = text.length;
  for (let left = MOST_REMARKS; left >= 0 && end > 0; left -= 1) {
    const value = jsonIn(text.slice(0, end));
    if (value !== undefined) {
      const remarks = text.slice(end).trim();
      const lines = linesOf(value, 0).join('\n');
      return remarks === '' ? lines : `${lines.trimEnd()}\n\n${remarks}`;
    }
    end = text.lastIndexOf('\n', end - 1);
  }
  return text;
}

/** An object or a list; a text may look like a number and is none. */
function jsonIn(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text) || !/[\]}]\s*$/.test(text)) return undefined;
  try {
    const value = parseExactJson(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function linesOf(value: object, depth: number): string[] {
  if (!Array.isArray(value)) return fieldsOf(value, depth);
  if (value.length === 0) return ['(nothing)'];
  const rows = value.filter(isMembers);
  if (rows.length === value.length && fitsTable(rows)) return tableOf(rows);
  const lines = value.slice(0, MOST_ROWS).map((one) => `- ${shown(one)}`);
  return withRest(lines, value.length, MOST_ROWS);
}

type Row = Readonly<Record<string, unknown>>;

const hasInner = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Members that have members themselves are left out of a table, as long as two others tell the rows apart. */
const fitsTable = (rows: readonly Row[]): boolean =>
  rows.every((row) => !Object.values(row).some(hasInner)) || plainNames(rows).length > 1;

const plainNames = (rows: readonly Row[]): string[] => {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].filter((name) => !rows.some((row) => hasInner(row[name])));
};

function tableOf(rows: readonly Row[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = plainNames(rows).slice(0, MOST_COLUMNS);
  if (columns.length === 0) return ['(nothing)'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns.map(cell)),
    line(columns.map(() => '---')),
    ...rows.slice(0, MOST_ROWS).map((row) => line(columns.map((name) => cell(row[name])))),
  ];
  const left = names.filter((name) => !columns.includes(name));
  const others = left.length === 0 ? [] : ['', `Not shown: ${left.map(cut).join(', ')}`];
  return [...withRest(table, rows.length, MOST_ROWS), ...others];
}

function fieldsOf(value: object, depth: number): string[] {
  const fields = Object.entries(value);
  if (fields.length === 0) return ['(nothing)'];
  const indent = '  '.repeat(depth);
  const lines = fields.slice(0, MOST_FIELDS).flatMap(([name, inner]: [string, unknown]) => {
    if (typeof inner !== 'object' || inner === null) return [`${indent}- ${name}: ${shown(inner)}`];
    if (depth + 1 >= DEEPEST) return [`${indent}- ${name}: ${cut(JSON.stringify(inner))}`];
    const within = linesOf(inner, Array.isArray(inner) ? 0 : depth + 1);
    // A table stands apart from the list around it.
    const isTable = within[0]?.startsWith('| ') === true;
    return [
      `${indent}- ${name}:`,
      ...(isTable ? ['', ...within, ''] : within.map((one) => nested(one, inner, depth))),
    ];
  });
  return withRest(lines, fields.length, MOST_FIELDS);
}

const nested = (line: string, inner: object, depth: number): string =>
  Array.isArray(inner) || line === '(nothing)' ? `${'  '.repeat(depth + 1)}${line}` : line;

const withRest = (lines: readonly string[], count: number, most: number): string[] =>
  count <= most ? [...lines] : [...lines, '', `… and ${count - most} more`];

/** In one line. */
function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  return cut(typeof value === 'string' ? value : JSON.stringify(value));
}

const cut = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LONGEST_VALUE ? line : `${line.slice(0, LONGEST_VALUE)}…`;
};

const cell = (value: unknown): string => shown(value).replaceAll('|', String.raw`\|`);
