import type { Json } from '@counterpart/schemas';
import { Blueprint } from '@counterpart/schemas/blueprint/blueprint';
import { expect, test } from 'vitest';
import { entry, readDrafts, readText, recordingOf, type Draft } from './testing.ts';

const SECRET = 'Zq9-planted-7Tt3xW8vB2nM5kL1';
const JWT = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6cTkifQ.${'Ab9'.repeat(14)}`;
const URL_OF = 'https://api.test/v1/things/1';

const PLACES: readonly (readonly [place: string, draft: Draft, secret: string])[] = [
  ['bearer header', { url: URL_OF, headers: { Authorization: `Bearer ${SECRET}` } }, SECRET],
  ['raw authorization', { url: URL_OF, headers: { authorization: SECRET } }, SECRET],
  [
    'basic header',
    { url: URL_OF, headers: { Authorization: `Basic ${btoa(`ada:${SECRET}`)}` }, answer: { echo: SECRET } },
    SECRET,
  ],
  ['custom header', { url: URL_OF, headers: { 'X-Api-Key': SECRET } }, SECRET],
  ['cookie', { url: URL_OF, cookies: { session: SECRET }, headers: { cookie: `session=${SECRET}` } }, SECRET],
  [
    'set-cookie',
    { url: URL_OF, answerHeaders: { 'set-cookie': `sid=${SECRET}; Path=/` }, answer: { seen: SECRET } },
    SECRET,
  ],
  ['query', { url: `${URL_OF}?api_key=${SECRET}&page=2` }, SECRET],
  ['user in the URL', { url: `https://ada:${SECRET}@api.test/v1/things` }, SECRET],
  [
    'path',
    { url: `https://api.test/hooks/${SECRET}/send`, headers: { authorization: `Bearer ${SECRET}` } },
    SECRET,
  ],
  [
    'unknown token in the path',
    { url: 'https://api.test/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe' },
    'AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw',
  ],
  [
    'answer by name',
    { url: URL_OF, answer: { access_token: SECRET, next: { refreshToken: SECRET } } },
    SECRET,
  ],
  ['JWT without a name', { url: URL_OF, answer: { x: ['see', `before ${JWT} after`] } }, JWT],
  ['key of a map', { url: URL_OF, answer: { [SECRET]: { sessionToken: SECRET }, b: 1 } }, SECRET],
  ['request body', { url: URL_OF, method: 'POST', body: { login: 'ada', password: SECRET } }, SECRET],
  [
    'form',
    {
      url: URL_OF,
      method: 'POST',
      post: { mimeType: 'application/x-www-form-urlencoded', text: `a=1&client_secret=${SECRET}` },
    },
    SECRET,
  ],
  ['JSON in a JSON text', { url: URL_OF, answer: { raw: JSON.stringify({ token: JWT }) } }, JWT],
  ['URL in a body', { url: URL_OF, answer: { link: `https://cdn.test/x?sig=${SECRET}&v=1` } }, SECRET],
  [
    'location',
    { url: URL_OF, status: 302, answerHeaders: { location: `/cb?code=1&token=${SECRET}` } },
    SECRET,
  ],
  [
    'known prefix',
    { url: URL_OF, answer: { note: 'use sk_live_4eC39HqLyjWDarjtT1zdp7dc now' } },
    '4eC39HqLyjWDarjtT1zdp7dc',
  ],
  [
    'private key',
    {
      url: URL_OF,
      answer: { pem: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----' },
    },
    'MIIEvQIBADANBg',
  ],
  [
    'GraphQL variables',
    {
      url: 'https://api.test/graphql',
      method: 'POST',
      body: {
        query: 'mutation L($p: String!) { login(password: $p) { id } }',
        variables: { password: SECRET },
      },
    },
    SECRET,
  ],
  [
    'base64',
    {
      url: URL_OF,
      content: {
        mimeType: 'application/json',
        encoding: 'base64',
        text: btoa(JSON.stringify({ token: SECRET })),
      },
    },
    SECRET,
  ],
];

test.each(PLACES)('a secret in a %s is nowhere in what is made', async (_, draft, secret) => {
  const other: Draft = { url: 'https://api.test/v1/things/2', answer: { id: 2 } };
  const { blueprint } = await readDrafts([draft, other, draft]);
  expect(blueprint.operations.length).toBeGreaterThan(0);
  expect(JSON.stringify(blueprint)).not.toContain(secret);
  expect(JSON.stringify(blueprint)).not.toContain(btoa(`ada:${secret}`));
});

test('people are given other names, the same one each time, unless they may stay', async () => {
  const drafts: Draft[] = [1, 2].map((id) => ({
    url: `https://api.test/users/${id}`,
    answer: { email: 'kim.doe@corp.test', owner: 'kim.doe@corp.test', phone: '+49 30 1234567' },
  }));
  const redacted = JSON.stringify((await readDrafts(drafts)).blueprint);
  expect(redacted).not.toMatch(/kim\.doe|1234567/);
  expect(redacted).toContain('"email":"person1@example.com","owner":"person1@example.com"');
  const kept = JSON.stringify((await readDrafts(drafts, { keepPersonal: true })).blueprint);
  expect(kept).toContain('kim.doe@corp.test');
});

