import type { DataColumn, DataSource, Json } from '@counterpart/schemas';
import { ToolFailure } from '../failure.ts';
import { isList, isMembers, isNumber, wholeNumber } from '../json-value.ts';
import { compareDecimals, toDecimal } from './decimal.ts';
import type { Row } from './rows.ts';

export type Test = (row: Row) => boolean;

/** The column of a key that the caller gave. Throws ToolFailure. */
export function columnOf({ columns }: DataSource, key: Json | undefined): DataColumn {
  const column = columns.find((one) => one.key === key);
  if (column !== undefined) return column;
  const known = columns.map((one) => one.key).slice(0, 40);
  throw new ToolFailure(`There is no column ${JSON.stringify(key)}; there are ${known.join(', ')}.`);
}

const isNumeric = ({ type }: DataColumn): boolean => type === 'integer' || type === 'number';

/** Text of a value, as filters compare it. */
export const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);

/** Order of two values: numbers by size, everything else as text; nothing comes last. */
export function compareValues(a: Json | undefined, b: Json | undefined): number {
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  const [none, other] = [a ?? null, b ?? null];
  if (none === null || other === null) return (none === null ? 1 : 0) - (other === null ? 1 : 0);
  const [left, right] = [textOf(none), textOf(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A bound as a number; NaN of other text. */
const numberOf = (text: string): number | bigint =>
  /^-?\d+$/.test(text.trim()) ? wholeNumber(text.trim()) : Number(text);

const isDecimal = ({ format }: DataColumn): boolean => format === 'decimal';

/** Order of the values of a column: decimal numbers by size, however they are written. */
export function comparerOf(column: DataColumn): (a: Json | undefined, b: Json | undefined) => number {
  if (!isDecimal(column)) return compareValues;
  return (a, b) => {
    const [left, right] = [toDecimal(textOf(a)), toDecimal(textOf(b))];
    return left === undefined || right === undefined ? compareValues(a, b) : compareDecimals(left, right);
  };
}

function bound(column: DataColumn, given: string, test: (order: number) => boolean): Test {
  const compare = comparerOf(column);
  const limit = numberOf(given);
  const fits = isDecimal(column)
    ? toDecimal(given) !== undefined
    : given.trim() !== '' && !Number.isNaN(Number(limit));
  if (!isNumeric(column) && (fits || !isDecimal(column)))
    return (row) => (row[column.key] ?? null) !== null && test(compare(textOf(row[column.key]), given));
  if (!fits) throw new ToolFailure(`${column.key} holds numbers, and ${JSON.stringify(given)} is none.`);
  return (row) => {
    const value = row[column.key];
    return isNumber(value) && test(compareValues(value, limit));
  };
}

function testOf(column: DataColumn, op: string, given: string): Test {
  const { key } = column;
  switch (op) {
    case 'min':
      return bound(column, given, (order) => order >= 0);
    case 'max':
      return bound(column, given, (order) => order <= 0);
    case 'contains': {
      const wanted = given.toLowerCase();
      return (row) => textOf(row[key]).toLowerCase().includes(wanted);
    }
    case 'empty':
      return (row) => ((row[key] ?? null) === null) === (given !== 'false');
    default: {
      const asNumber = isNumeric(column) && given.trim() !== '' ? numberOf(given) : Number.NaN;
      const asDecimal = isDecimal(column) ? toDecimal(given) : undefined;
      const isSame = (text: string): boolean => {
        const value = asDecimal === undefined ? undefined : toDecimal(text);
        return value !== undefined && asDecimal !== undefined && compareDecimals(value, asDecimal) === 0;
      };
      const isEqual: Test = (row) =>
        textOf(row[key]) === given || row[key] === asNumber || isSame(textOf(row[key]));
      return op === 'not_equal' ? (row) => !isEqual(row) : isEqual;
    }
  }
}

/** All filters of a call as one test. Throws ToolFailure for a column that is none and for a bound that is no number. */
export function filterOf(source: DataSource, filters: Json | undefined): Test {
  const tests = (isList(filters) ? filters : []).filter(isMembers).map((filter) => {
    const column = columnOf(source, filter['column']);
    return testOf(column, textOf(filter['op'] ?? 'equal'), textOf(filter['value']));
  });
  return (row) => tests.every((test) => test(row));
}
