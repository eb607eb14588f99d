import type { DataRecord } from '../formats/record.ts';
import type { Notes } from '../notes.ts';
import {
  cashRows,
  INVESTMENTS,
  investmentRow,
  positionRow,
  POSITIONS,
  securityRow,
  type Around,
} from './ofx-investments.ts';
import { BALANCE, dateOfDigits, decimalOf, statementRow, TRANSACTION } from './statement.ts';
import type { TagEvent } from './tags.ts';

const PARTS = ['transactions', 'balances', 'positions', 'securities'] as const;
type Part = (typeof PARTS)[number];

/** Elements that make a row, each with what its rows are. */
const ROWS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['STMTTRN', 'transactions'],
  ['LEDGERBAL', 'balances'],
  ['AVAILBAL', 'balances'],
  ['INVBAL', 'balances'],
  ['SECINFO', 'securities'],
  ...INVESTMENTS.map((name): [string, Part] => [name, 'transactions']),
  ...POSITIONS.map((name): [string, Part] => [name, 'positions']),
]);

/** Elements whose account the rows below belong to. */
const ACCOUNT = new Set(['BANKACCTFROM', 'CCACCTFROM', 'INVACCTFROM']);
/** Elements that begin another account. */
const STATEMENT = new Set(['STMTRS', 'CCSTMTRS', 'INVSTMTRS', 'STMTTRNRS', 'CCSTMTTRNRS', 'INVSTMTTRNRS']);
/** The account at the other end of a transfer is no member of the transaction itself. */
const ASIDE = new Set(['BANKACCTTO', 'CCACCTTO', 'IMAGEDATA']);
/** Lists whose end ends a row that was not ended. */
const LISTS = new Set(['BANKTRANLIST', 'INVTRANLIST', 'INVPOSLIST', 'SECLIST']);
const MOST_FIELDS = 200;

/** Makes rows of the tags of OFX. An element ends where its end tag stands or, without one, where it cannot go on. */
export class OfxFold {
  readonly #part: Part;
  readonly #notes: Notes;
  #open: { readonly name: string; readonly fields: Map<string, string>; readonly line: number } | undefined;
  #field = '';
  #aside: string | undefined;
  #isAccount = false;
  #account = '';
  #currency = '';
  #asOf = '';
  #done: DataRecord[] = [];

  constructor(part: string | undefined, notes: Notes) {
    this.#part = PARTS.find((one) => one === part) ?? 'transactions';
    this.#notes = notes;
  }

  push(events: readonly TagEvent[]): void {
    for (const event of events) {
      if (event.kind === 'open') this.#begin(event.value, event.line);
      else if (event.kind === 'close') this.#close(event.value);
      else this.#text(event.value);
    }
  }

  /** Rows that were completed since the last time. */
  take(): readonly DataRecord[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  /** The end of the file: a row that was not ended is given as far as it came. */
  end(): void {
    if (this.#open === undefined) return;
    this.#notes.add(
      'The file ends within an element; what stands before was read',
      this.#open.line,
      this.#open.name,
    );
    this.#finish();
  }

  #begin(name: string, line: number): void {
    this.#field = name;
    if (ASIDE.has(name) && this.#open !== undefined) {
      this.#aside = name;
      return;
    }
    const isRow = ROWS.has(name);
    if (isRow || STATEMENT.has(name) || LISTS.has(name)) this.#unended();
    if (STATEMENT.has(name)) this.#account = '';
    if (ACCOUNT.has(name)) this.#isAccount = true;
    if (isRow) this.#open = { name, fields: new Map(), line };
  }

  #close(name: string): void {
    this.#field = '';
    if (name === this.#aside) this.#aside = undefined;
    if (ACCOUNT.has(name)) this.#isAccount = false;
    if (this.#open === undefined) return;
    if (name === this.#open.name) this.#finish();
    else if (LISTS.has(name) || STATEMENT.has(name) || name === 'OFX') this.#unended();
  }

  #text(text: string): void {
    const field = this.#field;
    this.#field = '';
    if (this.#aside !== undefined) return;
    if (this.#open === undefined) {
      if (field === 'CURDEF') this.#currency = text;
      if (field === 'DTASOF') this.#asOf = text;
      if (field === 'ACCTID' && this.#isAccount) {
        this.#account = text;
        // In SGML its element need not end.
        this.#isAccount = false;
      }
      return;
    }
    const { fields } = this.#open;
    if (field !== '' && fields.size < MOST_FIELDS && !fields.has(field)) fields.set(field, text);
  }

  #unended(): void {
    if (this.#open === undefined) return;
    this.#notes.add(
      'An element without its end; it was ended where the next begins',
      this.#open.line,
      this.#open.name,
    );
    this.#finish();
  }

  #finish(): void {
    const open = this.#open;
    this.#open = undefined;
    this.#aside = undefined;
    if (open === undefined || ROWS.get(open.name) !== this.#part) return;
    const { line } = open;
    this.#done.push(...this.#rowsOf(open.name, open.fields, line).map((value) => ({ value, line })));
  }

  #rowsOf(name: string, fields: ReadonlyMap<string, string>, line: number): DataRecord['value'][] {
    const around: Around = { currency: this.#currency, account: this.#account, asOf: this.#asOf };
    if (this.#part === 'positions') return [positionRow(name, fields, around)];
    if (this.#part === 'securities') return [securityRow(fields)];
    if (name === 'INVBAL') return cashRows(fields, around);
    if (this.#part === 'balances') return [this.#balance(name, fields)];
    return [name === 'STMTTRN' ? this.#transaction(fields, line) : investmentRow(name, fields, around)];
  }

  #transaction(fields: ReadonlyMap<string, string>, line: number): DataRecord['value'] {
    const said = fields.get('TRNAMT') ?? '';
    const amount = decimalOf(said);
    if (amount === undefined) this.#notes.add('An amount that is no number', line, said.slice(0, 40));
    const posted = fields.get('DTPOSTED') ?? fields.get('DTUSER') ?? '';
    return statementRow(TRANSACTION, {
      date: dateOfDigits(posted) ?? posted,
      amount: amount ?? said,
      currency: fields.get('CURSYM') ?? this.#currency,
      payee: fields.get('NAME') ?? fields.get('PAYEE'),
      memo: fields.get('MEMO'),
      id: fields.get('FITID'),
      account: this.#account,
      type: fields.get('TRNTYPE')?.toLowerCase(),
      check_number: fields.get('CHECKNUM'),
    });
  }

  #balance(name: string, fields: ReadonlyMap<string, string>): DataRecord['value'] {
    const said = fields.get('BALAMT') ?? '';
    return statementRow(BALANCE, {
      date: dateOfDigits(fields.get('DTASOF') ?? ''),
      amount: decimalOf(said) ?? said,
      currency: this.#currency,
      account: this.#account,
      type: name === 'LEDGERBAL' ? 'ledger' : 'available',
    });
  }
}
