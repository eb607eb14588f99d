import type { JsonSchema } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { blueprintOf, ok, parameter, type Draft } from '../mirror-fixture.ts';
import { createShapes } from '../sample/shape.ts';
import { createSchemaBook } from '../schema/schema-book.ts';
import { inferResources } from './infer.ts';
import type { ResourceMap } from './resource.ts';

const PET: JsonSchema = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' }, status: { type: 'string' } },
};
const TYPES: Record<string, JsonSchema> = { Pet: PET };
const pet: JsonSchema = { $ref: '#/$defs/Pet' };
const text: JsonSchema = { type: 'string' };
const none: Draft['responses'] = [{ status: '204', contents: [] }];

const takes = (properties: Record<string, JsonSchema>): Draft['body'] => ({
  required: true,
  contents: [{ mediaType: 'application/json', kind: 'json', schema: { type: 'object', properties } }],
});

/** An operation from `GET /pets/{id}`; path parameters are texts unless they end in `Id`. */
function operation(route: string, responses: Draft['responses'], more: Partial<Draft> = {}): Draft {
  const [method = '', path = ''] = route.split(' ');
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const inPath = names.map((key) =>
    parameter(key, { in: 'path', style: 'simple', explode: false, required: true }),
  );
  const { input, parameters = [], ...rest } = more;
  return {
    name: route.toLowerCase().replaceAll(/\W+/g, '_').replace(/_$/, ''),
    method,
    path,
    responses,
    ...rest,
    parameters: [...inPath, ...parameters],
    input: {
      ...Object.fromEntries(names.map((name) => [name, name.endsWith('Id') ? { type: 'integer' } : text])),
      ...input,
    },
  };
}

function infer(drafts: readonly Draft[], types: Record<string, JsonSchema> = TYPES): ResourceMap {
  const book = createSchemaBook(types);
  return inferResources(blueprintOf(drafts, types), { book, shapeOf: createShapes(book.type) });
}

/** What each operation does, as `GET /pets: list pet`. */
function roles(drafts: readonly Draft[]): string[] {
  return [...infer(drafts).bindings.values()].map(
    ({ operation: { http }, role, resource }) => `${http.method} ${http.path}: ${role} ${resource.name}`,
  );
}

