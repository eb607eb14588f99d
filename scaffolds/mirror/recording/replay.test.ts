import { HarEntry, ReplayMatching } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { parseHar, harText } from './har-text.ts';
import { createReplayBook } from './replay.ts';
import { isSecretName } from '../../secrets/names.ts';

const entry = (method: string, url: string, body?: string, answer = '{}'): HarEntry =>
  HarEntry.parse({
    startedDateTime: '2026-01-01T00:00:00.000Z',
    request: {
      method,
      url,
      ...(body === undefined ? {} : { postData: { mimeType: 'application/json', text: body } }),
    },
    response: { status: 200, content: { mimeType: 'application/json', text: answer, size: 2 } },
  });

const request = (method: string, target: string, body = '') => {
  const [path = '', query = ''] = target.split('?');
  return { method, path, query, headers: new Headers(), body: Buffer.from(body) };
};

const book = (entries: readonly HarEntry[], match: object = {}) =>
  createReplayBook(entries, ['https://shop.example/v1'], {
    ...ReplayMatching.parse(match),
    isSecret: isSecretName,
  });

const answerOf = (found: ReturnType<ReturnType<typeof book>['find']>): string | undefined =>
  found.kind === 'hit' ? found.recorded.entry.response.content.text : undefined;

describe('a recording that is replayed', () => {
  test('gives equal requests their answers in order, and the last one from then on', () => {
    const replay = book([1, 2, 3].map((n) => entry('GET', 'https://shop.example/v1/a', undefined, `${n}`)));
    const ask = () => answerOf(replay.find(request('GET', '/a')));
    expect([ask(), ask(), ask(), ask()]).toEqual(['1', '2', '3', '3']);
    replay.rewind();
    expect(ask()).toBe('1');
  });

  test('takes the order of query and members as nothing, and credentials as if they were not there', () => {
    const replay = book([
      entry(
        'POST',
        'https://shop.example/v1/a?x=1&y=2&api_key=%5Bredacted%5D',
        '{"a":1,"b":{"c":[2]}}',
        'ok',
      ),
    ]);
    expect(answerOf(replay.find(request('POST', '/a?y=2&x=1', '{"b":{"c":[2]},"a":1}')))).toBe('ok');
    expect(answerOf(replay.find(request('POST', '/a?y=2&x=1&api_key=real', '{"a":1,"b":{"c":[2]}}')))).toBe(
      'ok',
    );
  });

  test('lets anything stand where a secret was taken out', () => {
    const replay = book([
      entry('POST', 'https://shop.example/v1/login', '{"user":"u","password":"[redacted]"}', 'in'),
    ]);
    expect(answerOf(replay.find(request('POST', '/login', '{"user":"u","password":"real"}')))).toBe('in');
    expect(replay.find(request('POST', '/login', '{"user":"v","password":"real"}')).kind).toBe('miss');
  });

  test('says of a miss what comes nearest, and in what it differs', () => {
    const replay = book([
      entry('GET', 'https://shop.example/v1/items?page=1'),
      entry('POST', 'https://shop.example/v1/items', '{"name":"a","size":1}'),
    ]);
    const miss = (found: ReturnType<typeof replay.find>) =>
      found.kind === 'miss' ? found.near[0] : undefined;
    expect(miss(replay.find(request('GET', '/items?page=2')))).toEqual({
      method: 'GET',
      path: '/items',
      differences: ['query page: recorded "1", asked "2"'],
    });
    expect(miss(replay.find(request('POST', '/items', '{"name":"a","size":2}')))?.differences).toEqual([
      'body /size: recorded 1, asked 2',
    ]);
  });

  test('leaves out of account what it is told to', () => {
    const entries = [entry('POST', 'https://shop.example/v1/a?at=1', '{"id":1,"when":"then"}', 'ok')];
    const ask = request('POST', '/a?at=2', '{"id":1,"when":"now"}');
    expect(book(entries).find(ask).kind).toBe('miss');
    expect(book(entries, { ignoreQuery: ['at'], ignoreBody: ['/when'] }).find(ask).kind).toBe('hit');
    expect(book(entries, { ignoreQuery: ['at'], body: 'ignore' }).find(ask).kind).toBe('hit');
  });

  test('never gives an answer that was cut when it was recorded', () => {
    const cut = { ...entry('GET', 'https://shop.example/v1/big'), _cut: true };
    expect(book([cut]).find(request('GET', '/big')).kind).toBe('miss');
  });
});

test('a recording is a HAR file, and what a killed process left of it gives every entry that is whole', () => {
  const entries = [entry('GET', 'https://a/1'), entry('GET', 'https://a/2')];
  const text = harText(entries, '1');
  expect(parseHar(text)).toEqual({ entries, isDamaged: false });
  expect(parseHar(text.slice(0, -40))).toEqual({ entries: [entries[0]], isDamaged: true });
  expect(parseHar('{"openapi":"3.1.0"}')).toBeUndefined();
});
