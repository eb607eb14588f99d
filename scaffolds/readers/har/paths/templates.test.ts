import { expect, test } from 'vitest';
import { readDrafts, type Draft } from '../testing.ts';

/** The templates that are found behind these calls, each `METHOD path` or a path alone, with its answer. */
async function templatesOf(calls: readonly (string | readonly [call: string, answer: Draft['answer']])[]) {
  const drafts = calls.map((one): Draft => {
    const [call, answer] = typeof one === 'string' ? [one, undefined] : one;
    const [method = 'GET', path = ''] = call.includes(' ') ? call.split(' ') : ['GET', call];
    return { method, url: `https://api.test${path}`, ...(answer === undefined ? {} : { answer }) };
  });
  const { blueprint } = await readDrafts(drafts);
  return blueprint.operations.map(({ http }) => `${http.method} ${http.path}`).toSorted();
}

test.each([
  ['numbers', '/pets/1', '/pets/22', '/pets/{pet_id}'],
  ['one number', '/pets/7', '/pets/7', '/pets/{pet_id}'],
  [
    'uuids',
    '/a/8f14e45f-ceea-467f-9a36-dedd4bea2543',
    '/a/c9f0f895-fb98-4b91-99f5-1fd0e4ab0b5b',
    '/a/{a_id}',
  ],
  [
    'hashes',
    '/commits/5f3a9c1b2d4e6f708192a3b4c5d6e7f8',
    '/commits/0a1b2c3d4e5f60718293',
    '/commits/{commit_id}',
  ],
  ['dates', '/days/2024-01-01', '/days/2024-01-02', '/days/{day_id}'],
  ['prefixed ids', '/customers/cus_9s6XKzkNRiz8i3', '/customers/cus_Ab12Cd34', '/customers/{customer_id}'],
  ['random ids', '/videos/dQw4w9WgXcQ', '/videos/aBcDeFgHiJk', '/videos/{video_id}'],
  ['addresses', '/people/a%40b.co', '/people/c%40d.co', '/people/{person_id}'],
  ['ids with an ending', '/files/12.json', '/files/13.json', '/files/{file_id}.json'],
  ['calls on ids', '/jobs/12:run', '/jobs/13:run', '/jobs/{job_id}:run'],
  [
    'a version that is a date',
    '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef',
    '/2010-04-01/Accounts/ACfedcba9876543210fedcba9876543210',
    '/2010-04-01/Accounts/{account_id}',
  ],
])('%s', async (_, first, second, expected) => {
  const found = await templatesOf([first, second]);
  expect(found).toEqual([`GET ${expected}`]);
});

test('fixed words beside ids stay, and versions stay', async () => {
  const user = { id: 1, name: 'a', email: 'a@b.co' };
  expect(
    await templatesOf([
      ['/api/v1/users/me', user],
      ['/api/v1/users/42', user],
      ['/api/v1/users/43', user],
      ['/api/v2/users/42', user],
      ['/rest/api/3/issue/12', { key: 'a' }],
    ]),
  ).toEqual([
    'GET /api/v1/users/me',
    'GET /api/v1/users/{user_id}',
    'GET /api/v2/users/{user_id}',
    'GET /rest/api/3/issue/{issue_id}',
  ]);
});

test('words are values where calls on them look alike and follow the name of many', async () => {
  const repo = (name: string) => ({ name, full_name: `x/${name}`, stars: 1, forks: 2 });
  expect(
    await templatesOf([
      ['/users/alice', { login: 'alice', name: 'A', bio: null }],
      ['/users/bob', { login: 'bob', name: 'B', bio: null }],
      ['/users/carol', { login: 'carol', name: 'C', bio: 'x' }],
      ['/repos/alice/engine', repo('engine')],
      ['/repos/bob/loom', repo('loom')],
      ['/repos/carol/kiln', repo('kiln')],
    ]),
  ).toEqual(['GET /repos/{repo_id}/{repo_id_2}', 'GET /users/{user_id}']);
});

test('collections under one beginning stay apart, however alike they answer', async () => {
  const page = { count: 1, next: null, previous: null, results: [{ name: 'a', url: 'https://x.test/1' }] };
  const calls = ['ability', 'berry', 'item', 'move'].flatMap((name) => [
    [`/api/v2/${name}/`, page] as const,
    [`/api/v2/${name}/?offset=20`, page] as const,
    [`/api/v2/${name}/3/`, { id: 3, [name]: name, [`${name}_flags`]: [] }] as const,
  ]);
  expect(await templatesOf(calls)).toEqual(
    ['ability', 'berry', 'item', 'move'].flatMap((name) => [
      `GET /api/v2/${name}/`,
      `GET /api/v2/${name}/{${name}_id}/`,
    ]),
  );
});

