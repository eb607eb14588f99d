import type { DatabaseColumn, Json } from '@counterpart/schemas';
import { isList, isMembers, parseJson, type Members } from '../../json-value.ts';
import { badRequest } from '../failure.ts';
import type { StatementBuilder } from './builder.ts';

/** What a filter may ask; a tool's input lists them. */
export const FILTER_OPS = [
  'equal',
  'not_equal',
  'min',
  'max',
  'above',
  'below',
  'contains',
  'starts_with',
  'one_of',
  'empty',
] as const;

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const escaped = (text: string): string => text.replaceAll(/[!%_]/g, '!$&');

/** What a filter's value is taken for beside a column. */
function holderOf({ builder, column }: Pick<Filter, 'builder' | 'column'>, value: Json): DatabaseColumn {
  if (column.kind !== 'other') return column;
  const isNumber = builder.dialect.engine === 'sqlite' && NUMBER.test(textOf(value));
  return { ...column, kind: isNumber ? 'float' : 'text' };
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Kinds whose equality is not that of their column. */
const BY_TEXT = new Set(['json', 'array', 'other']);
/** Kinds that are equal or not, and neither smaller nor larger. */
const WITHOUT_ORDER = new Set(['json', 'array']);
interface Filter {
  readonly builder: StatementBuilder;
  readonly column: DatabaseColumn;
  /** What the column is compared by. */
  readonly subject: string;
  readonly value: Json;
  readonly values: Json | undefined;
}

const compared =
  (sign: string) =>
  (filter: Filter): string => {
    const { builder, column, subject } = filter;
    const value = needed(filter);
    if (WITHOUT_ORDER.has(column.kind))
      throw badRequest(
        `${column.key} holds ${column.kind === 'json' ? 'JSON' : 'lists'}, in which nothing is smaller than another.`,
        'Ask with equal, not_equal, one_of, contains, starts_with or empty.',
      );
    return `${subject} ${sign} ${builder.value(holderOf(filter, value), value)}`;
  };

function equality({ builder, column }: Filter, value: Json): string {
  const { dialect } = builder;
  if (column.kind === 'json')
    return dialect.equal(column, builder.text(jsonText(value), dialect.engine === 'mysql' ? 2 : 1));
  if (column.kind === 'other') return dialect.equal(column, builder.text(textOf(value)));
  return dialect.equal(column, builder.value(column, value));
}

/** A value of JSON: the text as it is where it is JSON, else the text as a JSON string. */
function jsonText(value: Json): string {
  const text = textOf(value);
  try {
    parseJson(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

/** The value of a filter that makes no sense without one. */
function needed({ value, column }: Filter): Json {
  if (value === null) throw badRequest(`This filter of ${column.key} needs a \`value\`.`);
  return value;
}

function likeness({ builder, column, value }: Filter, before: string): string {
  if (column.kind === 'binary')
    throw badRequest(
      `${column.key} holds bytes, in which no text can be looked for.`,
      'Ask with equal or empty.',
    );
  const text = textOf(value);
  // As databases write moments.
  const written = column.kind === 'timestamp' ? text.replace(/(\d)T/i, '$1 ').replace(/Z$/i, '') : text;
  return builder.dialect.like(column, builder.text(`${before}${escaped(written)}%`));
}

function oneOf(filter: Filter): string {
  const { values, value, column } = filter;
  const wanted = isList(values) ? values : value === null ? [] : [value];
  if (wanted.length === 0) throw badRequest(`The filter one_of of ${column.key} needs its \`values\`.`);
  if (!BY_TEXT.has(column.kind) && !wanted.includes(null))
    return `${filter.subject} IN (${wanted.map((one) => filter.builder.value(column, one)).join(', ')})`;
  return `(${wanted.map((one) => (one === null ? `${filter.subject} IS NULL` : equality(filter, one))).join(' OR ')})`;
}

const CONDITIONS: Readonly<Record<(typeof FILTER_OPS)[number], (filter: Filter) => string>> = {
  equal: (filter) => (filter.value === null ? `${filter.subject} IS NULL` : equality(filter, filter.value)),
  not_equal: (filter) =>
    filter.value === null
      ? `${filter.subject} IS NOT NULL`
      : `(NOT ${equality(filter, filter.value)} OR ${filter.subject} IS NULL)`,
  min: compared('>='),
  max: compared('<='),
  above: compared('>'),
  below: compared('<'),
  contains: (filter) => likeness(filter, '%'),
  starts_with: (filter) => likeness(filter, ''),
  one_of: oneOf,
  empty: ({ subject, value }) => `${subject} IS ${textOf(value) === 'false' ? 'NOT NULL' : 'NULL'}`,
};

const isOp = (op: Json): op is (typeof FILTER_OPS)[number] =>
  typeof op === 'string' && Object.hasOwn(CONDITIONS, op);

function conditionOf(builder: StatementBuilder, filter: Members): string {
  const { column: key, op = 'equal', value = null, values } = filter;
  if (typeof key !== 'string') throw badRequest('A filter names its column in `column`.');
  if (!isOp(op)) throw badRequest(`There is no filter ${textOf(op)}; there are ${FILTER_OPS.join(', ')}.`);
  const column = builder.column(key);
  return CONDITIONS[op]({ builder, column, subject: builder.dialect.ordered(column), value, values });
}

/** The conditions of a call's filters. Throws DatabaseFailure. */
export const conditionsOf = (builder: StatementBuilder, filters: Json | undefined): string[] =>
  (isList(filters) ? filters : []).filter(isMembers).map((filter) => conditionOf(builder, filter));

/** `WHERE …`, or nothing. */
export const whereText = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
