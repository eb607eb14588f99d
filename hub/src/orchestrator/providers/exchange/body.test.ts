import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StreamBody } from './body.ts';

let stream: PassThrough;
let body: StreamBody;
let said: string[];
let closed: Promise<void>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  stream = new PassThrough();
  closed = new Promise((done) => stream.once('close', done));
  body = new StreamBody(stream);
  said = [];
  body.read({
    text: (piece) => void said.push(piece),
    end: () => void said.push('(end)'),
    fail: (cause) => void said.push(`(${cause.message})`),
  });
});
afterEach(() => vi.useRealTimers());

const write = (text: string): Promise<void> => new Promise((done) => stream.write(text, () => done()));

test('its text is told, its end, and the reason of a failure', async () => {
  await write('ä');
  stream.destroy(new Error('it broke'));
  await closed;
  expect(said.slice(0, 2)).toEqual(['ä', '(it broke)']);
});

test('one that is closed without a word has ended', async () => {
  stream.destroy();
  await closed;
  expect(said).toEqual(['(end)']);
});

test('who leaves hears nothing more, the rest is taken off, and its end leaves no timer', async () => {
  body.leave();
  stream.end('rest');
  await closed;
  expect([said, vi.getTimerCount()]).toEqual([[], 0]);
});

test('one that nobody read is taken off as well', async () => {
  const unread = new PassThrough();
  const gone = new Promise((done) => unread.once('close', done));
  new StreamBody(unread).leave();
  unread.end('rest');
  await gone;
  expect(vi.getTimerCount()).toBe(0);
});

test('a rest that does not end in time is cut, and a failure then is nobody’s', async () => {
  body.leave();
  await write('rest');
  vi.advanceTimersByTime(999);
  expect(stream.destroyed).toBe(false);
  vi.advanceTimersByTime(1);
  expect(stream.destroyed).toBe(true);
  stream.emit('error', new Error('late'));
  await closed;
  expect(said).toEqual([]);
});

test('one that was closed by its reader tells nothing more', async () => {
  body.destroy();
  await closed;
  expect(said).toEqual([]);
});
