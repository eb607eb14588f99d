import { expect, test } from 'vitest';
import { ChunkedReader } from './chunked.ts';

/** What a body says whose bytes come in these pieces. */
function read(...pieces: readonly string[]) {
  const reader = new ChunkedReader();
  let said = '';
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    reader.push(bytes, bytes.length, (start, end) => (said += bytes.toString('latin1', start, end)));
  }
  return { said, isEnded: reader.isEnded, isClean: reader.isClean };
}

const BODY = '5\r\nfirst\r\n1A;name="a b"\r\nabcdefghijklmnopqrstuvwxyz\r\n2 \r\n\r\n\r\n0\r\n\r\n';
const SAID = 'firstabcdefghijklmnopqrstuvwxyz\r\n';

test('a body says the same however its bytes are cut', () => {
  const whole = { said: SAID, isEnded: true, isClean: true };
  for (let first = 0; first <= BODY.length; first += 1)
    for (let second = first; second <= BODY.length; second += 1)
      expect(read(BODY.slice(0, first), BODY.slice(first, second), BODY.slice(second))).toEqual(whole);
  expect(read(...BODY.split(''))).toEqual(whole);
});

test('it has not ended before its last line has', () => {
  for (let length = 0; length < BODY.length; length += 1)
    expect(read(BODY.slice(0, length))).toMatchObject({ isEnded: false });
});

test('a connection on which more follows than the body serves no other question', () => {
  const ended = { said: 'a', isEnded: true, isClean: false };
  expect(read('1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK')).toEqual(ended);
  expect(read('1\r\na\r\n0\r\n\r\n', 'x')).toMatchObject({ said: 'a', isEnded: true });
  expect(read('1\r\na\r\n0\r\n\r\r')).toEqual(ended);
  expect(read('1\r\na\r\n0\r\nDigest: x\r\n\r\n')).toEqual(ended);
  expect(read('1\r\na\r\n0\r\nx\n')).toEqual(ended);
});

test.each([
  '\r\n',
  '-1\r\na',
  '+1\r\na',
  '0x1\r\na',
  ' 1\r\na',
  '1\na\r\n',
  '1\r\rna',
  '1\r\nab\r\n',
  '1\r\na\n',
  '1\r\na\rb',
  'g\r\n',
  '10000000\r\n',
  '1;x\n\r\na',
  `1;${'x'.repeat(2_000)}`,
])('what is no body in chunks is told: %j', (body) => {
  expect(() => read(body)).toThrow('not in chunks');
});