describe('what a service keeps', () => {
  test('is read off collection and item paths, with what names one item', () => {
    const drafts = [
      operation('GET /v1/pets', ok({ type: 'array', items: pet })),
      operation('POST /v1/pets', ok(pet), { body: takes({ name: text }) }),
      operation('GET /v1/pets/{petId}', ok(pet)),
      operation('PATCH /v1/pets/{petId}', ok(pet), { body: takes({ name: text }) }),
      operation('PUT /v1/pets/{petId}', ok(pet), { body: takes({ name: text }) }),
      operation('DELETE /v1/pets/{petId}', none),
      operation('DELETE /v1/pets', none),
      operation('POST /v1/pets/{petId}/adopt', ok(pet)),
      operation('GET /v1/health', ok({ type: 'object', properties: { ok: { type: 'boolean' } } })),
    ];
    expect(roles(drafts)).toEqual([
      'GET /v1/pets: list v1/pet',
      'POST /v1/pets: create v1/pet',
      'GET /v1/pets/{petId}: read v1/pet',
      'PATCH /v1/pets/{petId}: update v1/pet',
      'PUT /v1/pets/{petId}: replace v1/pet',
      'DELETE /v1/pets/{petId}: remove v1/pet',
      'DELETE /v1/pets: clear v1/pet',
      'POST /v1/pets/{petId}/adopt: act v1/pet',
    ]);
    const { resources, bindings } = infer(drafts);
    expect(resources).toMatchObject([{ noun: 'pet', idSteps: ['id'], isSingleton: false }]);
    expect(bindings.get('post_v1_pets_petid_adopt')?.verb).toBe('adopt');
  });

  test('is found below owners, under several paths, and known by one type', () => {
    const drafts = [
      operation('GET /owners/{ownerId}/pets', ok({ type: 'array', items: pet })),
      operation('POST /owners/{ownerId}/pets', ok(pet), { body: takes({ name: text }) }),
      operation('GET /pets/{petId}', ok(pet)),
      operation('GET /owners/{ownerId}', ok({ type: 'object', properties: { id: text } })),
      operation('DELETE /owners/{ownerId}', none),
    ];
    expect(roles(drafts)).toEqual([
      'GET /pets/{petId}: read pet',
      'GET /owners/{ownerId}/pets: list pet',
      'POST /owners/{ownerId}/pets: create pet',
      'GET /owners/{ownerId}: read owner',
      'DELETE /owners/{ownerId}: remove owner',
    ]);
    const { bindings } = infer(drafts);
    const [listing] = [...bindings.values()].filter(({ role }) => role === 'list');
    expect(listing?.scope).toEqual([{ place: 'owners', parameter: 'ownerId', parent: 'owner' }]);
  });

  test('has its deeds in words of the path or of the method’s name, where services name them so', () => {
    const id = [parameter('pet')];
    expect(
      roles([
        operation(
          'GET /pets.list',
          ok({
            type: 'object',
            properties: { ok: { type: 'boolean' }, pets: { type: 'array', items: pet } },
          }),
        ),
        operation('POST /pets.create', ok({ type: 'object', properties: { pet } }), {
          body: takes({ name: text }),
        }),
        operation('GET /pets.info', ok({ type: 'object', properties: { pet } }), { parameters: id }),
        operation('POST /pets.delete', none, { body: takes({ pet: text }) }),
      ]),
    ).toEqual([
      'GET /pets.list: list pet',
      'POST /pets.create: create pet',
      'GET /pets.info: read pet',
      'POST /pets.delete: remove pet',
    ]);
    expect(
      roles([
        operation('GET /containers/json', ok({ type: 'array', items: pet })),
        operation('POST /containers/create', ok(pet), { body: takes({ name: text }) }),
        operation('GET /containers/{id}/json', ok(pet)),
        operation('POST /containers/{id}/update', ok(pet), { body: takes({ name: text }) }),
        operation('POST /containers/stop/{id}', none),
        operation('GET /containers/{id}', ok(pet)),
      ]),
    ).toContain('POST /containers/create: create container');
  });

  test('is one thing where there is no more than one, and nothing where nothing changes it', () => {
    const settings: JsonSchema = { type: 'object', properties: { theme: text } };
    const drafts = [
      operation('GET /users/{userId}/settings', ok(settings)),
      operation('PUT /users/{userId}/settings', ok(settings), { body: takes({ theme: text }) }),
      operation('GET /status', ok(settings)),
    ];
    expect(infer(drafts).resources).toMatchObject([{ name: 'users/setting', isSingleton: true }]);
    expect(roles(drafts)).toEqual([
      'GET /users/{userId}/settings: read users/setting',
      'PUT /users/{userId}/settings: replace users/setting',
    ]);
  });
});

