import type { Json } from '@counterpart/schemas';
import { isList, isMembers } from '../../json-value.ts';
import { BALANCE, decimalOf, statementRow, TRANSACTION } from '../statements/statement.ts';
import type { DataRecord, RecordReader } from './record.ts';
import { textPieces } from './text-pieces.ts';
import { XmlRecordBuilder } from './xml.ts';
import { XmlEvents, type XmlHandlers } from './xml-events.ts';

/** The element of a camt message that a statement (053), a report (052) or a notification (054) is. */
const STATEMENTS = ['BkToCstmrStmt/Stmt', 'BkToCstmrAcctRpt/Rpt', 'BkToCstmrDbtCdtNtfctn/Ntfctn'];

/** The first value at a path of members; lists count by their first. */
function at(value: Json | undefined, path: string): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path.split('/')) {
    const one: Json | undefined = isList(found) ? found[0] : found;
    found = isMembers(one) && Object.hasOwn(one, name) ? one[name] : undefined;
  }
  return isList(found) ? found[0] : found;
}

function textAt(value: Json | undefined, ...paths: string[]): string | undefined {
  for (const path of paths) {
    const found = at(value, path);
    const text = isMembers(found) ? found['text'] : found;
    if (typeof text === 'string') return text;
  }
  return undefined;
}

const signed = (entry: Json): string | undefined => {
  const amount = textAt(entry, 'Amt');
  const plain = amount === undefined ? undefined : decimalOf(amount);
  return plain !== undefined && textAt(entry, 'CdtDbtInd') === 'DBIT' ? `-${plain}` : plain;
};

function transactionOf(entry: Json, account: string): DataRecord['value'] {
  const detail = at(entry, 'NtryDtls/TxDtls');
  const isDebit = textAt(entry, 'CdtDbtInd') === 'DBIT';
  const party = isDebit ? 'Cdtr' : 'Dbtr';
  const remittance = at(detail, 'RmtInf');
  const written = isMembers(remittance) ? remittance['Ustrd'] : undefined;
  return statementRow(TRANSACTION, {
    date: textAt(entry, 'BookgDt/Dt', 'BookgDt/DtTm', 'ValDt/Dt', 'ValDt/DtTm')?.slice(0, 10),
    amount: signed(entry),
    currency: textAt(entry, 'Amt/Ccy'),
    payee: textAt(detail, `RltdPties/${party}/Nm`, `RltdPties/${party}/Pty/Nm`),
    memo: isList(written)
      ? written.map((part) => (typeof part === 'string' ? part : '')).join(' ')
      : (written ?? textAt(entry, 'AddtlNtryInf')),
    id: textAt(entry, 'AcctSvcrRef', 'NtryRef') ?? textAt(detail, 'Refs/AcctSvcrRef', 'Refs/EndToEndId'),
    account,
    type: textAt(entry, 'Sts/Cd', 'Sts')?.toLowerCase(),
    value_date: textAt(entry, 'ValDt/Dt', 'ValDt/DtTm')?.slice(0, 10) ?? null,
    end_to_end_id: textAt(detail, 'Refs/EndToEndId') ?? null,
    counterparty_account:
      textAt(detail, `RltdPties/${party}Acct/Id/IBAN`, `RltdPties/${party}Acct/Id/Othr/Id`) ?? null,
  });
}

const BALANCES: Readonly<Record<string, string>> = {
  OPBD: 'opening',
  CLBD: 'closing',
  CLAV: 'available',
  ITBD: 'interim',
  PRCD: 'opening',
};

function balanceOf(balance: Json, account: string): DataRecord['value'] {
  const code = textAt(balance, 'Tp/CdOrPrtry/Cd') ?? '';
  return statementRow(BALANCE, {
    date: textAt(balance, 'Dt/Dt', 'Dt/DtTm')?.slice(0, 10),
    amount: signed(balance),
    currency: textAt(balance, 'Amt/Ccy'),
    account,
    type: BALANCES[code] ?? code.toLowerCase(),
  });
}

/** Names without their prefix, whichever one a bank gives the namespace. */
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Transactions or balances of a message of ISO 20022 (camt.052, .053, .054), whichever `dialect.part` names. */
export const camtRecords: RecordReader = async function* (bytes, { dialect, notes }) {
  const isBalances = dialect.part === 'balances';
  const wanted = STATEMENTS.map((path) => new XmlRecordBuilder(`${path}/${isBalances ? 'Bal' : 'Ntry'}`));
  const accounts = STATEMENTS.map((path) => new XmlRecordBuilder(`${path}/Acct`));
  let account = '';
  let done: DataRecord[] = [];
  const all = [...accounts, ...wanted];
  const handlers: XmlHandlers = {
    open: (name, attributes, line) => all.forEach((one) => one.open(local(name), attributes, line)),
    text: (text) => all.forEach((one) => one.text(text)),
    close: () => {
      for (const one of all) one.close();
      // The account of a statement stands before its entries.
      for (const { value } of accounts.flatMap((one) => one.take()))
        account = textAt(value, 'Id/IBAN', 'Id/Othr/Id') ?? '';
      for (const { value, line } of wanted.flatMap((one) => one.take()))
        done.push({ value: isBalances ? balanceOf(value, account) : transactionOf(value, account), line });
    },
  };
  const events = new XmlEvents(handlers, notes);
  for await (const piece of textPieces(bytes, dialect.encoding)) {
    events.push(piece);
    yield done;
    done = [];
  }
  events.end();
};