test('pairs of words are values although no body tells anything, and what several of them are followed by is fixed', async () => {
  const words = 'anchor basil jasmine bramble falcon quartz hollow ivory lagoon raven thistle velvet'.split(
    ' ',
  );
  const pairs = words.slice(0, 6).map((word, at) => `${word}/${words[at + 6]}`);
  expect(
    await templatesOf(
      pairs.flatMap((pair) => [`PUT /user/starred/${pair}`, `POST /agents/repos/${pair}/tasks`]),
    ),
  ).toEqual([
    'POST /agents/repos/{repo_id}/{repo_id_2}/tasks',
    'PUT /user/starred/{starred_id}/{starred_id_2}',
  ]);
});

test('words with a number that are met after ever other things are a part of the interface', async () => {
  const reports = ['users-1-day', 'users-28-day'].flatMap((report) =>
    [11, 12, 13].map((org) => `/orgs/${org}/reports/${report}`),
  );
  expect(await templatesOf(reports)).toEqual([
    'GET /orgs/{org_id}/reports/users-1-day',
    'GET /orgs/{org_id}/reports/users-28-day',
  ]);
});

test('words with a number stay values where they belong to one thing, or where an answer tells them', async () => {
  expect(
    await templatesOf([
      ['/blogs/11/posts/spring-sale-2', { slug: 'spring-sale-2' }],
      ['/blogs/12/posts/summer-tour-3', { slug: 'summer-tour-3' }],
      ['/blogs/13/posts/summer-tour-3', { slug: 'summer-tour-3' }],
      ['/blogs/14/posts/summer-tour-3', { slug: 'summer-tour-3' }],
    ]),
  ).toEqual(['GET /blogs/{blog_id}/posts/{post_id}']);
});

test('numbers of releases are values beside one another, and a version of the interface before everything', async () => {
  expect(
    await templatesOf([
      '/v1/images/7/versions/1.3.9',
      '/v1/images/8/versions/1.8.8',
      '/v2/images/9/versions/4.3.6',
    ]),
  ).toEqual(['GET /v1/images/{image_id}/versions/{version_id}', 'GET /v2/images/{image_id}/versions/4.3.6']);
});

test('names that come again are values where many calls are the same on them, however they are spelled', async () => {
  const names = ['amber_birch', 'rowan_walnut', 'lantern_quill', 'vertex_lantern'];
  const ways = [
    'issues',
    'actions/runs',
    'branches',
    'releases/latest',
    'topics',
    'actions/secrets',
    'languages',
  ];
  const calls = ways.flatMap((way, at) =>
    [0, 1, 2].map((sample): readonly [string, Draft['answer']] => [
      `/repos/team${at % 2}/${names[(at + sample) % names.length]}/${way}`,
      { [way]: sample, of: 'a' },
    ]),
  );
  expect(await templatesOf(calls)).toEqual(
    ways.map((way) => `GET /repos/{repo_id}/{repo_id_2}/${way}`).toSorted(),
  );
});

test('what was the same on every call, made again after other things, is fixed beside values', async () => {
  const keys = ['kestrel', 'nectar', 'umbra', 'willow', 'zephyr'];
  const calls = ['GET', 'PUT', 'POST', 'DELETE'].flatMap((method, at) =>
    [0, 1, 2].flatMap((sample): (readonly [string, Draft['answer']])[] => [
      [`${method} /files/${at * 3 + sample + 10}/metadata/global/skillCards`, { cards: [sample] }],
      [
        `${method} /files/${at * 3 + sample + 40}/metadata/global/${keys[(at + sample * 2) % 5]}`,
        { template: 'a' },
      ],
    ]),
  );
  const found = await templatesOf(calls);
  expect(found.filter((one) => one.endsWith('/metadata/global/skillCards'))).toHaveLength(4);
  expect(found).toHaveLength(8);
});

test('names of groups with a digit in them are parts of the interface, no secrets', async () => {
  const groups = ['rbac.authorization.k8s.io', 'flowcontrol.apiserver.k8s.io', 'internal.apiserver.k8s.io'];
  expect(await templatesOf(groups.map((group) => `/apis/${group}/v1/things`))).toEqual(
    groups.map((group) => `GET /apis/${group}/v1/things`).toSorted(),
  );
});
