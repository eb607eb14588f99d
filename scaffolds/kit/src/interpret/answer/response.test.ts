import { describe, expect, test } from 'vitest';
import type { Sent } from '../../http/send.ts';
import { operationOf } from '../../testing/blueprint.ts';
import { redactor } from '../redact.ts';
import { toResult, type ResponseRules } from './response.ts';
import { isTagged } from './told-headers.ts';

const rules: ResponseRules = {
  server: 'tiny',
  outputSchema: undefined,
  wrapped: false,
  maxBytes: 1_000,
  maxBytesName: 'TINY_MAX_RESULT_BYTES',
  redact: redactor(['s3cr3t-token']),
  nextStep: (status) => (status === 401 ? 'Set TINY_TOKEN.' : undefined),
};

const answer = (
  status: number,
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Sent => ({
  status,
  statusText: 'Text',
  headers,
  truncated: false,
  url: 'https://a.test/',
  body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

const text = (result: ReturnType<typeof toResult>): string =>
  result.content.map((item) => (item.type === 'text' ? item.text : `<${item.type}>`)).join('\n');

describe('headers of an answer', () => {
  const json = { 'content-type': 'application/json' };
  const tag = { ...json, etag: '"v7"' };
  const begun = { ...json, location: 'https://a.test/jobs/1?k=s3cr3t-token', 'retry-after': '5' };
  test.each<[string, Sent, Partial<ResponseRules>, string]>([
    [
      'its tag where a later call wants it',
      answer(200, { a: 1 }, tag),
      { tagged: true },
      '{"a":1}\netag: "v7"',
    ],
    ['not its tag elsewhere', answer(200, { a: 1 }, tag), {}, '{"a":1}'],
    ['its tag without a body', answer(204, '', tag), { tagged: true }, '204 Text\netag: "v7"'],
    [
      'where work goes on, without secrets',
      answer(202, { id: 1 }, begun),
      {},
      '{"id":1}\nlocation: https://a.test/jobs/1?k=[redacted]\nretry-after: 5',
    ],
    [
      'the same without a body, once',
      answer(202, '', begun),
      {},
      '202 Text\nlocation: https://a.test/jobs/1?k=[redacted]\nretry-after: 5',
    ],
    ['nothing of what was made at once', answer(201, { id: 1 }, begun), {}, '{"id":1}'],
    [
      'where clouds say how work goes',
      answer(200, [], { ...json, 'operation-location': 'https://a.test/o/1' }),
      {},
      '[]\noperation-location: https://a.test/o/1',
    ],
  ])('tell %s', (_, sent, more, expected) => {
    expect(text(toResult(sent, { ...rules, ...more }))).toBe(expected);
  });

  test('have a tag that is told by what reads or makes a thing that is changed with a condition', () => {
    const match = [
      { key: 'if_match', name: 'If-Match', in: 'header', style: 'simple', explode: false, required: true },
    ] as const;
    const operations = [
      operationOf({ path: '/things/{id}' }, { name: 'read' }),
      operationOf(
        { path: '/things/{id}', method: 'PUT', parameters: [...match] },
        { name: 'change', effect: 'write' },
      ),
      operationOf({ path: '/things', method: 'POST' }, { name: 'make', effect: 'write' }),
      operationOf({ path: '/things' }, { name: 'list' }),
      operationOf({ path: '/other/{id}' }, { name: 'other' }),
    ];
    const tagged = operations.filter((operation) => isTagged({ operations }, operation));
    expect(tagged.map(({ name }) => name)).toEqual(['read', 'change', 'make']);
  });
});

describe('successful answers', () => {
  test('JSON is text and structure; what is no object is wrapped', () => {
    expect(toResult(answer(200, { a: 1 }), rules)).toEqual({
      content: [{ type: 'text', text: '{"a":1}' }],
      structuredContent: { a: 1 },
    });
    expect(toResult(answer(200, [1, 2]), rules).structuredContent).toEqual({ result: [1, 2] });
    expect(
      toResult(answer(200, { a: 1 }), { ...rules, wrapped: true, outputSchema: {} }).structuredContent,
    ).toEqual({ result: { a: 1 } });
  });

  test('what strays from the promised schema is left out of the structure, kept in the text, and named', () => {
    const outputSchema = {
      type: 'object',
      properties: { id: { type: 'integer' }, tags: { type: 'array', items: { type: ['string', 'null'] } } },
    };
    const result = toResult(answer(200, { id: 'x1', tags: ['a', 5], more: true }), {
      ...rules,
      outputSchema,
    });
    expect(result.structuredContent).toEqual({ tags: ['a', null], more: true });
    expect(text(result)).toBe('{"id":"x1","tags":["a",5],"more":true}');
    expect(result._meta).toEqual({
      'counterpart/drift': ['id: expected integer', 'tags[1]: expected string or null'],
    });
  });

  test('a text that is promised as text is the structure, also where it could be read as JSON', () => {
    const outputSchema = { type: 'object', properties: { result: { type: ['string', 'null'] } } };
    const plain = { 'content-type': 'text/plain' };
    const promised = { ...rules, wrapped: true, outputSchema };
    const structureOf = (body: string, headers = plain) =>
      toResult(answer(200, body, headers), promised).structuredContent;
    expect(structureOf('line 1\nline 2')).toEqual({ result: 'line 1\nline 2' });
    expect(structureOf('17')).toEqual({ result: '17' });
    expect(structureOf('"quoted"')).toEqual({ result: 'quoted' });
    expect(toResult(answer(200, 'line 1', plain), promised)._meta).toBeUndefined();
    expect(toResult(answer(200, '17'), promised)._meta).toEqual({
      'counterpart/drift': ['result: expected string or null'],
    });
  });

  test('a text in the place of a promised list is no structure', () => {
    const outputSchema = { type: 'object', properties: { result: { type: ['array', 'null'] } } };
    const result = toResult(answer(200, 'oops', { 'content-type': 'text/plain' }), {
      ...rules,
      wrapped: true,
      outputSchema,
    });
    expect(result).toMatchObject({
      structuredContent: {},
      _meta: { 'counterpart/drift': ['(answer): expected JSON'] },
    });
  });

  test('a promised structure is there even when the answer is not JSON', () => {
    const outputSchema = { type: 'object' };
    expect(
      toResult(answer(200, 'plain', { 'content-type': 'text/plain' }), { ...rules, outputSchema }),
    ).toMatchObject({ structuredContent: {}, _meta: { 'counterpart/drift': ['(answer): expected JSON'] } });
    expect(toResult(answer(200, [1]), { ...rules, outputSchema })).toMatchObject({
      structuredContent: {},
      _meta: { 'counterpart/drift': ['(answer): expected an object'] },
    });
    expect(toResult(answer(204, '', {}), { ...rules, outputSchema })).toEqual({
      content: [{ type: 'text', text: '204 Text' }],
      structuredContent: {},
    });
  });

  test('images, sound and other bytes are content of their own kind', () => {
    const bytes = Buffer.from([0, 255, 16]);
    expect(toResult(answer(200, bytes, { 'content-type': 'image/png' }), rules).content).toEqual([
      { type: 'image', data: 'AP8Q', mimeType: 'image/png' },
    ]);
    expect(toResult(answer(200, bytes, { 'content-type': 'audio/wav' }), rules).content[0]).toMatchObject({
      type: 'audio',
    });
    expect(
      toResult(answer(200, bytes, { 'content-type': 'application/pdf' }), rules).content[0],
    ).toMatchObject({ type: 'resource', resource: { mimeType: 'application/pdf', blob: 'AP8Q' } });
  });

  test('a text in another charset is read as such', () => {
    expect(
      text(
        toResult(
          answer(200, Buffer.from([0xe9]), { 'content-type': 'text/plain; charset=iso-8859-1' }),
          rules,
        ),
      ),
    ).toBe('é');
  });

  test('large JSON keeps its shape and says where it was cut', () => {
    const result = toResult(
      answer(200, { items: Array.from({ length: 500 }, (_, id) => ({ id })), total: 500 }),
      rules,
    );
    expect(Buffer.byteLength(JSON.stringify(result.structuredContent))).toBeLessThanOrEqual(1_000);
    expect(result.structuredContent).toEqual({
      items: Array.from({ length: 64 }, (_, id) => ({ id })),
      total: 500,
    });
    expect(text(result)).toMatch(
      /lists in it end after 64 items\. It is {"items": \[500 × {"id": number}\], .*\nAsk for less .*TINY_MAX_RESULT_BYTES/,
    );
  });

  test('large text ends with a note; large bytes are refused', () => {
    expect(text(toResult(answer(200, 'é'.repeat(900), { 'content-type': 'text/plain' }), rules))).toMatch(
      /^é{500}\nNote: the text goes on/,
    );
    expect(toResult(answer(200, Buffer.alloc(2_000), { 'content-type': 'image/png' }), rules)).toMatchObject({
      isError: true,
    });
  });

  test('a redirect that was not followed tells where it leads', () => {
    expect(text(toResult(answer(302, '', { location: 'https://files.test/x' }), rules))).toBe(
      '302 Text\nlocation: https://files.test/x',
    );
  });

  test('a secret that the service repeats does not come back', () => {
    expect(text(toResult(answer(200, { auth: 'Bearer s3cr3t-token' }), rules))).toBe(
      '{"auth":"Bearer [redacted]"}',
    );
    expect(text(toResult(answer(500, 's3cr3t-token is wrong', {}), rules))).not.toContain('s3cr3t');
  });
});

describe('error answers', () => {
  test.each<[number, unknown, Record<string, string>, RegExp]>([
    [
      400,
      { message: 'No such field' },
      {},
      /^The service answered 400: No such field\nCorrect the arguments/,
    ],
    [
      401,
      { error: 'invalid_token', error_description: 'Expired' },
      {},
      /401: Expired; invalid_token\nSet TINY_TOKEN\.$/,
    ],
    [403, { error: { message: 'Forbidden', code: 7 } }, {}, /403: Forbidden\n/],
    [404, { detail: 'Not found' }, {}, /404: Not found\nCheck the identifiers/],
    [409, 'Conflict here', { 'content-type': 'text/plain' }, /409: Conflict here\n/],
    [
      422,
      {
        errors: [
          { field: 'name', message: 'is too short' },
          { loc: ['body', 'age'], msg: 'not an int' },
        ],
      },
      {},
      /422: name: is too short; body\.age: not an int\n/,
    ],
    [422, { errors: { name: ['is too short', 'is odd'] } }, {}, /422: name: is too short; is odd\n/],
    [422, { message: 'is odd', errors: [{ field: 'name', message: 'is odd' }] }, {}, /422: name: is odd\n/],
    [429, { message: 'Slow down' }, { 'retry-after': '30' }, /call again after 30 seconds\.$/],
    [
      500,
      '<html><head><title>Oops</title></head></html>',
      { 'content-type': 'text/html' },
      /500: Oops\nThe service failed; call again later\./,
    ],
    [503, '', {}, /^The service answered 503\nThe service failed/],
  ])('%i with %j tells what the service said and what to do', (status, body, headers, expected) => {
    const result = toResult(answer(status, body, { 'content-type': 'application/json', ...headers }), rules);
    expect(result.isError).toBe(true);
    expect(text(result)).toMatch(expected);
  });
});

test('a number that no double holds is a number in what is told of a large answer', () => {
  const rows = Array.from({ length: 100 }, () => '{"id":9007199254740993}').join(',');
  expect(text(toResult(answer(200, `[${rows}]`), rules))).toContain('It is [100 × {"id": number}].');
});

test('how to pass on a number that clients round is told only where there is one', () => {
  const told = (body: string) => text(toResult(answer(200, body), rules));
  expect(told('{"a":[{"id":-9007199254740993}]}')).toMatch(/\nNote: .* as a text: "-9007199254740993"\.$/);
  expect(told('{"a":[{"id":"9007199254740993"}],"b":9007199254740991}')).not.toContain('Note');
});
