import { describe, expect, it } from 'vitest';
import { readHead } from './request-head.ts';

const LINES = ['POST /mcp HTTP/1.1', 'Host: x:1', 'Content-Length: 2', 'Accept:\tapplication/json '];
const head = (lines: readonly string[], body = '{}') =>
  readHead(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'));
const withLine = (line: string) => head([...LINES, line]);

describe('the head of a plain request', () => {
  it('is read with names in lower case and values without the blanks around them', () => {
    expect(head(LINES)).toEqual({
      method: 'POST',
      url: '/mcp',
      headers: { host: 'x:1', 'content-length': '2', accept: 'application/json' },
      bodyAt: LINES.join('\r\n').length + 4,
      length: 2,
      text: `${LINES.join('\r\n')}\r\n\r\n`,
    });
  });

  it('is the one before where it says the same, and only there', () => {
    const last = head(LINES);
    expect(readHead(Buffer.from(`${last?.text}[]`), last)).toBe(last);
    expect(readHead(Buffer.from(`${last?.text}`.replace('x:1', 'y:1')), last)?.headers.host).toBe('y:1');
    expect(readHead(Buffer.from(`${last?.text}`.slice(0, -2)), last)).toBeUndefined();
    expect(
      readHead(Buffer.from(`${last?.text}`.replace('\r\n\r\n', '\r\nExpect: x\r\n\r\n')), last),
    ).toBeUndefined();
  });

  it('may say that the connection is kept, may come without its body, and may have a query', () => {
    expect(withLine('connection: Keep-Alive')?.length).toBe(2);
    expect(head(LINES, '')?.length).toBe(2);
    expect(head(['POST /mcp/s/a-b.c~1?x=%20&y HTTP/1.1', ...LINES.slice(1)])?.url).toBe(
      '/mcp/s/a-b.c~1?x=%20&y',
    );
  });
});

describe('what is not plain is left to a whole parser:', () => {
  it.each([
    'GET /mcp HTTP/1.1',
    'POST /mcp HTTP/1.0',
    'POST  /mcp HTTP/1.1',
    'POST http://x/mcp HTTP/1.1',
    'POST /mcp HTTP/1.1 ',
    'POST /mcp\t HTTP/1.1',
    'post /mcp HTTP/1.1',
    ' POST /mcp HTTP/1.1',
    'POST /mcp#a HTTP/1.1',
    'POST /m\u00e9 HTTP/1.1',
  ])('the request line %j', (line) => {
    expect(head([line, ...LINES.slice(1)])).toBeUndefined();
  });

  it.each([
    'Transfer-Encoding: chunked',
    'transfer-encoding: identity',
    'Expect: 100-continue',
    'Upgrade: mcp-lines',
    'Trailer: x',
    'Connection: close',
    'Connection: keep-alive, upgrade',
    'content-length: 2',
    'Content-Length: 3',
    'accept: text/event-stream',
    'host: y',
    'x y: 1',
    'x : 1',
    ': 1',
    'x',
    ' folded',
    '\tfolded',
    'x: a\rb',
    'x: a\nb: c',
    'x: a\u0000b',
    'x: \u00e9',
    'x_y: 1',
    '__proto__: 1',
    'constructor: 1',
  ])('the header line %j', (line) => {
    expect(withLine(line)).toBeUndefined();
  });

  it.each(['-1', '+2', '0x2', '2, 2', '2 2', '', '1e3', '12345678901'])('the length %j', (length) => {
    expect(head([LINES[0] ?? '', 'Host: x', `Content-Length: ${length}`])).toBeUndefined();
  });

  it('a head without host or length, one that is not whole, and one that is too long', () => {
    expect(head(['POST /mcp HTTP/1.1', 'content-length: 2'])).toBeUndefined();
    expect(head(['POST /mcp HTTP/1.1', 'host: x'])).toBeUndefined();
    expect(readHead(Buffer.from(`${LINES.join('\r\n')}\r\n`))).toBeUndefined();
    expect(readHead(Buffer.from(`${LINES.join('\n')}\n\n{}`))).toBeUndefined();
    expect(withLine(`x: ${'a'.repeat(17_000)}`)).toBeUndefined();
    expect(readHead(Buffer.alloc(0))).toBeUndefined();
  });
});
