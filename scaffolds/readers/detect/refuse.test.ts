import { expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { assertReadable } from './refuse.ts';

const refusal = (text: string, name: string): unknown => {
  try {
    assertReadable(Buffer.from(text, 'latin1'), name);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
};

test.each([
  ['%PDF-1.4\n', 'bill.pdf', /bill\.pdf is a PDF document, which is recognised and not read/],
  ['\x89PNG\r\n\x1a\n', 'x.csv', /x\.csv is a PNG image/],
  ['PK\x03\x04' + '\0'.repeat(22) + '\x0f\0\0\0xl/workbook.xml!', 'book.xlsx', /an Excel workbook/],
  ['SQLite format 3\0', 'app.db', /an SQLite database/],
  ['SSH-2.0-x\r\n', 'dump', /SSH \(x\)/],
  ['-----BEGIN PRIVATE KEY-----\n', 'key.pem', /a key or certificate/],
])('%j is refused with its name', (text, name, message) => {
  verifies('M42');
  expect(refusal(text, name)).toMatch(message);
});

test.each([
  ['a,b\n1,2\n', 'a.csv'],
  ['openapi: 3.1.0\n', 'a.yaml'],
  ['\x1f\x8b\x08', 'a.csv.gz'],
  ['PK\x03\x04' + '\0'.repeat(22) + '\x08\0\0\0api.yaml', 'a.zip'],
  ['', 'empty'],
  ['Dear all', 'letter.txt'],
])('%j is left to the readers', (text, name) => {
  expect(refusal(text, name)).toBeUndefined();
});
