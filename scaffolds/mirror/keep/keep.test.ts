import type { Json, JsonSchema } from '@counterpart/schemas';
import { parseExactJson } from '@counterpart/schemas/exact-json';
import { describe, expect, test } from 'vitest';
import { asText } from '../answer/render.ts';
import { createMirror, type Mirror, type MirrorOptions } from '../mirror.ts';
import { blueprintOf, ok, parameter, type Draft } from '../mirror-fixture.ts';
import { createState } from '../state/store.ts';

const PET: JsonSchema = {
  type: 'object',
  required: ['id', 'name', 'created_at'],
  properties: {
    id: { type: 'integer', readOnly: true },
    owner_id: { type: 'integer' },
    name: { type: 'string' },
    email: { type: 'string' },
    status: { type: 'string', enum: ['open', 'adopted'] },
    weight: { type: 'number' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    created_at: { type: 'string', format: 'date-time', readOnly: true },
    updated_at: { type: 'string', format: 'date-time', readOnly: true },
  },
};
const WISH: JsonSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    email: { type: 'string' },
    status: { type: 'string', default: 'open' },
    weight: { type: 'number' },
    labels: { type: 'object' },
    password: { type: 'string', writeOnly: true },
  },
};
const PAGE: JsonSchema = {
  type: 'object',
  required: ['data', 'has_more', 'total'],
  properties: {
    data: { type: 'array', items: { $ref: '#/$defs/Pet' } },
    has_more: { type: 'boolean' },
    total: { type: 'integer' },
    next: { type: ['string', 'null'] },
  },
};
const PROBLEM: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'code'],
      properties: { message: { type: 'string' }, code: { type: 'integer' } },
    },
  },
};

const inPath = (key: string) =>
  parameter(key, { in: 'path', style: 'simple', explode: false, required: true });
const body = (schema: JsonSchema, mediaType = 'application/json'): Draft['body'] => ({
  required: true,
  contents: [{ mediaType, kind: 'json', schema }],
});
const pet: JsonSchema = { $ref: '#/$defs/Pet' };
const made: Draft['responses'] = [
  {
    status: '201',
    contents: [{ mediaType: 'application/json', schema: pet }],
    headers: { Location: { type: 'string' } },
  },
  { status: '409', contents: [{ mediaType: 'application/json', schema: PROBLEM }] },
];
const shown: Draft['responses'] = [
  {
    status: '200',
    contents: [{ mediaType: 'application/json', schema: pet }],
    headers: { ETag: { type: 'string' } },
  },
  { status: '304', contents: [] },
  { status: '404', contents: [{ mediaType: 'application/json', schema: PROBLEM }] },
];
const integer: JsonSchema = { type: 'integer' };
const anyBody: JsonSchema = { type: ['object', 'array'] };
const patchContents: Draft['body'] = {
  required: true,
  contents: ['application/json', 'application/merge-patch+json', 'application/json-patch+json'].map(
    (mediaType) => ({
      mediaType,
      kind: 'json' as const,
      schema: anyBody,
    }),
  ),
};

