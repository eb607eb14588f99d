import { expect, test } from 'vitest';
import { hubName, hubUri, LONGEST_NAME, ownUri } from './names.ts';

test('a name is prefix, two underscores and the server’s own name; without a prefix it stays as it is', () => {
  expect([hubName('a', 'a', 'echo'), hubName('a', 'my', 'echo'), hubName('a', '', 'x.y'.repeat(30))]).toEqual(
    ['a__echo', 'my__echo', 'x.y'.repeat(30)],
  );
});

test('a name that is too long keeps its start and gets six hexadecimal digits', () => {
  const name = hubName('github', 'github', 'list_all_pull_requests_that_are_open_and_were_reviewed_by_me');
  expect(name).toMatch(/^github__list_all_pull_requests_that_are_open_an_[0-9a-f]{6}$/);
  expect(name).toHaveLength(LONGEST_NAME);
});

test('two names never become one, and every name is legal for every model', () => {
  const alphabet = ['a', 'b', '.', '_', '-', ' ', '/', 'é', '日', '__', 'x'.repeat(30)];
  const seen = new Map<string, string>();
  for (let seed = 0; seed < 1_331; seed += 1) {
    let rest = seed;
    let name = '';
    for (; rest > 0; rest = Math.floor(rest / alphabet.length)) name += alphabet[rest % alphabet.length];
    if (name === '') continue;
    const hub = hubName('server', 'server', name);
    expect(hub).toMatch(/^[A-Za-z0-9_-]{1,54}$/);
    expect(seen.get(hub) ?? name).toBe(name);
    seen.set(hub, name);
  }
});

test('the hash depends on the server, so that two servers with one prefix keep their long names apart', () => {
  const long = 'n'.repeat(80);
  expect(hubName('one', 'p', long)).not.toBe(hubName('two', 'p', long));
});

test.each(['file:///a b?c#d', 'note:1', 'hub+x:///file:///y', 'db://{table}/{id}'])(
  'a rewritten URI leads back to %s',
  (uri) => {
    expect(ownUri(hubUri('my-server', uri))).toEqual({ server: 'my-server', uri });
  },
);
