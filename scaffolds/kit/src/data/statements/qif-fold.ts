import type { Json } from '@counterpart/schemas';
import type { DataRecord } from '../formats/record.ts';
import type { Notes } from '../notes.ts';
import { decimalOf, statementRow, TRANSACTION } from './statement.ts';

/** Lists of a QIF file that hold transactions; the others hold categories, classes, prices. */
const TRANSACTIONS = /^!Type:\s*(?:Bank|Cash|CCard|Oth A|Oth L|Invst|Invoice)\b/i;
const MOST_LINES = 5_000;

/** Fields by the letter that a line begins with. */
const FIELDS: Readonly<Record<string, string>> = {
  P: 'payee',
  M: 'memo',
  N: 'check_number',
  L: 'category',
  C: 'cleared',
  Y: 'security',
  Q: 'quantity',
  I: 'price',
  O: 'commission',
};

/** A date of QIF: `1/31'24`, `31.01.2024`, `2024-01-31`; undefined for what is none. */
export function qifDate(text: string, dayFirst: boolean): string | undefined {
  const plain = text.replaceAll(' ', '');
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(plain);
  const [, first = '', second = '', year = ''] =
    /^(\d{1,2})[-/.](\d{1,2})[-/.'](\d{4}|\d{2})$/.exec(plain) ?? [];
  const [full, month, day] =
    iso === null
      ? [yearOf(year), Number(dayFirst ? second : first), Number(dayFirst ? first : second)]
      : [Number(iso[1]), Number(iso[2]), Number(iso[3])];
  if (full === undefined || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return `${full}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Quicken came out in 1983: years of two digits from there on are of the last century. */
function yearOf(text: string): number | undefined {
  if (text === '') return undefined;
  const year = Number(text);
  return text.length === 4 ? year : year > 82 ? 1_900 + year : 2_000 + year;
}

type Split = { category?: string; memo?: string; amount?: string };

interface Entry {
  readonly line: number;
  readonly fields: Map<string, string>;
  readonly splits: Split[];
}

/** Makes rows of the lines of a QIF file. */
export class QifFold {
  readonly #notes: Notes;
  readonly #dayFirst: boolean;
  #list: 'transactions' | 'accounts' | 'others' = 'transactions';
  #account = '';
  #type = '';
  #entry: Entry | undefined;
  #lines = 0;

  constructor(dayFirst: boolean, notes: Notes) {
    this.#dayFirst = dayFirst;
    this.#notes = notes;
  }

  /** The row that a line ends. */
  push(text: string, line: number): DataRecord | undefined {
    const plain = text.replace(/^\uFEFF/, '').trimEnd();
    if (plain === '') return undefined;
    if (plain.startsWith('!')) return this.#begin(plain);
    if (plain.startsWith('^')) return this.#finish();
    this.#entry ??= { line, fields: new Map(), splits: [] };
    this.#lines += 1;
    if (this.#lines <= MOST_LINES) this.#take(this.#entry, plain[0] ?? '', plain.slice(1).trim());
    return undefined;
  }

  /** The end of the file: an entry without its `^` is a row, too. */
  last(): DataRecord | undefined {
    if (this.#entry !== undefined && this.#list === 'transactions')
      this.#notes.add('The file ends within an entry; what stands before was read', this.#entry.line);
    return this.#finish();
  }

  #begin(text: string): DataRecord | undefined {
    const row = this.#finish();
    if (/^!(?:Option|Clear)/i.test(text)) return row;
    const isTransactions = TRANSACTIONS.test(text);
    if (isTransactions)
      this.#type = text
        .replace(/^!Type:\s*/i, '')
        .trim()
        .toLowerCase();
    this.#list = isTransactions ? 'transactions' : /^!Account/i.test(text) ? 'accounts' : 'others';
    return row;
  }

  #take({ fields, splits }: Entry, letter: string, value: string): void {
    if (letter === 'S') splits.push({ category: value });
    else if (letter === 'E' || letter === '$') {
      const split = splits.at(-1);
      if (split !== undefined)
        split[letter === 'E' ? 'memo' : 'amount'] = letter === 'E' ? value : (decimalOf(value, ',') ?? value);
      // Of an investment, `$` is the amount of money that moved.
      else fields.set(letter, value);
    } else if (letter === 'A')
      fields.set('A', [fields.get('A'), value].filter((one) => one !== undefined).join(', '));
    else if (!fields.has(letter)) fields.set(letter, value);
  }

  #finish(): DataRecord | undefined {
    const entry = this.#entry;
    this.#entry = undefined;
    this.#lines = 0;
    if (entry === undefined || this.#list === 'others') return undefined;
    if (this.#list === 'accounts') {
      this.#account = entry.fields.get('N') ?? '';
      return undefined;
    }
    return { value: this.#row(entry), line: entry.line };
  }

  #row({ fields, splits, line }: Entry): DataRecord['value'] {
    const written = fields.get('D') ?? '';
    const date = qifDate(written, this.#dayFirst);
    if (date === undefined) this.#notes.add('A date that is none', line, written.slice(0, 40));
    const said = fields.get('T') ?? fields.get('U') ?? fields.get('$') ?? '';
    const amount = decimalOf(said, ',');
    if (amount === undefined) this.#notes.add('An amount that is no number', line, said.slice(0, 40));
    const named = Object.entries(FIELDS).flatMap(([letter, key]): [string, Json][] => {
      const value = fields.get(letter);
      return value === undefined ? [] : [[key, value]];
    });
    const address = fields.get('A');
    return statementRow(TRANSACTION, {
      date: date ?? written,
      amount: amount ?? said,
      account: this.#account,
      type: this.#type,
      ...Object.fromEntries(named),
      ...(address === undefined ? {} : { address }),
      ...(splits.length === 0 ? {} : { splits: splits.map((split) => ({ ...split })) }),
    });
  }
}