const DRAFTS: readonly Draft[] = [
  {
    name: 'list_pets',
    path: '/pets',
    parameters: ['status', 'limit', 'starting_after', 'sort', 'q', 'min_weight'].map((key) => parameter(key)),
    input: { limit: integer, min_weight: { type: 'number' } },
    responses: ok(PAGE),
  },
  { name: 'create_pet', method: 'POST', path: '/pets', body: body(WISH), responses: made },
  {
    name: 'get_pet',
    path: '/pets/{petId}',
    parameters: [inPath('petId')],
    input: { petId: integer },
    responses: shown,
  },
  {
    name: 'update_pet',
    method: 'PATCH',
    path: '/pets/{petId}',
    parameters: [inPath('petId'), parameter('If-Match', { in: 'header', style: 'simple', explode: false })],
    input: { petId: integer },
    body: patchContents,
    responses: shown,
  },
  {
    name: 'replace_pet',
    method: 'PUT',
    path: '/pets/{petId}',
    parameters: [inPath('petId')],
    input: { petId: integer },
    body: body(WISH),
    responses: shown,
  },
  {
    name: 'delete_pet',
    method: 'DELETE',
    path: '/pets/{petId}',
    parameters: [inPath('petId')],
    input: { petId: integer },
    responses: [{ status: '204', contents: [] }],
  },
  {
    name: 'adopt_pet',
    method: 'POST',
    path: '/pets/{petId}/adopt',
    parameters: [inPath('petId')],
    input: { petId: integer },
    responses: shown,
  },
  {
    name: 'list_own',
    path: '/owners/{ownerId}/pets',
    parameters: [inPath('ownerId')],
    input: { ownerId: integer },
    responses: ok({ type: 'array', items: pet }),
  },
  {
    name: 'create_own',
    method: 'POST',
    path: '/owners/{ownerId}/pets',
    parameters: [inPath('ownerId')],
    input: { ownerId: integer },
    body: body(WISH),
    responses: made,
  },
  {
    name: 'get_owner',
    path: '/owners/{ownerId}',
    parameters: [inPath('ownerId')],
    input: { ownerId: integer },
    responses: ok({
      type: 'object',
      required: ['id'],
      properties: { id: integer, name: { type: 'string' } },
    }),
  },
  {
    name: 'delete_owner',
    method: 'DELETE',
    path: '/owners/{ownerId}',
    parameters: [inPath('ownerId')],
    input: { ownerId: integer },
    responses: [{ status: '204', contents: [] }],
  },
];

interface Shop {
  readonly mirror: Mirror;
  readonly ask: (
    method: string,
    path: string,
    sent?: Json,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
}
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // A test's own reading of what came back; wrong ones fail their expectation.
  readonly body: Record<string, Json> & { data: Record<string, Json>[] };
}

function open(options: MirrorOptions = {}): Shop {
  const mirror = createMirror(blueprintOf(DRAFTS, { Pet: PET }), { seedRows: 0, ...options });
  return {
    mirror,
    async ask(method, path, sent, headers = {}) {
      const response = await mirror.fetch(
        new Request(`http://zoo.test${path}`, {
          method,
          headers: { ...(sent === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
        }),
      );
      const text = await response.text();
      const parsed: unknown = text === '' ? {} : parseExactJson(text);
      return { status: response.status, headers: response.headers, body: parsed as Answer['body'] };
    },
  };
}

describe('what is created', () => {
  test('is read back, with what the service adds and without what it only takes', async () => {
    const { ask } = open();
    const first = await ask('POST', '/pets', { name: 'Rex', weight: 4.5, password: 'secret', id: 77 });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ id: 1, name: 'Rex', weight: 4.5, status: 'open' });
    expect(first.headers.get('location')).toBe('http://zoo.test/pets/1');
    expect(Object.keys(first.body)).not.toContain('password');
    const read = await ask('GET', '/pets/1');
    expect(read.body).toEqual(first.body);
    expect(read.body['created_at'] ?? '').toBe(read.body['updated_at'] ?? '');
  });

  test('keeps whole numbers beyond 2^53 as they were given, and is found by them', async () => {
    const { ask } = open();
    const [owner, before] = [9_007_199_254_740_993n, 9_007_199_254_740_992n];
    await ask('GET', `/pets/${before}`);
    expect((await ask('GET', `/pets/${owner}`)).body).toMatchObject({ id: owner });
    const { body } = await ask('POST', '/pets', { name: 'Rex', owner_id: owner });
    expect(body).toMatchObject({ owner_id: owner });
    expect((await ask('PATCH', `/pets/${owner}`, { name: 'Max' })).body).toMatchObject({
      id: owner,
      name: 'Max',
    });
    expect((await ask('GET', `/pets/${before}`)).body['name']).not.toBe('Max');
  });

  test('is listed, and gone once it is deleted', async () => {
    const { ask } = open();
    for (const name of ['Rex', 'Max']) await ask('POST', '/pets', { name });
    expect((await ask('GET', '/pets')).body).toMatchObject({
      data: [{ name: 'Rex' }, { name: 'Max' }],
      total: 2,
      has_more: false,
      next: null,
    });
    expect((await ask('DELETE', '/pets/1')).status).toBe(204);
    const gone = await ask('GET', '/pets/1');
    expect(gone.status).toBe(404);
    expect(gone.body).toMatchObject({ error: { code: 404, message: 'There is no pet 1.' } });
    expect((await ask('DELETE', '/pets/1')).status).toBe(404);
    expect((await ask('GET', '/pets')).body.data.map(({ name }) => name)).toEqual(['Max']);
  });

  test('is refused when a thing of the same unique name is there, where the description says so', async () => {
    const { ask } = open();
    const sent = { name: 'Rex', email: 'rex@example.com' };
    await ask('POST', '/pets', sent);
    expect((await ask('POST', '/pets', { ...sent, email: 'other@example.com' })).status).toBe(201);
    const again = await ask('POST', '/pets', sent);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({
      error: { code: 409, message: 'A pet like this is there already: 1.' },
    });
  });
});