describe('where things stand in answers and bodies', () => {
  const envelopes: readonly (readonly [string, JsonSchema, readonly string[]])[] = [
    [
      'data beside has_more',
      { type: 'object', properties: { data: { type: 'array', items: pet }, has_more: { type: 'boolean' } } },
      ['data'],
    ],
    [
      'their own name',
      {
        type: 'object',
        properties: { Pets: { type: 'array', items: pet }, owner: text, tags: { type: 'array', items: PET } },
      },
      ['Pets'],
    ],
    [
      'data, then items',
      {
        type: 'object',
        properties: { data: { type: 'object', properties: { items: { type: 'array', items: pet } } } },
      },
      ['data', 'items'],
    ],
    [
      'any name alone beside the page',
      {
        type: 'object',
        properties: { found: { type: 'array', items: pet }, next_page_uri: text, page: { type: 'integer' } },
      },
      ['found'],
    ],
    ['no envelope', { type: 'array', items: pet }, []],
  ];
  test.each(envelopes)('a list stands in %s', (_, schema, steps) => {
    const { bindings } = infer([operation('GET /pets', ok(schema)), operation('GET /pets/{petId}', ok(pet))]);
    expect(bindings.get('get_pets')?.list?.steps).toEqual(steps);
  });

  test.each([
    ['itself', pet, []],
    ['data', { type: 'object', properties: { data: pet } }, ['data']],
    ['its own name', { type: 'object', properties: { ok: { type: 'boolean' }, pet } }, ['pet']],
    ['a list of one', { type: 'object', properties: { Id: text, Pets: { type: 'array', items: pet } } }, []],
    [
      'a list of one under its name',
      { type: 'object', properties: { Pets: { type: 'array', items: pet } } },
      ['Pets', 0],
    ],
  ] satisfies [string, JsonSchema, (string | number)[]][])('one thing stands in %s', (_, schema, steps) => {
    const { bindings } = infer([
      operation('GET /pets', ok({ type: 'array', items: pet })),
      operation('GET /pets/{petId}', ok(schema)),
    ]);
    expect(bindings.get('get_pets_petid')?.item?.steps).toEqual(steps);
  });

  const identified: readonly (readonly [string, Record<string, JsonSchema>, readonly string[]])[] = [
    ['{number}', { id: { type: 'integer' }, number: { type: 'integer' } }, ['number']],
    ['{pet}', { id: text, name: text }, ['id']],
    ['{pet}', { id: { type: 'integer' }, name: text }, ['name']],
    ['{pet_sid}', { sid: text, name: text }, ['sid']],
    [
      '{name}',
      { metadata: { type: 'object', properties: { name: text, namespace: text } } },
      ['metadata', 'name'],
    ],
    ['{uuid}', { PetId: text, uuid: text }, ['uuid']],
  ];
  test.each(identified)('%s is found in the thing', (name, properties, steps) => {
    const thing: JsonSchema = { type: 'object', properties };
    const { resources } = infer([
      operation('GET /pets', ok({ type: 'array', items: thing })),
      operation(`GET /pets/${name}`, ok(thing)),
    ]);
    expect(resources[0]?.idSteps).toEqual(steps);
  });

  test('a description that says nothing is read by the examples it gives elsewhere', () => {
    const open: JsonSchema = { type: 'object' };
    const example = {
      object: 'list',
      results: [
        { object: 'note', id: '5c6a2821-6bb1-4a7e-b6e1-c50111515c3d', created_time: '2026-01-01T00:00:00Z' },
      ],
      has_more: false,
    };
    const noted: Draft['responses'] = [
      { status: '200', contents: [{ mediaType: 'application/json', examples: [example] }] },
    ];
    const { style, bindings } = infer([
      operation('GET /notes', noted),
      operation('GET /pages/{page_id}', ok(open)),
      operation('GET /pages', ok(open)),
      operation('POST /search', ok(open), { body: takes({ query: text }) }),
    ]);
    expect(style).toMatchObject({
      listName: 'results',
      idName: 'id',
      page: { object: 'list', results: [], has_more: false },
    });
    expect(bindings.get('get_pages')).toMatchObject({ role: 'list', list: { steps: ['results'] } });
  });

  test.each<[string, string, Record<string, JsonSchema>, string[] | undefined]>([
    ['the parameter says more than the member', 'ip_address', { since: text, ip: text }, ['ip']],
    ['the member says more than the parameter', 'email', { recipient_email: text }, ['recipient_email']],
    ['no member shares a word', 'batch', { total: text }, undefined],
  ])('an identifier is found where %s', (_, parameter, properties, steps) => {
    const thing: JsonSchema = { type: 'object', properties };
    const { resources } = infer([
      operation('POST /entries', ok(thing), { body: takes(properties) }),
      operation(`GET /entries/{${parameter}}`, ok(thing)),
    ]);
    expect(resources.map(({ idSteps }) => idSteps)).toEqual([steps]);
  });

  test('one thing may be answered as the only one of a list under a general name', () => {
    const key: JsonSchema = { type: 'object', properties: { api_key_id: text, name: text } };
    const { resources, bindings } = infer([
      operation('POST /api_keys', ok(key), { body: takes({ name: text }) }),
      operation(
        'GET /api_keys/{api_key_id}',
        ok({ type: 'object', properties: { result: { type: 'array', items: key } } }),
      ),
    ]);
    expect(resources).toMatchObject([{ idSteps: ['api_key_id'] }]);
    expect(bindings.get('get_api_keys_api_key_id')?.item?.steps).toEqual(['result', 0]);
  });

  test('what paths call a thing tells the thing from an envelope, and its own member from a wrapper', () => {
    const message: JsonSchema = { type: 'object', properties: { role: text } };
    const properties: Record<string, JsonSchema> = { name: text, prompt: { type: 'array', items: message } };
    const prompt: JsonSchema = { type: 'object', properties };
    const { resources, bindings } = infer([
      operation('POST /prompts', ok(prompt), { body: takes(properties) }),
      operation('GET /prompts/{promptName}', ok(prompt)),
    ]);
    expect(resources).toMatchObject([{ idSteps: ['name'] }]);
    expect([...bindings.values()].map(({ item, bodySteps }) => [item?.steps, bodySteps])).toEqual([
      [[], []],
      [[], []],
    ]);
  });

  test('a point before a number is a version, not a deed', () => {
    const drafts = [
      operation('POST /segments/2.0', ok(pet), { body: takes({ name: text }) }),
      operation('GET /segments/2.0/{petId}', ok(pet)),
    ];
    expect(roles(drafts)).toEqual([
      'POST /segments/2.0: create segments/2.0',
      'GET /segments/2.0/{petId}: read segments/2.0',
    ]);
  });
});
