import { ServerId } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { readSource } from '../../read.ts';
import { textSource } from '../testing.ts';

const read = (text: string, location: string) =>
  readSource(textSource(text, location), { id: ServerId.parse('x') });

const REQUEST = { name: 'List', method: 'GET', endpoint: 'https://a.test/items', params: [] };
const COLLECTION = { v: 2, name: 'shop', folders: [], requests: [REQUEST] };
const BRUNO = {
  name: 'shop',
  version: '1',
  items: [{ type: 'http-request', name: 'List', request: { url: 'https://a.test', method: 'GET' } }],
  brunoConfig: { version: '1' },
};

test.each([
  [JSON.stringify([COLLECTION]), 'shop.json', /a collection of Hoppscotch/],
  [JSON.stringify(COLLECTION), 'shop.json', /a collection of Hoppscotch/],
  [JSON.stringify(BRUNO), 'shop.json', /part of a Bruno collection.*export it as a Postman collection/],
  ['opencollection: "1.0.0"\ninfo:\n  name: shop\nitems:\n  - a: 1\n', 'shop.yml', /Bruno/],
  ['meta {\n  name: List\n  type: http\n}\n\nget {\n  url: https://a.test\n}\n', 'list.bru', /Bruno/],
  ['headers {\n  accept: x\n}\n', 'collection.bru', /Bruno/],
  [JSON.stringify({ clientName: 'Thunder Client', requests: [REQUEST] }), 'x.json', /Thunder Client/],
  [JSON.stringify({ client: 'Thunder Client', requests: [REQUEST] }), 'x.json', /Thunder Client/],
  ['# Shop API\n\n## GET /items\n', 'api.md', /a page for people \(Markdown\)/],
  ['_id: req_12ab\ntype: Request\nparentId: wrk_1\nheaders:\n  - name: a\n', 'r.yml', /Insomnia project/],
  ['### list\nGET https://a.test/items\nAccept: a/b\n\n###\n', 'shop.http', /a file of HTTP requests/],
  ["# add\ncurl -X POST https://a.test/items -H 'A: b' -d '{}'\n", 'add.sh', /a command for curl/],
  ['{"method":"POST","url":"https://a.test","headers":[{"name":"a","value":"b"}]}', 'r.json', /one request/],
])(
  'requests that a program keeps are refused by its name, and never taken for rows: %.40s',
  async (text, location, message) => {
    await expect(read(text, location)).rejects.toMatchObject({
      code: 'SOURCE_NOT_A_DESCRIPTION',
      message: expect.stringMatching(message) as string,
    });
  },
);

test('rows that have some of those words stay rows', async () => {
  const text = JSON.stringify([{ requests: 3, folders: 2, method: 'GET', url: '/a' }]);
  expect((await read(text, 'usage.json')).blueprint.source.kind).toBe('sample');
});