describe('a change', () => {
  test('by PATCH keeps what it does not name, and moves the time of change', async () => {
    const { ask } = open();
    const { body: before } = await ask('POST', '/pets', {
      name: 'Rex',
      weight: 4,
      labels: { a: '1', b: '2' },
    });
    const { body: after } = await ask('PATCH', '/pets/1', { weight: 5, labels: { b: '3' } });
    expect(after).toMatchObject({
      name: 'Rex',
      weight: 5,
      labels: { a: '1', b: '3' },
      created_at: before['created_at'] ?? '',
    });
    expect(asText(after['updated_at'] ?? '') > asText(before['updated_at'] ?? '')).toBe(true);
  });

  test('by a merge patch removes what is null; by a JSON patch every step counts or none', async () => {
    const { ask } = open();
    await ask('POST', '/pets', { name: 'Rex', labels: { a: '1', b: '2' } });
    const merge = { 'content-type': 'application/merge-patch+json' };
    expect((await ask('PATCH', '/pets/1', { labels: { a: null } }, merge)).body['labels']).toEqual({
      b: '2',
    });
    const patch = { 'content-type': 'application/json-patch+json' };
    const steps = [
      { op: 'test', path: '/name', value: 'Rex' },
      { op: 'add', path: '/labels/c', value: '3' },
      { op: 'move', from: '/labels/b', path: '/labels/d' },
    ];
    expect((await ask('PATCH', '/pets/1', steps, patch)).body['labels']).toEqual({ c: '3', d: '2' });
    const broken = [
      { op: 'replace', path: '/name', value: 'Max' },
      { op: 'remove', path: '/nowhere' },
    ];
    expect((await ask('PATCH', '/pets/1', broken, patch)).status).toBe(422);
    expect((await ask('GET', '/pets/1')).body['name']).toBe('Rex');
  });

  test('by PUT leaves nothing that callers may set and did not; on nothing it makes the thing', async () => {
    const { ask } = open();
    await ask('POST', '/pets', { name: 'Rex', weight: 4 });
    const { body: replaced } = await ask('PUT', '/pets/1', { name: 'Max' });
    expect(replaced).toMatchObject({ id: 1, name: 'Max' });
    expect(Object.keys(replaced)).not.toContain('weight');
    await ask('PUT', '/pets/9', { name: 'New' });
    expect((await ask('GET', '/pets/9')).body).toMatchObject({ id: 9, name: 'New' });
  });

  test('by an action shows in the status', async () => {
    const { ask } = open();
    await ask('POST', '/pets', { name: 'Rex' });
    expect((await ask('POST', '/pets/1/adopt')).body).toMatchObject({ name: 'Rex', status: 'adopted' });
    expect((await ask('GET', '/pets/1')).body['status']).toBe('adopted');
  });

  test('of another version than the caller knows is refused; a version already known is not sent again', async () => {
    const { ask } = open();
    await ask('POST', '/pets', { name: 'Rex' });
    const tag = (await ask('GET', '/pets/1')).headers.get('etag') ?? '';
    expect((await ask('GET', '/pets/1', undefined, { 'if-none-match': tag })).status).toBe(304);
    expect((await ask('PATCH', '/pets/1', { name: 'Max' }, { 'if-match': tag })).status).toBe(200);
    expect((await ask('PATCH', '/pets/1', { name: 'Tom' }, { 'if-match': tag })).status).toBe(412);
    expect((await ask('GET', '/pets/1', undefined, { 'if-none-match': tag })).body['name']).toBe('Max');
  });
});