const ODD: readonly (readonly [what: string, entries: readonly Json[]])[] = [
  [
    'nothing of an entry',
    [{}, { request: {} }, { request: { url: 1 } }, { request: { url: 'x' } }, [], 'x', null],
  ],
  [
    'HTML that says it is JSON',
    [
      entry({
        url: URL_OF,
        headers: { accept: 'application/json' },
        content: { mimeType: 'application/json', text: '<html>' },
      }),
    ],
  ],
  [
    'JSON that does not parse',
    [entry({ url: URL_OF, content: { mimeType: 'application/json', text: '{"a":' } })],
  ],
  [
    'base64 that does not decode',
    [entry({ url: URL_OF, content: { mimeType: 'application/json', encoding: 'base64', text: '%%%' } })],
  ],
  [
    'keys of prototypes',
    [
      entry({
        url: `${URL_OF}?__proto__=1&constructor=2`,
        content: {
          mimeType: 'application/json',
          text: '{"__proto__":{"polluted":1},"constructor":{"prototype":1},"toString":1}',
        },
      }),
    ],
  ],
  ['a status of no kind', [entry({ url: URL_OF, status: 99_999 }), entry({ url: URL_OF, status: -1 })]],
  ['a method of no kind', [entry({ url: URL_OF, method: 'GET / HTTP/1.1' })]],
  [
    'very deep JSON',
    [
      entry({
        url: URL_OF,
        content: { mimeType: 'application/json', text: `${'['.repeat(5_000)}${']'.repeat(5_000)}` },
      }),
    ],
  ],
  [
    'headers that are no list',
    [{ request: { method: 'GET', url: URL_OF, headers: 'x', cookies: 5, queryString: {} }, response: [] }],
  ],
  ['braces in a path', [entry({ url: 'https://api.test/a/%7Bid%7D/{x}/b' })]],
];

test.each(ODD)('%s ends in a blueprint and an account', async (_, entries) => {
  const { blueprint } = await readText(
    recordingOf([...entries, entry({ url: 'https://api.test/fine', answer: { ok: true } })]),
  );
  expect(Blueprint.safeParse(blueprint).error).toBeUndefined();
  expect(blueprint.operations.map(({ http }) => http.path)).toContain('/fine');
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('what cannot be read is counted by its reason', async () => {
  const { blueprint } = await readText(
    recordingOf([{}, null, { request: { url: 'nowhere' } }, entry({ url: URL_OF })]),
  );
  expect(blueprint.omitted.map(({ code, subject, source }) => [code, subject, source.pointer])).toEqual([
    ['entry-unreadable', '1 entry: it has no request with a URL', '#/log/entries/0'],
    ['entry-unreadable', '1 entry: its JSON does not parse', '#/log/entries/1'],
    ['entry-unreadable', '1 entry: its URL does not parse', '#/log/entries/2'],
  ]);
});

test('a text without entries is refused', async () => {
  await expect(readText('{"log":{"version":"1.2"}}')).rejects.toThrow('log.entries');
});

test('a host that was not recorded is refused with those that were', async () => {
  await expect(readDrafts([{ url: URL_OF }], { hosts: ['other.test'] })).rejects.toThrow('api.test');
});

test('named hosts are built together, each operation with its own address', async () => {
  const { blueprint } = await readDrafts(
    [{ url: 'https://a.test/x' }, { url: 'https://a.test/y' }, { url: 'https://b.test/x' }],
    { hosts: ['b.test', 'a.test'] },
  );
  expect(blueprint.servers).toEqual([{ url: 'https://a.test' }]);
  expect(blueprint.operations.map(({ http }) => [http.path, http.servers?.[0]?.url])).toEqual([
    ['/x', undefined],
    ['/x', 'https://b.test'],
    ['/y', undefined],
  ]);
});

test('each call keeps its own way to prove who calls, though both travel in one header', async () => {
  const host = 'https://api.test';
  const [basic, bearer] = [{ authorization: 'Basic bWU6c2VjcmV0' }, { authorization: 'Bearer abcdef123456' }];
  const { blueprint } = await readDrafts([
    { method: 'POST', url: `${host}/token`, headers: basic, answer: { ok: true } },
    { url: `${host}/orders`, headers: bearer, answer: [{ id: 1 }] },
    { url: `${host}/stock`, headers: bearer, answer: [{ id: 1 }] },
    { url: `${host}/stock`, headers: basic, answer: [{ id: 2 }] },
    { url: `${host}/news`, headers: basic, answer: [{ id: 1 }] },
    { url: `${host}/news`, answer: [{ id: 2 }] },
  ]);
  expect(Object.keys(blueprint.auth.schemes).toSorted()).toEqual(['basic', 'bearer']);
  const ways = blueprint.operations.map(({ http, auth }) => [http.path, auth ?? blueprint.auth.default]);
  expect(Object.fromEntries(ways)).toEqual({
    '/token': [{ basic: [] }],
    '/orders': [{ bearer: [] }],
    '/stock': [{ bearer: [] }, { basic: [] }],
    '/news': [],
  });
});
