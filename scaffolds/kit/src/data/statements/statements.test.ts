import { expect, test } from 'vitest';
import { verifies } from '../../../../../test/verifies.ts';
import { addDecimals, compareDecimals, fromDecimal, toDecimal } from '../decimal.ts';
import { recordsOf } from '../testing.ts';
import { qifDate } from './qif-fold.ts';
import { decimalOf } from './statement.ts';

const SGML = `OFXHEADER:100\nVERSION:102\n\n<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>00123</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240203120000[-5:EST]<TRNAMT>-42.10<FITID>1<NAME>A &amp; B<BANKACCTTO><ACCTID>999</BANKACCTTO></STMTTRN>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20240205<TRNAMT>+1500<FITID>2<NAME>Pay</STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>1457.90<DTASOF>20240229</LEDGERBAL></STMTRS></OFX>`;
const first = {
  date: '2024-02-03',
  amount: '-42.10',
  currency: 'USD',
  payee: 'A & B',
  id: '1',
  account: '00123',
  type: 'debit',
};
const second = { date: '2024-02-05', amount: '1500', payee: 'Pay', id: '2', account: '00123' };

test('OFX as SGML and as XML gives the same rows, wherever it is cut', async () => {
  verifies('M42');
  const XML = SGML.replaceAll(
    /<(CURDEF|ACCTID|TRNTYPE|DTPOSTED|TRNAMT|FITID|NAME|BALAMT|DTASOF)>([^<\n]*)/g,
    '<$1>$2</$1>',
  );
  expect(XML).toContain('</TRNAMT>');
  for (const text of [SGML, XML])
    for (const size of [1, 13, 10_000]) {
      const read = await recordsOf({ format: 'ofx', text, dialect: { part: 'transactions' }, size });
      expect(read).toMatchObject({ rows: [first, second], notes: [] });
    }
  const balances = await recordsOf({ format: 'ofx', text: SGML, dialect: { part: 'balances' } });
  expect(balances.rows).toEqual([
    { date: '2024-02-29', amount: '1457.90', currency: 'USD', account: '00123', type: 'ledger' },
  ]);
});

test('OFX without any end tag is read, and told', async () => {
  verifies('M42');
  const text = SGML.replaceAll(/<\/[A-Z]+>/g, '').replace('<BANKACCTTO><ACCTID>999', '');
  const read = await recordsOf({ format: 'ofx', text, dialect: { part: 'transactions' } });
  expect(read.rows).toMatchObject([first, second]);
  expect(read.notes.join(' ')).toMatch(/without its end/);
  const cut = await recordsOf({ format: 'ofx', text: SGML.slice(0, SGML.indexOf('Pay') + 3), dialect: {} });
  expect(cut.rows).toMatchObject([first, second]);
  expect(cut.notes).toEqual([
    'The file ends within an element; what stands before was read (line 6: STMTTRN).',
  ]);
  await expect(
    recordsOf({ format: 'ofx', text: `<OFX><NAME>${'x'.repeat(2_000_000)}`, size: 65_536 }),
  ).rejects.toThrow('no part of a statement');
});

const BROKER = `OFXHEADER:100\nVERSION:102\n\n<OFX><INVSTMTRS><DTASOF>20240105<CURDEF>USD<INVACCTFROM><BROKERID>b<ACCTID>77</INVACCTFROM><INVTRANLIST>
<BUYSTOCK><INVBUY><INVTRAN><FITID>t1<DTTRADE>20240102<MEMO>bought</INVTRAN><SECID><UNIQUEID>123<UNIQUEIDTYPE>CUSIP</SECID><UNITS>10<UNITPRICE>5.25<COMMISSION>1.00<TOTAL>-53.50</INVBUY><BUYTYPE>BUY</BUYSTOCK>
<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20240103<TRNAMT>100.00<FITID>t2<NAME>Deposit</STMTTRN></INVBANKTRAN></INVTRANLIST>
<INVPOSLIST><POSSTOCK><INVPOS><SECID><UNIQUEID>123<UNIQUEIDTYPE>CUSIP</SECID><POSTYPE>LONG<UNITS>10<UNITPRICE>5.40<MKTVAL>54.00</INVPOS></POSSTOCK></INVPOSLIST>
<INVBAL><AVAILCASH>46.50<MARGINBALANCE>0</INVBAL></INVSTMTRS>
<SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>123<UNIQUEIDTYPE>CUSIP</SECID><SECNAME>Acme<TICKER>ACM</SECINFO></STOCKINFO></SECLIST></OFX>`;