describe('a list', () => {
  const PETS = [
    { name: 'Rex', weight: 3, status: 'open' },
    { name: 'Max', weight: 9, status: 'adopted' },
    { name: 'Tom', weight: 6, status: 'open' },
  ];
  const names = (answer: Answer): Json[] => answer.body.data.map(({ name }) => name ?? null);

  test('takes filters, ranges, words and an order', async () => {
    const { ask } = open();
    for (const one of PETS) await ask('POST', '/pets', one);
    expect(names(await ask('GET', '/pets?status=open'))).toEqual(['Rex', 'Tom']);
    expect(names(await ask('GET', '/pets?min_weight=6'))).toEqual(['Max', 'Tom']);
    expect(names(await ask('GET', '/pets?q=ma'))).toEqual(['Max']);
    expect(names(await ask('GET', '/pets?sort=-weight'))).toEqual(['Max', 'Tom', 'Rex']);
  });

  test('is read to its end page by page, in the way of its service', async () => {
    const { ask } = open();
    for (const one of PETS) await ask('POST', '/pets', one);
    const first = await ask('GET', '/pets?limit=2');
    expect(first.body).toMatchObject({
      has_more: true,
      total: 3,
      next: 'http://zoo.test/pets?limit=2&starting_after=2',
    });
    expect(names(first)).toEqual(['Rex', 'Max']);
    const second = await ask('GET', '/pets?limit=2&starting_after=2');
    expect(second.body).toMatchObject({ has_more: false, total: 3 });
    expect(names(second)).toEqual(['Tom']);
  });

  test('below an owner holds the owner’s things alone, and they know whose they are', async () => {
    const { ask } = open();
    await ask('POST', '/owners/7/pets', { name: 'Rex' });
    await ask('POST', '/owners/8/pets', { name: 'Max' });
    await ask('POST', '/pets', { name: 'Stray' });
    expect((await ask('GET', '/owners/7/pets')).body).toMatchObject([{ name: 'Rex', owner_id: 7 }]);
    expect((await ask('GET', '/pets')).body).toMatchObject({ total: 3 });
  });

  test('below an owner that was removed is not there', async () => {
    const { ask } = open();
    await ask('POST', '/owners/7/pets', { name: 'Rex' });
    await ask('DELETE', '/owners/7');
    expect((await ask('GET', '/owners/7/pets')).status).toBe(404);
    expect((await ask('POST', '/owners/7/pets', { name: 'Max' })).status).toBe(404);
  });
});

