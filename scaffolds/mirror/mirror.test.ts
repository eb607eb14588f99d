import type { JsonSchema } from '@counterpart/schemas';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { createMirror, type MirrorLogEntry, type MirrorOptions } from './mirror.ts';
import {
  anyNumber,
  anyText,
  matching,
  ANIMAL,
  ask,
  blueprintOf,
  ok,
  parameter,
  type Draft,
} from './mirror-fixture.ts';
import { sampleInput } from './sample-input.ts';

const getAnimal: Draft = {
  name: 'get_animal',
  path: '/animals/{animalId}',
  parameters: [parameter('animalId', { in: 'path', style: 'simple', explode: false, required: true })],
  input: { animalId: { type: 'integer' } },
  responses: [
    {
      status: '200',
      contents: [{ mediaType: 'application/json', schema: { $ref: '#/$defs/Animal' } }],
      headers: { 'X-Rate-Limit': { type: 'integer' } },
    },
    {
      status: '404',
      contents: [
        {
          mediaType: 'application/problem+json',
          schema: { type: 'object', required: ['gone'], properties: { gone: { const: true } } },
        },
      ],
    },
  ],
};

describe('an override', () => {
  test('may answer a valid request itself, and sees it decoded; an invalid one never gets there', async () => {
    const seen: unknown[] = [];
    const options: MirrorOptions = {
      override: ({ operation, request, state }) => {
        seen.push([operation.name, request.parameters[0]?.value, state.collections()]);
        return request.parameters[0]?.value === 1 ? new Response('mine', { status: 418 }) : undefined;
      },
    };
    const answers = [];
    for (const id of ['1', '2', 'x']) answers.push(await ask([getAnimal], `/animals/${id}`, { options }));
    expect(answers.map(({ status }) => status)).toEqual([418, 200, 422]);
    expect(answers[0]?.text).toBe('mine');
    expect(seen).toEqual([
      ['get_animal', 1, []],
      ['get_animal', 2, []],
    ]);
  });
});

