import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PlainBody } from './plain-body.ts';

let fate: string[];
let said: string[];
let body: PlainBody;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  [fate, said] = [[], []];
  body = new PlainBody({
    release: () => void fate.push('released'),
    destroy: () => void fate.push('destroyed'),
  });
});
afterEach(() => vi.useRealTimers());

const bytes = (text: string | Buffer): void => {
  const piece = Buffer.from(text);
  body.bytes(piece, piece.length);
};
const read = (text: (piece: string) => void = (piece) => void said.push(piece)): void =>
  body.read({
    text,
    end: () => void said.push('(end)'),
    fail: (cause) => void said.push(`(${cause.message})`),
  });
const WHOLE = '2\r\nab\r\n0\r\n\r\n';

test('what came before anybody read is told, with the end', () => {
  bytes(WHOLE);
  read();
  expect([said, fate]).toEqual([['ab', '(end)'], ['released']]);
});

test('a failure before anybody read is told, and one that is told later', () => {
  bytes('2\r\nab\r\nx');
  read();
  expect([said, fate]).toEqual([
    ['ab', '(its body is not in chunks: the length of a chunk is wrong)'],
    ['destroyed'],
  ]);
});

test('a character that is cut off at the end is told as one that is wrong', () => {
  read();
  bytes(Buffer.concat([Buffer.from('2\r\na'), Buffer.of(0xc3), Buffer.from('\r\n0\r\n\r\n')]));
  expect(said.join('')).toBe('a\uFFFD(end)');
});

test('a connection on which more came than the body is closed', () => {
  read();
  bytes(`${WHOLE}HTTP/1.1 200 OK`);
  expect([said, fate]).toEqual([['ab', '(end)'], ['destroyed']]);
});

test('who leaves hears nothing more, and the rest has a second to come', () => {
  read((piece) => {
    said.push(piece);
    body.leave();
  });
  bytes('1\r\na\r\n1\r\nb\r\n');
  bytes('0\r\n\r\n');
  expect([said, fate, vi.getTimerCount()]).toEqual([['a'], ['released'], 0]);
});

test('a rest that does not come in time, or is lost, closes the connection once', () => {
  read();
  body.leave();
  vi.advanceTimersByTime(1_000);
  bytes(WHOLE);
  body.lost(undefined);
  expect([said, fate]).toEqual([[], ['destroyed']]);
});

test('one that was closed while it is told is not given back', () => {
  read((piece) => {
    said.push(piece);
    body.destroy();
  });
  bytes(WHOLE);
  expect([said, fate]).toEqual([['ab'], ['destroyed']]);
});

test('one that was given back is not closed any more', () => {
  read();
  bytes(WHOLE);
  body.leave();
  body.destroy();
  body.lost(undefined);
  expect([said, fate, vi.getTimerCount()]).toEqual([['ab', '(end)'], ['released'], 0]);
});
