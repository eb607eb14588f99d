import type { DataRecord } from '../formats/record.ts';
import type { Notes } from '../notes.ts';
import { BALANCE, dateOfDigits, decimalOf, statementRow, TRANSACTION } from './statement.ts';
import type { TagEvent } from './tags.ts';

type Part = 'transactions' | 'balances';

/** Elements that make a row, each with what its rows are. */
const ROWS: Readonly<Record<string, Part>> = {
  STMTTRN: 'transactions',
  LEDGERBAL: 'balances',
  AVAILBAL: 'balances',
};

/** Elements whose account the rows below belong to. */
const ACCOUNT = new Set(['BANKACCTFROM', 'CCACCTFROM', 'INVACCTFROM']);
/** Elements that begin another account. */
const STATEMENT = new Set(['STMTRS', 'CCSTMTRS', 'INVSTMTRS', 'STMTTRNRS', 'CCSTMTTRNRS', 'INVSTMTTRNRS']);
/** The account at the other end of a transfer is no member of the transaction itself. */
const ASIDE = new Set(['BANKACCTTO', 'CCACCTTO', 'IMAGEDATA']);
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
  #done: DataRecord[] = [];

  constructor(part: string | undefined, notes: Notes) {
    this.#part = part === 'balances' ? 'balances' : 'transactions';
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
    const isRow = Object.hasOwn(ROWS, name);
    if (isRow || STATEMENT.has(name) || name === 'BANKTRANLIST') this.#unended();
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
    else if (name === 'BANKTRANLIST' || STATEMENT.has(name) || name === 'OFX') this.#unended();
  }

  #text(text: string): void {
    const field = this.#field;
    this.#field = '';
    if (this.#aside !== undefined) return;
    if (this.#open === undefined) {
      if (field === 'CURDEF') this.#currency = text;
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
    if (open === undefined || ROWS[open.name] !== this.#part) return;
    const value =
      this.#part === 'balances'
        ? this.#balance(open.name, open.fields)
        : this.#transaction(open.fields, open.line);
    this.#done.push({ value, line: open.line });
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