describe('answers', () => {
  test('are true to the schema, carry declared headers, and speak of the id that was asked for', async () => {
    const { status, headers, body } = await ask([getAnimal], '/animals/17');
    expect(status).toBe(200);
    expect(headers.get('x-mirror-operation')).toBe('get_animal');
    expect(headers.get('x-rate-limit')).toMatch(/^-?\d+$/);
    expect(body).toMatchObject({ id: 17, name: anyText });
  });

  test('repeat for the same request and seed, and differ for another thing', async () => {
    const [first, again, other] = await Promise.all(
      ['17', '17', '18'].map((id) => ask([getAnimal], `/animals/${id}`)),
    );
    expect(again?.text).toBe(first?.text);
    expect(other?.text).not.toBe(first?.text);
  });

  test('take the first example that is valid', async () => {
    const examples = [{ id: 'wrong' }, { id: 1, name: 'Rex' }];
    const contents = [{ mediaType: 'application/json', schema: { $ref: '#/$defs/Animal' }, examples }];
    const draft: Draft = { name: 'first', path: '/first', responses: [{ status: '200', contents }] };
    expect((await ask([draft], '/first')).body).toEqual({ id: 1, name: 'Rex' });
  });

  test('give a declared error when it is preferred, and say so when none is declared', async () => {
    const preferred = await ask([getAnimal], '/animals/17', { headers: { prefer: 'code=404' } });
    expect([preferred.status, preferred.body]).toEqual([404, { gone: true }]);
    const unmet = await ask([getAnimal], '/animals/17', { headers: { prefer: 'code=418' } });
    expect([unmet.status, unmet.body]).toMatchObject([400, { declared: ['200', '404'] }]);
  });

  test('follow Accept, with a list of what there is when nothing fits', async () => {
    const responses: Draft['responses'] = [
      {
        status: '200',
        contents: [
          { mediaType: 'application/json', schema: { $ref: '#/$defs/Animal' } },
          { mediaType: 'application/xml', schema: { $ref: '#/$defs/Animal' } },
          { mediaType: 'image/png' },
        ],
      },
    ];
    const draft = { ...getAnimal, responses };
    const xml = await ask([draft], '/animals/17', {
      headers: { accept: 'application/json;q=0.5, application/xml' },
    });
    expect(xml.text).toMatch(/^<\?xml .*\n<Animal><id>17<\/id>/);
    const mirror = createMirror(blueprintOf([draft], { Animal: ANIMAL }));
    const png = await mirror.fetch(
      new Request('http://mirror.test/animals/17', { headers: { accept: 'image/*' } }),
    );
    expect(
      Buffer.from(await png.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    const none = await ask([draft], '/animals/17', { headers: { accept: 'audio/ogg' } });
    expect([none.status, none.body]).toMatchObject([
      406,
      { offered: ['application/json', 'application/xml', 'image/png'] },
    ]);
  });

  test('echo what was sent where the schema agrees', async () => {
    const draft: Draft = {
      name: 'create_animal',
      method: 'POST',
      path: '/animals',
      body: { required: true, contents: [{ mediaType: 'application/json', kind: 'json', schema: true }] },
      responses: [
        { status: '201', contents: [{ mediaType: 'application/json', schema: { $ref: '#/$defs/Animal' } }] },
      ],
    };
    const body = JSON.stringify({ name: 'Rex', kind: 'fish', friend: { name: 'Tom' } });
    const answer = await ask([draft], '/animals', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      name: 'Rex',
      kind: matching(/cat|dog/),
      friend: { name: 'Tom' },
    });
  });

  test('are empty for 204 and for HEAD, and never an error that nobody asked for', async () => {
    const none: Draft = {
      name: 'drop',
      method: 'DELETE',
      path: '/animals',
      responses: [
        { status: '204', contents: [] },
        { status: '404', contents: [] },
      ],
    };
    expect(await ask([none], '/animals', { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect(await ask([getAnimal], '/animals/1', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const onlyErrors: Draft = { name: 'odd', path: '/odd', responses: [{ status: '400', contents: [] }] };
    expect((await ask([onlyErrors], '/odd')).status).toBe(200);
  });

  test('say that a schema cannot be satisfied instead of breaking it', async () => {
    const draft: Draft = {
      name: 'odd',
      path: '/odd',
      responses: ok({ type: 'integer', minimum: 2, maximum: 1 }),
    };
    expect((await ask([draft], '/odd')).status).toBe(501);
  });
});

describe('requests', () => {
  const list: Draft = {
    name: 'list_animals',
    path: '/animals',
    parameters: [parameter('limit'), parameter('after', { required: true })],
    input: { limit: { type: 'integer', maximum: 50 }, after: { type: 'string', format: 'date' } },
    responses: ok({ type: 'array', items: { $ref: '#/$defs/Animal' } }),
  };

  test('that breach the contract are refused with every breach named', async () => {
    const { status, headers, body } = await ask([list], '/animals?limit=80');
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toEqual({
      type: 'urn:counterpart:mirror:contract-breach',
      title: anyText,
      status: 422,
      detail: 'query limit: must be <= 50; query after: is required',
      errors: [
        {
          in: 'query',
          name: 'limit',
          path: '',
          message: 'must be <= 50',
          expected: 'must be <= 50',
          found: 'number 80',
        },
        {
          in: 'query',
          name: 'after',
          path: '',
          message: 'is required',
          expected: 'a value',
          found: 'nothing',
        },
      ],
    });
  });

  test('with unknown query parameters pass, and the answer notes it', async () => {
    const { status, headers } = await ask([list], '/animals?after=2025-01-01&colour=red');
    expect([status, headers.get('x-mirror-notes')]).toEqual([200, 'unknown query parameters: colour']);
  });

  test('for unknown paths and methods are told what there is', async () => {
    expect((await ask([list], '/animal')).body).toMatchObject({ status: 404, near: ['/animals'] });
    const wrong = await ask([list], '/animals', { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('without a credential are refused only when authentication is strict', async () => {
    const guarded: Draft = { ...list, auth: [{ key: [] }, { login: [] }] };
    const path = '/animals?after=2025-01-01';
    const strict = { options: { strictAuth: true } };
    expect((await ask([guarded], path)).status).toBe(200);
    const refused = await ask([guarded], path, strict);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="mirror"']);
    const keyed = await ask([guarded], `${path}&api_key=x`, strict);
    expect([keyed.status, keyed.headers.get('x-mirror-notes')]).toEqual([200, null]);
    const headers = { authorization: 'Basic eDp5' };
    expect((await ask([guarded], path, { ...strict, headers })).status).toBe(200);
  });

  test('with another key than the one that was issued are refused, wherever the key is put', async () => {
    const guarded: Draft = { ...list, auth: [{ key: [] }, { login: [] }, { oauth: [] }] };
    const path = '/animals?after=2025-01-01';
    const issued = { options: { issuedKey: 'mk_1' } };
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    const statuses = async (authorization: string): Promise<number> =>
      (await ask([guarded], path, { ...issued, headers: { authorization } })).status;
    expect((await ask([guarded], path, issued)).status).toBe(401);
    expect((await ask([guarded], `${path}&api_key=mk_1`, issued)).status).toBe(200);
    expect((await ask([guarded], `${path}&api_key=mk_2`, issued)).body).toMatchObject({
      type: 'urn:counterpart:mirror:credential-wrong',
      status: 401,
    });
    expect(await statuses(basic('me:mk_1'))).toBe(200);
    expect(await statuses(basic('mk_1:'))).toBe(200);
    expect(await statuses(basic('me:other'))).toBe(401);
    expect(await statuses('Bearer mk_1')).toBe(200);
    expect(await statuses('Bearer other')).toBe(401);
    expect((await ask([list], path, issued)).status).toBe(200);
  });

  test('on one route go to the operation that knows what they carry', async () => {
    const form = (name: string, properties: Record<string, JsonSchema>): Draft => ({
      name,
      method: 'POST',
      path: '/token',
      body: {
        required: true,
        contents: [
          {
            mediaType: 'application/x-www-form-urlencoded',
            kind: 'form',
            schema: { type: 'object', properties },
          },
        ],
      },
      responses: ok(true),
    });
    const drafts = [
      form('token', { code: { type: 'string' } }),
      form('refresh', { refresh_token: { type: 'string' } }),
    ];
    const answer = await ask(drafts, '/token', {
      method: 'POST',
      body: new URLSearchParams({ refresh_token: 'x' }),
    });
    expect(answer.headers.get('x-mirror-operation')).toBe('refresh');
  });

  test('are logged without their content', async () => {
    const entries: MirrorLogEntry[] = [];
    await ask([list], '/animals?limit=x&after=2025-01-01', {
      options: { log: (entry) => entries.push(entry) },
    });
    expect(entries).toEqual([
      {
        method: 'GET',
        path: '/animals',
        operation: 'list_animals',
        status: 422,
        durationMs: anyNumber,
        problems: ['query limit: must be integer'],
      },
    ]);
  });

  test('reach the mirror below any mount', async () => {
    const mirror = createMirror(blueprintOf([list]));
    const parent = new Hono().route('/mirror/zoo', mirror.app);
    const { status } = await parent.request('/mirror/zoo/animals?after=2025-01-01');
    expect(status).toBe(200);
    const based = await ask([list], '/deep/er/animals?after=2025-01-01', {
      options: { basePath: '/deep/er' },
    });
    expect(based.status).toBe(200);
  });
});

describe('sampleInput', () => {
  test('makes inputs that the operation accepts and that say something on the wire', () => {
    const draft: Draft = {
      name: 'find',
      path: '/f/{id}',
      parameters: [
        parameter('id', { in: 'path', style: 'simple', required: true }),
        parameter('ids', { required: true }),
        parameter('page'),
      ],
      input: {
        id: { type: 'string' },
        ids: { type: 'array', items: { type: 'integer' } },
        page: { type: 'integer' },
      },
    };
    const blueprint = blueprintOf([draft]);
    const [operation] = blueprint.operations;
    if (!operation) throw new Error('the blueprint has one operation');
    const { id, ids, ...rest } = sampleInput(blueprint, operation);
    expect(id).toMatch(/^[A-Za-z0-9]/);
    expect(ids).not.toEqual([]);
    expect(rest).toEqual({});
    expect(sampleInput(blueprint, operation, { optional: true })).toHaveProperty('page');
  });

  test('throws when no input can be', () => {
    const draft: Draft = {
      name: 'odd',
      path: '/',
      parameters: [parameter('n', { required: true })],
      input: { n: { type: 'integer', minimum: 2, maximum: 1 } },
    };
    const blueprint = blueprintOf([draft]);
    expect(() => blueprint.operations.map((operation) => sampleInput(blueprint, operation))).toThrow(
      /odd, n/,
    );
  });
});

const numbersOf = (minItems: number): Draft => ({
  name: 'list_numbers',
  path: '/numbers',
  parameters: [parameter('per_page')],
  input: { per_page: { type: 'integer' } },
  responses: ok({
    type: 'object',
    required: ['items'],
    properties: { items: { type: 'array', minItems, maxItems: 3, items: { type: 'integer' } } },
  }),
});

test('a page has no more entries than were asked for, as far as its schema allows', async () => {
  const asked = (minItems: number) => ask([numbersOf(minItems)], '/numbers?per_page=1');
  expect((await asked(0)).body).toEqual({ items: [expect.any(Number)] });
  expect((await asked(3)).body).toEqual({
    items: [expect.any(Number), expect.any(Number), expect.any(Number)],
  });
});
