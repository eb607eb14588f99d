import { BALANCE, POSITION, SECURITY, TRANSACTION } from '@counterpart/kit/data';
import type { DataColumn, DataDialect, JsonObject, Omission } from '@counterpart/schemas';
import { columnsOfRecords } from '../columns.ts';
import { firstRecords, notice, type Open, type Part, type Parts } from './part.ts';

const FORMATS: Readonly<Partial<Record<string, string>>> = {
  date: 'date',
  value_date: 'date',
  amount: 'decimal',
  quantity: 'decimal',
  price: 'decimal',
  commission: 'decimal',
};

/** Columns of statements are text: numbers of accounts and checks lose their zeros as numbers, amounts their exactness. */
function columnsOf(rows: readonly JsonObject[], usual: readonly string[]): DataColumn[] {
  const names = new Set([...usual, ...rows.flatMap((row) => Object.keys(row))]);
  const inferred = new Map(columnsOfRecords(rows).map((column) => [column.name, column]));
  return Array.from(names, (name) => {
    const known = inferred.get(name);
    const values = rows.map((row) => row[name] ?? null);
    const nullable = values.length === 0 || values.includes(null);
    if (known?.type === 'any' && values.some((value) => typeof value === 'object' && value !== null))
      return known;
    const format = FORMATS[name];
    return {
      name,
      key: name,
      type: 'string',
      nullable,
      ...(format === undefined ? {} : { format }),
      ...(name === 'type' && known?.seen !== undefined ? { seen: known.seen } : {}),
    };
  });
}

type Columns = readonly string[];

/** Kinds of rows of each format, with the columns that they always have. */
const KINDS: Readonly<Record<'ofx' | 'qif' | 'camt', Readonly<Record<string, Columns>>>> = {
  ofx: { transactions: TRANSACTION, balances: BALANCE, positions: POSITION, securities: SECURITY },
  qif: { transactions: TRANSACTION },
  camt: { transactions: TRANSACTION, balances: BALANCE },
};

/** What a QIF file's dates say of their order: undefined where each could be read both ways. */
function dayFirstOf(text: string): boolean | undefined {
  const dates = [...text.matchAll(/^D\s*(\d{1,2})([-/.])\s*(\d{1,2})[-/.']/gm)];
  if (dates.some(([, first, sign]) => Number(first) > 12 || sign === '.')) return true;
  return dates.some(([, , , second]) => Number(second) > 12) ? false : undefined;
}

/** Transactions and balances of a statement (OFX, QIF, camt). `text` is the beginning of the file. */
export async function statementParts(
  format: 'ofx' | 'qif' | 'camt',
  open: Open,
  {
    encoding,
    text,
    title,
  }: { readonly encoding: DataDialect['encoding']; readonly text: string; readonly title: string },
): Promise<Parts> {
  const omitted: Omission[] = [];
  const dayFirst = format === 'qif' ? dayFirstOf(text) : undefined;
  if (format === 'qif' && dayFirst === undefined)
    omitted.push(
      notice(
        'guessed',
        'dates',
        'Each date can be read both ways; the month was taken to stand before the day.',
      ),
    );
  const parts: Part[] = [];
  for (const [part, usual] of Object.entries(KINDS[format])) {
    const dialect = { encoding, part, ...(dayFirst === undefined ? {} : { dayFirst }) };
    const rows = await firstRecords(format, open, dialect);
    const columns = columnsOf(rows, usual);
    if (rows.length > 0) parts.push({ name: part, dialect, rows, columns });
  }
  return { format, title, parts, omitted };
}
