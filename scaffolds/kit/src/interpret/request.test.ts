import type { Blueprint, BodyContent, HttpBinding, ParameterBinding } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { blueprintOf, operationOf, parameterOf } from '../testing/blueprint.ts';
import type { Arguments } from '../tools/tool.ts';
import { buildRequest } from './request.ts';

const BASE = 'https://api.example.test/v1';

interface Wire {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function wire(http: Partial<HttpBinding>, args: Arguments, blueprint: Blueprint = blueprintOf()): Wire {
  const { request } = buildRequest(blueprint, operationOf(http), args, () => undefined);
  return {
    url: request.url.replace(BASE, ''),
    headers: request.headers,
    body: request.body === undefined ? undefined : Buffer.from(request.body).toString('utf8'),
  };
}

const get = (path: string, parameters: ParameterBinding[]): Partial<HttpBinding> => ({ path, parameters });
const post = (
  content: Partial<BodyContent> & Pick<BodyContent, 'mediaType' | 'kind'>,
  parameters: ParameterBinding[] = [],
): Partial<HttpBinding> => ({
  method: 'POST',
  parameters,
  body: { required: true, contents: [{ schema: true, ...content }] },
});
const json = { mediaType: 'application/json', kind: 'json' } as const;
const query = (key: string, parts: Partial<ParameterBinding> = {}): Partial<HttpBinding> =>
  get('/q', [parameterOf(key, parts)]);

describe('the seventeen wire cases', () => {
  test('1: a deepObject query', () => {
    expect(
      wire(query('filter', { style: 'deepObject', explode: true }), { filter: { a: 1, b: 'x y' } }).url,
    ).toBe('/q?filter%5Ba%5D=1&filter%5Bb%5D=x%20y');
  });

  test('2: a list query explodes by default', () => {
    expect(wire(query('tag'), { tag: ['a', 'b'] }).url).toBe('/q?tag=a&tag=b');
  });

  test('3: a list query without explode', () => {
    expect(wire(query('tag', { explode: false }), { tag: ['a', 'b'] }).url).toBe('/q?tag=a,b');
  });

  test('4: a name in brackets keeps its wire name', () => {
    expect(wire(query('created_gte', { name: 'created[gte]' }), { created_gte: 5 }).url).toBe(
      '/q?created%5Bgte%5D=5',
    );
  });

  test('5: a content parameter travels as JSON', () => {
    expect(
      wire(query('filter', { style: 'content', contentType: 'application/json' }), { filter: { a: [1] } })
        .url,
    ).toBe('/q?filter=%7B%22a%22%3A%5B1%5D%7D');
  });

  test('6: a boolean header', () => {
    expect(
      wire(get('/h', [parameterOf('X-Dry-Run', { in: 'header' })]), { 'X-Dry-Run': true }).headers[
        'x-dry-run'
      ],
    ).toBe('true');
  });

  test('7: a cookie parameter', () => {
    expect(wire(get('/c', [parameterOf('session', { in: 'cookie' })]), { session: 'a b' })).toMatchObject({
      url: '/c',
      headers: { cookie: 'session=a%20b' },
    });
  });

  test('8: an operation with a long name is an ordinary request', () => {
    const { request } = buildRequest(
      blueprintOf(),
      operationOf({}, { name: 'n'.repeat(64) }),
      {},
      () => undefined,
    );
    expect(request.url).toBe(`${BASE}/it`);
  });

  test('9: one name in path, query and body stays three values', () => {
    const parameters = [
      parameterOf('id', { in: 'path', required: true }),
      parameterOf('id_query', { name: 'id' }),
    ];
    const { url, body } = wire(
      { ...post(json, parameters), path: '/x/{id}' },
      { id: 'p', id_query: 'q', body: { id: 'b' } },
    );
    expect([url, body]).toEqual(['/x/p?id=q', '{"id":"b"}']);
  });

  test('10: a list in the path', () => {
    expect(wire(get('/x/{ids}', [parameterOf('ids', { in: 'path' })]), { ids: [1, 2] }).url).toBe('/x/1,2');
  });

  test('11: a list as JSON body', () => {
    expect(wire(post(json), { body: [1, { a: 2 }] }).body).toBe('[1,{"a":2}]');
  });

  test('12: a union as JSON body is sent as it is', () => {
    expect(wire(post(json), { body: { kind: 'cat', lives: 9 } }).body).toBe('{"kind":"cat","lives":9}');
  });

  test('13: an urlencoded body', () => {
    const { body, headers } = wire(post({ mediaType: 'application/x-www-form-urlencoded', kind: 'form' }), {
      body: { name: 'a b&c', list: [1, 2], on: true, none: null, nested: { x: { y: 1 } } },
    });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(body).toBe('name=a+b%26c&list=1&list=2&on=true&none=&nested=%7B%22x%22%3A%7B%22y%22%3A1%7D%7D');
  });

  test('14: a multipart body with a file, a JSON part, a list and a text', () => {
    const { body = '', headers } = wire(
      post({
        mediaType: 'multipart/form-data',
        kind: 'multipart',
        encoding: { meta: { contentType: 'application/json' } },
      }),
      {
        body: {
          file: { text: 'hi', filename: 'a"\r\n.txt', mediaType: 'text/plain' },
          meta: { a: 1 },
          tags: ['x', 'y'],
          title: 'T',
        },
      },
    );
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1] ?? '';
    expect(body.split(`--${boundary}`)).toEqual([
      '',
      '\r\ncontent-disposition: form-data; name="file"; filename="a%22%0D%0A.txt"\r\ncontent-type: text/plain\r\n\r\nhi\r\n',
      '\r\ncontent-disposition: form-data; name="meta"\r\ncontent-type: application/json\r\n\r\n{"a":1}\r\n',
      '\r\ncontent-disposition: form-data; name="tags"\r\n\r\nx\r\n',
      '\r\ncontent-disposition: form-data; name="tags"\r\n\r\ny\r\n',
      '\r\ncontent-disposition: form-data; name="title"\r\n\r\nT\r\n',
      '--\r\n',
    ]);
  });

  test('a list of files is a part a file, also where their encoding names a style', () => {
    const { body = '' } = wire(
      post({
        mediaType: 'multipart/form-data',
        kind: 'multipart',
        encoding: { files: { style: 'form' }, scans: { style: 'form', explode: false } },
      }),
      { body: { files: [{ text: 'a' }, { text: 'b', filename: 'b.txt' }], scans: [{ base64: 'Yw==' }] } },
    );
    expect(body.match(/name="[^"]*"; filename="[^"]*"/g)).toEqual([
      'name="files"; filename="files"',
      'name="files"; filename="b.txt"',
      'name="scans"; filename="scans"',
    ]);
    expect(body).not.toContain('{');
  });

  test('15: bytes as body', () => {
    const { request } = buildRequest(
      blueprintOf(),
      operationOf(post({ mediaType: 'application/octet-stream', kind: 'binary' })),
      { body: { base64: 'AP8Q', mediaType: 'image/png' } },
      () => undefined,
    );
    expect([Buffer.from(request.body ?? []).toString('hex'), request.headers['content-type']]).toEqual([
      '00ff10',
      'image/png',
    ]);
  });

  test('16: a recursive body', () => {
    expect(wire(post(json), { body: { child: { child: { child: null } } } }).body).toBe(
      '{"child":{"child":{"child":null}}}',
    );
  });

  test('17: the QUERY method with a body, and a whole query string', () => {
    const parameters = [
      parameterOf('all', { in: 'querystring', contentType: 'application/x-www-form-urlencoded' }),
    ];
    const { request } = buildRequest(
      blueprintOf(),
      operationOf({ ...post(json, parameters), method: 'QUERY' }),
      { all: { a: 1, b: 'c d' }, body: { q: 1 } },
      () => undefined,
    );
    expect([request.method, request.url, Buffer.from(request.body ?? []).toString()]).toEqual([
      'QUERY',
      `${BASE}/it?a=1&b=c+d`,
      '{"q":1}',
    ]);
  });
});

