import type { DatabaseColumn, Json } from '@counterpart/schemas';
import { isList, isMembers, type Members } from '../../json-value.ts';
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

/** Kinds without an order are compared as the text they are shown as. */
const holderOf = (column: DatabaseColumn): DatabaseColumn =>
  ['json', 'array', 'other'].includes(column.kind) ? { ...column, kind: 'text' } : column;

interface Filter {
  readonly builder: StatementBuilder;
  readonly column: DatabaseColumn;
  /** What the column is compared by. */
  readonly subject: string;
  readonly value: Json;
  readonly values: Json | undefined;
}

const place = ({ builder, column }: Filter, value: Json): string => builder.value(holderOf(column), value);

const compared =
  (sign: string) =>
  (filter: Filter): string =>
    `${filter.subject} ${sign} ${place(filter, needed(filter))}`;

/** The value of a filter that makes no sense without one. */
function needed({ value, column }: Filter): Json {
  if (value === null) throw badRequest(`This filter of ${column.key} needs a \`value\`.`);
  return value;
}

function likeness({ builder, column, value }: Filter, before: string): string {
  const { dialect } = builder;
  return dialect.like(dialect.quote(column.name), builder.text(`${before}${escaped(textOf(value))}%`));
}

function oneOf(filter: Filter): string {
  const { values, value, column, subject } = filter;
  const wanted = isList(values) ? values : value === null ? [] : [value];
  if (wanted.length === 0) throw badRequest(`The filter one_of of ${column.key} needs its \`values\`.`);
  return `${subject} IN (${wanted.map((one) => place(filter, one)).join(', ')})`;
}

const CONDITIONS: Readonly<Record<(typeof FILTER_OPS)[number], (filter: Filter) => string>> = {
  equal: (filter) =>
    filter.value === null
      ? `${filter.subject} IS NULL`
      : `${filter.subject} = ${place(filter, filter.value)}`,
  not_equal: (filter) =>
    filter.value === null
      ? `${filter.subject} IS NOT NULL`
      : `(${filter.subject} <> ${place(filter, filter.value)} OR ${filter.subject} IS NULL)`,
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
