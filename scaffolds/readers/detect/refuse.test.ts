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

const TOOLS =
  '{"nextCursor": "x", "tools": [{"name": "a", "annotations": {}, "inputSchema": {"type": "object"}}]}';

test.each([
  ['%PDF-1.4\n', 'bill.pdf', /bill\.pdf is a PDF document, which is recognised and not read/],
  ['\x89PNG\r\n\x1a\n', 'x.csv', /x\.csv is a PNG image/],
  ['PK\x03\x04' + '\0'.repeat(22) + '\x0f\0\0\0xl/workbook.xml!', 'book.xlsx', /an Excel workbook/],
  ['SQLite format 3\0', 'app.db', /an SQLite database/],
  ['SSH-2.0-x\r\n', 'dump', /SSH \(x\)/],
  [TOOLS, 'tools.json', /what an MCP server answered to tools\/list/],
  [`{"jsonrpc": "2.0", "id": 2, "result": ${TOOLS}}`, 'answer.json', /answered to tools\/list/],
  ['[{"name": "a", "inputSchema": {"type": "object"}}]', 'list.json', /answered to tools\/list/],
  ['{"mcpServers": {"files": {"command": "npx"}}}', 'claude.json', /the configuration of an MCP client/],
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
  ['{"tools": [{"name": "hammer", "price": 3}]}', 'tools.json'],
  ['[{"event": "list", "tools": [{"name": "a", "inputs": {}}]}]', 'log.json'],
  [`{"openapi": "3.1.0", "x-example": ${TOOLS}}`, 'api.json'],
  ['{"mcpListing": 1, "tools": [{"name": "a", "inputSchema": {}}]}', 'listing.json'],
  ['', 'empty'],
  ['Dear all', 'letter.txt'],
])('%j is left to the readers', (text, name) => {
  expect(refusal(text, name)).toBeUndefined();
});