describe('hostile values', () => {
  const byPath = get('/files/{name}/meta', [parameterOf('name', { in: 'path' })]);

  test.each([
    ['a/b', '/files/a%2Fb/meta'],
    ['../../etc', '/files/..%2F..%2Fetc/meta'],
    ['a?b#c', '/files/a%3Fb%23c/meta'],
    ['%2e%2e', '/files/%252e%252e/meta'],
    ['ünï', '/files/%C3%BCn%C3%AF/meta'],
    ['\uD800', '/files/%EF%BF%BD/meta'],
    ['...', '/files/.../meta'],
  ])('the path value %j stays in its segment', (name, expected) => {
    expect(wire(byPath, { name }).url).toBe(expected);
  });

  test.each(['..', '.', ''])('the path value %j is refused, because it would change the address', (name) => {
    expect(() => wire(byPath, { name })).toThrow(/^name: /);
  });

  test('a reserved path value may hold slashes but not leave its place', () => {
    const reserved = get('/files/{name}', [parameterOf('name', { in: 'path', allowReserved: true })]);
    expect(wire(reserved, { name: 'a/b:c' }).url).toBe('/files/a/b:c');
    expect(() => wire(reserved, { name: 'a/../../admin' })).toThrow(/not identifiers/);
    expect(() => wire(reserved, { name: 'a/%2E%2e/admin' })).toThrow(/not identifiers/);
  });

  test('a line break in a header or a cookie is refused', () => {
    const byHeader = get('/h', [parameterOf('X-Name', { in: 'header' })]);
    expect(() => wire(byHeader, { 'X-Name': 'a\r\nHost: evil' })).toThrow(/X-Name: line breaks/);
    const byCookie = get('/h', [parameterOf('c', { in: 'cookie', style: 'cookie' })]);
    expect(() => wire(byCookie, { c: 'a; admin=1' })).toThrow(/^c: /);
  });

  test('arguments cannot set the headers that frame a message', () => {
    const framing = ['Content-Length', 'Host', 'Transfer-Encoding'].map((name) =>
      parameterOf(name, { in: 'header' }),
    );
    const { headers } = wire(get('/h', framing), {
      'Content-Length': '0',
      Host: 'evil',
      'Transfer-Encoding': 'chunked',
    });
    expect(Object.keys(headers)).toEqual(['accept']);
  });

  test('a member named __proto__ is data like any other', () => {
    const args = JSON.parse('{"body":{"__proto__":{"admin":true},"a":1}}') as Arguments;
    expect(wire(post(json), args).body).toBe('{"__proto__":{"admin":true},"a":1}');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

describe('names, defaults and addresses', () => {
  test('renamed keys go back to their wire names at any depth', () => {
    const http = {
      ...post(json),
      body: { required: true, contents: [{ ...json, schema: true }], renames: { '**': { a_b: 'a b' } } },
    };
    expect(wire(http, { body: { a_b: [{ a_b: 1, c: 2 }] } }).body).toBe('{"a b":[{"a b":1,"c":2}]}');
    expect(wire(query('f', { style: 'deepObject', renames: { x_: 'x<' } }), { f: { x_: 1 } }).url).toBe(
      '/q?f%5Bx%3C%5D=1',
    );
  });

  test('a form property has its wire name and the encoding of that name', () => {
    const content = {
      mediaType: 'application/x-www-form-urlencoded',
      kind: 'form',
      names: { expand_list: 'expand[]' },
      encoding: { expand: { style: 'deepObject', explode: true } },
    } as const;
    expect(wire(post(content), { body: { expand_list: ['a'], expand: ['data.x', 'data.y'] } }).body).toBe(
      'expand%5B%5D=a&expand%5B%5D=data.x&expand%5B%5D=data.y',
    );
  });

  test('a constant is sent when the caller gives none, and gives way when it does', () => {
    const versioned = get('/v', [parameterOf('Notion-Version', { in: 'header', default: '2022-06-28' })]);
    expect(wire(versioned, {}).headers['notion-version']).toBe('2022-06-28');
    expect(wire(versioned, { 'Notion-Version': '2025-01-01' }).headers['notion-version']).toBe('2025-01-01');
  });

  test('a described Accept header replaces the usual one', () => {
    const http = get('/a', [parameterOf('Accept', { in: 'header' })]);
    expect(wire(http, { Accept: 'application/pdf' }).headers['accept']).toBe('application/pdf');
  });

  test.each([
    [[], '*/*'],
    [['application/json'], 'application/json, */*;q=0.1'],
    [
      ['application/json', 'application/xml', 'text/plain'],
      'application/json, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.1',
    ],
  ])('the types %j are accepted in this order', (accept, header) => {
    expect(wire({ ...get('/a', []), accept }, {}).headers['accept']).toBe(header);
  });

  test('no type that is named is accepted less than one that is not', () => {
    const accept = Array.from({ length: 14 }, (_, index) => `text/t${index}`);
    const header = wire({ ...get('/a', []), accept }, {}).headers['accept'] ?? '';
    expect(header).toMatch(/text\/t8;q=0\.2, .*text\/t13;q=0\.2, \*\/\*;q=0\.1$/);
  });

  test('allowReserved keeps what may stand in a query and encodes what would end the value', () => {
    expect(wire(query('q', { allowReserved: true }), { q: 'a/b?c:d,e&f=g#h+i j%20' }).url).toBe(
      '/q?q=a/b?c:d,e%26f=g%23h%2Bi%20j%20',
    );
  });

  test('an empty list is left out, or sent as an empty value where that is allowed', () => {
    expect(wire(query('tag'), { tag: [] }).url).toBe('/q');
    expect(wire(query('tag', { allowEmptyValue: true }), { tag: [] }).url).toBe('/q?tag=');
  });

  test('text around a parameter and a query in the template stay', () => {
    const http = get('/Calls/{Sid}.json?Action=Get', [
      parameterOf('Sid', { in: 'path' }),
      parameterOf('Page'),
    ]);
    expect(wire(http, { Sid: 'CA1', Page: 2 }).url).toBe('/Calls/CA1.json?Action=Get&Page=2');
  });

  test('lines of JSON, and text, as bodies', () => {
    expect(
      wire(post({ mediaType: 'application/x-ndjson', kind: 'ndjson' }), { body: [{ a: 1 }, 2] }).body,
    ).toBe('{"a":1}\n2\n');
    expect(wire(post({ mediaType: 'text/plain', kind: 'text' }), { body: 'hé' })).toMatchObject({
      body: 'hé',
      headers: { 'content-type': 'text/plain' },
    });
  });
});
