import type { Members } from '../../json-value.ts';
import { dateOfDigits, decimalOf, statementRow, TRANSACTION } from './statement.ts';

/** Members of a position: how much of a security an account holds, and what that is worth. */
export const POSITION = [
  'date',
  'security',
  'quantity',
  'price',
  'amount',
  'currency',
  'account',
  'type',
] as const;

/** Members of a security that rows name. */
export const SECURITY = ['id', 'id_type', 'name', 'ticker', 'price', 'date'] as const;

/** Elements that are a transaction in securities (OFX 2.3 section 13.9.2.4). */
export const INVESTMENTS: readonly string[] = [
  'BUYDEBT',
  'BUYMF',
  'BUYOPT',
  'BUYOTHER',
  'BUYSTOCK',
  'CLOSUREOPT',
  'INCOME',
  'INVEXPENSE',
  'JRNLFUND',
  'JRNLSEC',
  'MARGININTEREST',
  'REINVEST',
  'RETOFCAP',
  'SELLDEBT',
  'SELLMF',
  'SELLOPT',
  'SELLOTHER',
  'SELLSTOCK',
  'SPLIT',
  'TRANSFER',
];
/** Elements that are a position. */
export const POSITIONS: readonly string[] = ['POSDEBT', 'POSMF', 'POSOPT', 'POSOTHER', 'POSSTOCK'];

/** Amounts of an account's cash, each a balance. */
const CASH: readonly (readonly [field: string, type: string])[] = [
  ['AVAILCASH', 'available_cash'],
  ['MARGINBALANCE', 'margin'],
  ['SHORTBALANCE', 'short'],
];

type Fields = ReadonlyMap<string, string>;

/** What stands around a row. */
export interface Around {
  readonly currency: string;
  readonly account: string;
  /** Of the statement, as its digits. */
  readonly asOf: string;
}

const numberOf = (fields: Fields, name: string): string | undefined => {
  const said = fields.get(name);
  return said === undefined ? undefined : (decimalOf(said) ?? said);
};

const dayOf = (said: string | undefined): string | undefined =>
  said === undefined ? undefined : (dateOfDigits(said) ?? said);

/** A purchase, a sale, a dividend or another transaction in securities, with the members that all transactions have. */
export function investmentRow(name: string, fields: Fields, { currency, account }: Around): Members {
  return statementRow(TRANSACTION, {
    date: dayOf(fields.get('DTTRADE')),
    amount: numberOf(fields, 'TOTAL'),
    currency: fields.get('CURSYM') ?? currency,
    memo: fields.get('MEMO'),
    id: fields.get('FITID'),
    account,
    type: name.toLowerCase(),
    category: fields.get('INCOMETYPE')?.toLowerCase(),
    security: fields.get('UNIQUEID'),
    quantity: numberOf(fields, 'UNITS'),
    price: numberOf(fields, 'UNITPRICE'),
    commission: numberOf(fields, 'COMMISSION'),
  });
}

/** How much of one security is held. */
export function positionRow(name: string, fields: Fields, { currency, account, asOf }: Around): Members {
  return statementRow(POSITION, {
    date: dayOf(fields.get('DTPRICEASOF') ?? asOf),
    security: fields.get('UNIQUEID'),
    quantity: numberOf(fields, 'UNITS'),
    price: numberOf(fields, 'UNITPRICE'),
    amount: numberOf(fields, 'MKTVAL'),
    currency: fields.get('CURSYM') ?? currency,
    account,
    type: `${name.slice('POS'.length)} ${fields.get('POSTYPE') ?? ''}`.trim().toLowerCase(),
  });
}

/** What a security that rows name is. */
export const securityRow = (fields: Fields): Members =>
  statementRow(SECURITY, {
    id: fields.get('UNIQUEID'),
    id_type: fields.get('UNIQUEIDTYPE')?.toLowerCase(),
    name: fields.get('SECNAME'),
    ticker: fields.get('TICKER'),
    price: numberOf(fields, 'UNITPRICE'),
    date: dayOf(fields.get('DTASOF')),
  });

/** The cash of an account that holds securities, as balances. */
export const cashRows = (fields: Fields, { currency, account, asOf }: Around): Members[] =>
  CASH.flatMap(([field, type]) =>
    fields.has(field)
      ? [{ date: dayOf(asOf) ?? null, amount: numberOf(fields, field) ?? null, currency, account, type }]
      : [],
  );
