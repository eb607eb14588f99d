import type { DatabaseColumn, Json } from '@counterpart/schemas';
import { isList, isMembers, parseJson, type Members } from '../../json-value.ts';
import { badRequest } from '../failure.ts';
import type { StatementBuilder } from './builder.ts';

/** One column of the order of rows. */
export interface OrderBy {
  readonly column: DatabaseColumn;
  readonly descending: boolean;
}

/** Where a page ended. */
export interface Cursor {
  readonly order: string;
  /** Rows that were passed. */
  readonly passed: number;
  /** Values of the last row in the columns of the order, where they tell exactly where it stands. */
  readonly values?: readonly Json[] | undefined;
}

/** The order as a word, so that a cursor of another order is not taken. */
export const orderName = (order: readonly OrderBy[]): string =>
  order.map(({ column, descending }) => `${descending ? '-' : ''}${column.key}`).join(',');

/** The cursor as a caller holds it. */
export const writeCursor = ({ order, passed, values }: Cursor): string =>
  Buffer.from(JSON.stringify({ o: order, n: passed, v: values })).toString('base64url');

function parsed(text: string): Members | undefined {
  try {
    const value = parseJson(Buffer.from(text, 'base64url').toString());
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Throws DatabaseFailure for a cursor that is none, or of another order. */
export function readCursor(text: string, order: readonly OrderBy[]): Cursor {
  const { o: name, v: values, n: passed } = parsed(text) ?? {};
  const isCount = typeof passed === 'number' && Number.isSafeInteger(passed) && passed >= 0;
  if (typeof name !== 'string' || !isCount || !(values === undefined || isList(values)))
    throw badRequest('The cursor is none that this tool gave.', 'Begin without a cursor.');
  if (name !== orderName(order) || (values !== undefined && values.length !== order.length))
    throw badRequest(
      'The cursor belongs to another order of rows.',
      'Keep sort_by and descending, or begin without a cursor.',
    );
  return { order: name, passed, values };
}

/** Rows behind this value of one column; empty values come last in both directions. Undefined: there are none. */
function behind(builder: StatementBuilder, { column, descending }: OrderBy, value: Json): string | undefined {
  if (value === null) return undefined;
  const subject = builder.dialect.ordered(column);
  const after = `${subject} ${descending ? '<' : '>'} ${builder.value(column, value)}`;
  return column.nullable ? `(${after} OR ${subject} IS NULL)` : after;
}

const same = (builder: StatementBuilder, { column }: OrderBy, value: Json): string =>
  value === null
    ? `${builder.dialect.ordered(column)} IS NULL`
    : `${builder.dialect.ordered(column)} = ${builder.value(column, value)}`;

/** The condition that a row comes behind the cursor, in an order whose last columns tell rows apart. */
export function afterCondition(
  builder: StatementBuilder,
  order: readonly OrderBy[],
  values: readonly Json[],
): string {
  const alternatives = order.flatMap((one, index) => {
    // Parameters are numbered in the order of the text, so equal parts are made first.
    const before = order.slice(0, index).map((earlier, at) => same(builder, earlier, values[at] ?? null));
    const last = behind(builder, one, values[index] ?? null);
    return last === undefined ? [] : [`(${[...before, last].join(' AND ')})`];
  });
  return alternatives.length === 0 ? '1 = 0' : `(${alternatives.join(' OR ')})`;
}

/** `ORDER BY …` with empty values last, or nothing. */
export const orderText = (builder: StatementBuilder, order: readonly OrderBy[]): string => {
  const parts = order.flatMap(({ column, descending }) => {
    const subject = builder.dialect.ordered(column);
    const sorted = `${subject}${descending ? ' DESC' : ''}`;
    return column.nullable ? [`(${subject} IS NULL)`, sorted] : [sorted];
  });
  return parts.length === 0 ? '' : ` ORDER BY ${parts.join(', ')}`;
};