describe('what was always there', () => {
  test('is the same for the same seed, listed and read alike, with moments in order', async () => {
    const lists = [];
    for (const seed of [1, 1, 2]) {
      const { ask } = open({ seed, seedRows: 3 });
      const { body } = await ask('GET', '/pets');
      const [first = {}] = body.data;
      expect(body.data).toHaveLength(3);
      expect((await ask('GET', `/pets/${asText(first['id'] ?? '')}`)).body).toEqual(first);
      expect(asText(first['created_at'] ?? '') <= asText(first['updated_at'] ?? '')).toBe(true);
      lists.push(JSON.stringify(body));
    }
    expect(lists[1]).toBe(lists[0]);
    expect(lists[2]).not.toBe(lists[0]);
  });

  test('is made up for any identifier, or refused where that was asked for', async () => {
    const inventing = open();
    expect((await inventing.ask('GET', '/pets/5')).body).toMatchObject({ id: 5 });
    expect((await inventing.ask('GET', '/pets')).body).toMatchObject({ total: 1 });
    const refusing = open({ unknownIds: 'refuse' });
    expect((await refusing.ask('GET', '/pets/5')).status).toBe(404);
    expect((await refusing.ask('GET', '/owners/7/pets')).status).toBe(404);
  });

  test('comes back with a reset, and with a snapshot put into another mirror', async () => {
    const { mirror, ask } = open();
    await ask('POST', '/pets', { name: 'Rex' });
    const state = createState();
    state.restore(mirror.state.snapshot());
    const other = open({ state });
    expect((await other.ask('GET', '/pets/1')).body['name']).toBe('Rex');
    mirror.state.reset();
    expect((await ask('GET', '/pets')).body).toMatchObject({ total: 0 });
  });
});

test('a mirror that is full says so and keeps what it has', async () => {
  const { ask } = open({ state: createState({ maxRows: 1 }) });
  await ask('POST', '/pets', { name: 'Rex' });
  const full = await ask('POST', '/pets', { name: 'Max' });
  expect(full.status).toBe(507);
  expect((await ask('GET', '/pets')).body).toMatchObject({ total: 1 });
});

describe('things that are named otherwise than usual', () => {
  const team: JsonSchema = {
    type: 'object',
    required: ['id', 'slug'],
    properties: { id: { ...integer, examples: [1] }, slug: { type: 'string' }, name: { type: 'string' } },
  };
  const email: JsonSchema = { type: 'string', format: 'email' };
  const emails: JsonSchema = {
    type: 'object',
    required: ['emails'],
    properties: { emails: { type: 'array', items: email } },
  };
  const ofTeam = { path: '/teams/{team_slug}', parameters: [inPath('team_slug')] };
  const muted: JsonSchema = { type: 'object', required: ['muted_email'], properties: { muted_email: email } };
  const drafts: readonly Draft[] = [
    { name: 'create_team', method: 'POST', path: '/teams', body: body(team), responses: ok(team) },
    { ...ofTeam, name: 'get_team', responses: ok(team) },
    { ...ofTeam, name: 'delete_team', method: 'DELETE', responses: [{ status: '204', contents: [] }] },
    { name: 'mute', method: 'POST', path: '/mutes', body: body(emails), responses: ok(emails) },
    { name: 'get_mute', path: '/mutes/{email}', parameters: [inPath('email')], responses: ok(muted) },
  ];
  const ask = async (mirror: Mirror, method: string, path: string, sent?: Json): Promise<Response> =>
    mirror.fetch(
      new Request(`http://zoo.test${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      }),
    );

  test('an example’s number is not that of every thing, and what is removed is gone by all its names', async () => {
    const mirror = createMirror(blueprintOf(drafts));
    const idOf = async (slug: string): Promise<string | undefined> =>
      /"id":(\d+)/.exec(await (await ask(mirror, 'GET', `/teams/${slug}`)).text())?.[1];
    const id = await idOf('greens');
    expect(id).not.toBe(await idOf('greys'));
    expect((await ask(mirror, 'DELETE', `/teams/${id}`)).status).toBe(204);
    expect((await ask(mirror, 'GET', `/teams/${id}`)).status).toBe(404);
    expect((await ask(mirror, 'GET', '/teams/greens')).status).toBe(404);
  });

  test('a body that lists nothing but names makes one thing of each', async () => {
    const mirror = createMirror(blueprintOf(drafts), { seedRows: 0 });
    const sent = { emails: ['ada@example.com', 'mei@example.com'] };
    expect(await (await ask(mirror, 'POST', '/mutes', sent)).json()).toEqual(sent);
    expect(mirror.state.list('mute').map(({ id }) => id)).toEqual(sent.emails);
    expect(await (await ask(mirror, 'GET', '/mutes/mei@example.com')).json()).toEqual({
      muted_email: 'mei@example.com',
    });
  });
});
