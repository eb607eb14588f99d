import type { DatabaseColumn, DatabaseTable } from '@counterpart/schemas';

/** A column that is held against a number by a check of its table. */
export interface Comparison {
  readonly column: DatabaseColumn;
  readonly sign: '<' | '<=' | '>' | '>=';
  readonly bound: number;
}

const COMPARED = /^["`]?(\w+)["`]?\s*(<=|>=|<|>)\s*'?(-?\d+(?:\.\d+)?)'?$/;
const CAST = /::[a-z ]+(?:\(\d+(?:,\d+)?\))?/gi;
const SIGNS = new Set<string>(['<', '<=', '>', '>=']);

const isSign = (text: string): text is Comparison['sign'] => SIGNS.has(text);

function comparisonOf({ columns }: DatabaseTable, part: string): Comparison | undefined {
  const [, name, sign = '', bound] = COMPARED.exec(part.trim()) ?? [];
  const column = columns.find((one) => one.name === name);
  return column !== undefined && isSign(sign) ? { column, sign, bound: Number(bound) } : undefined;
}

/** What the checks of a table say of its numbers; a check that asks anything else is passed over as a whole. */
export const comparisonsOf = (table: DatabaseTable): Comparison[] =>
  (table.checks ?? []).flatMap((check) => {
    const bare = check
      .replace(/^CHECK\b/i, '')
      .replaceAll(CAST, '')
      .replaceAll(/[()]/g, ' ');
    const found = bare.split(/\bAND\b/i).map((part) => comparisonOf(table, part));
    return found.every((one) => one !== undefined) ? found : [];
  });

/** The whole numbers that a column may hold by the checks of its table. */
export function boundsOf(
  table: DatabaseTable,
  key: string,
  usual: readonly [number, number],
): [number, number] {
  const own = comparisonsOf(table).filter(({ column }) => column.key === key);
  const least = own.flatMap(({ sign, bound }) =>
    sign === '>=' ? [Math.ceil(bound)] : sign === '>' ? [Math.floor(bound) + 1] : [],
  );
  const most = own.flatMap(({ sign, bound }) =>
    sign === '<=' ? [Math.floor(bound)] : sign === '<' ? [Math.ceil(bound) - 1] : [],
  );
  const high = Math.min(usual[1], ...most);
  const low = Math.max(Math.min(usual[0], high), ...least);
  return [low, Math.max(low, high)];
}