test('OFX of a broker: purchases beside payments, positions, cash and the securities they name', async () => {
  verifies('M42');
  const rowsIn = async (part: string) => {
    const { rows, notes } = await recordsOf({ format: 'ofx', text: BROKER, dialect: { part }, size: 7 });
    expect(notes).toEqual([]);
    return rows;
  };
  const around = { currency: 'USD', account: '77' };
  const stock = { security: '123', quantity: '10' };
  expect(await rowsIn('transactions')).toMatchObject([
    { ...around, ...stock, id: 't1', date: '2024-01-02', amount: '-53.50', price: '5.25', type: 'buystock' },
    { ...around, id: 't2', date: '2024-01-03', amount: '100.00', type: 'credit' },
  ]);
  expect(await rowsIn('positions')).toMatchObject([
    { ...around, ...stock, date: '2024-01-05', price: '5.40', amount: '54.00', type: 'stock long' },
  ]);
  expect(await rowsIn('balances')).toEqual([
    { ...around, date: '2024-01-05', amount: '46.50', type: 'available_cash' },
    { ...around, date: '2024-01-05', amount: '0', type: 'margin' },
  ]);
  expect(await rowsIn('securities')).toMatchObject([
    { id: '123', id_type: 'cusip', name: 'Acme', ticker: 'ACM' },
  ]);
});

test('QIF: dates in either order, amounts with groups, splits, accounts; lists of other things are none', async () => {
  verifies('M42');
  const text =
    "!Account\nNMain\n^\n!Type:Bank\nD1/31'24\nT-1,234.56\nPRent\n^\nD2/ 3'99\nT10\nSFood\n$4.00\nSFun\nEfilm\n$6.00\n^\n!Type:Cat\nNFood\n^\n!Type:CCard\nD3/1/2024\nU5\n";
  const { rows, notes } = await recordsOf({ format: 'qif', text });
  expect(rows).toMatchObject([
    { date: '2024-01-31', amount: '-1234.56', payee: 'Rent', account: 'Main', type: 'bank' },
    {
      date: '1999-02-03',
      amount: '10',
      splits: [
        { category: 'Food', amount: '4.00' },
        { category: 'Fun', memo: 'film', amount: '6.00' },
      ],
    },
    { date: '2024-03-01', amount: '5', type: 'ccard' },
  ]);
  expect(notes).toEqual(['The file ends within an entry; what stands before was read (line 21).']);
  expect(qifDate('31.1.2024', true)).toBe('2024-01-31');
  expect(qifDate('2024-1-31', false)).toBe('2024-01-31');
  expect(qifDate('13/13/2024', true)).toBeUndefined();
});

test('CAMT: signs, parties, references and balances, whatever the prefix', async () => {
  verifies('M42');
  const text = `<n:Document xmlns:n="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><n:BkToCstmrStmt><n:Stmt><n:Acct><n:Id><n:IBAN>CH93</n:IBAN></n:Id></n:Acct>
    <n:Bal><n:Tp><n:CdOrPrtry><n:Cd>CLBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy="CHF">5.00</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Dt><n:Dt>2024-02-29</n:Dt></n:Dt></n:Bal>
    <n:Ntry><n:Amt Ccy="CHF">7.5</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:BookgDt><n:Dt>2024-02-10</n:Dt></n:BookgDt><n:AcctSvcrRef>R</n:AcctSvcrRef><n:NtryDtls><n:TxDtls><n:RltdPties><n:Cdtr><n:Pty><n:Nm>Shop</n:Nm></n:Pty></n:Cdtr></n:RltdPties></n:TxDtls></n:NtryDtls></n:Ntry></n:Stmt></n:BkToCstmrStmt></n:Document>`;
  expect((await recordsOf({ format: 'camt', text, dialect: { part: 'transactions' } })).rows).toMatchObject([
    { date: '2024-02-10', amount: '-7.5', currency: 'CHF', payee: 'Shop', id: 'R', account: 'CH93' },
  ]);
  expect((await recordsOf({ format: 'camt', text, dialect: { part: 'balances' } })).rows).toEqual([
    { date: '2024-02-29', amount: '-5.00', currency: 'CHF', account: 'CH93', type: 'closing' },
  ]);
});

test.each([
  ['1.234,50', '', '1234.50'],
  ['1,234.50', '', '1234.50'],
  ['-9,99', '', '-9.99'],
  ['1,234', ',', '1234'],
  ['1,234,567', '', '1234567'],
  ['(12.00)', '', '-12.00'],
  ['12.00-', '', '-12.00'],
  ["1'000.05", '', '1000.05'],
  ['-0.10', '', '-0.10'],
  ['ten', '', undefined],
  ['', '', undefined],
])('the amount %j (groups %j) is %j', (text, groups, amount) => {
  expect(decimalOf(text, groups)).toBe(amount);
});

test('sums of amounts are exact', () => {
  const sum = ['0.1', '0.2', '-1234567890123456789.305']
    .map(toDecimal)
    .reduce((a, b) => (a && b ? addDecimals(a, b) : a));
  expect(sum && fromDecimal(sum)).toBe('-1234567890123456789.005');
  const [nine, ten] = [toDecimal('9.5'), toDecimal('10')];
  expect(nine && ten && compareDecimals(nine, ten)).toBe(-1);
});
