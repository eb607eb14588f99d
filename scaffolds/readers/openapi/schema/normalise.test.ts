import type { Json, JsonObject } from '@counterpart/schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { inputsOf, normalised, operationAt, readText } from '../testing.ts';

const SMALL: JsonObject = { Small: { type: 'object', properties: { n: { type: 'integer' } } } };
const ref = { $ref: '#/components/schemas/Small' };
const small = { $ref: '#/$defs/Small' };
const nothing = { type: 'null' };

/** Each line: what it shows, a schema as authors write it, its normal form. */
const forms: readonly (readonly [string, Json, Json])[] = [
  ['nullable with a type adds null', { type: 'string', nullable: true }, { type: ['string', 'null'] }],
  ['x-nullable counts like nullable', { type: 'string', 'x-nullable': true }, { type: ['string', 'null'] }],
  ['type lists stay', { type: ['string', 'null'] }, { type: ['string', 'null'] }],
  ['nullable without a type or constraint says nothing', { nullable: true }, {}],
  [
    'nullable beside allOf becomes a choice',
    { nullable: true, allOf: [ref], title: 'T' },
    { title: 'T', anyOf: [small, nothing] },
  ],
  ['nullable beside a reference becomes a choice', { ...ref, nullable: true }, { anyOf: [small, nothing] }],
  [
    'nullable with enum allows null among the values',
    { type: 'string', nullable: true, enum: ['a'] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
  [
    'an enum with null allows null',
    { type: 'string', enum: ['a', null] },
    { type: ['string', 'null'], enum: ['a', null] },
  ],
  [
    'an arm that is only nullable is the null arm',
    { oneOf: [{ nullable: true }, ref] },
    { oneOf: [nothing, small] },
  ],
  [
    'boolean exclusiveMinimum takes the bound',
    { minimum: 1, exclusiveMinimum: true },
    { exclusiveMinimum: 1 },
  ],
  [
    'boolean exclusiveMaximum false leaves the bound',
    { maximum: 9, exclusiveMaximum: false },
    { maximum: 9 },
  ],
  ['boolean exclusiveMinimum without a bound says nothing', { exclusiveMinimum: true }, {}],
  [
    'numeric exclusive bounds stay',
    { exclusiveMinimum: 1, exclusiveMaximum: 2 },
    { exclusiveMinimum: 1, exclusiveMaximum: 2 },
  ],
  ['bounds written as text become numbers', { minimum: '1', maxLength: '5' }, { minimum: 1, maxLength: 5 }],
  ['impossible counts go', { minLength: -1, maxItems: 1.5, multipleOf: 0 }, {}],
  ['an empty enum goes', { type: 'string', enum: [] }, { type: 'string' }],
  ['values of an enum are there once', { enum: ['a', 'a', 'b'] }, { enum: ['a', 'b'] }],
  [
    'numbers in an enum of texts become texts',
    { type: 'string', enum: [1, true, 'x'] },
    { type: 'string', enum: ['1', 'true', 'x'] },
  ],
  [
    'texts in an enum of integers become numbers',
    { type: 'integer', enum: ['1', '2'] },
    { type: 'integer', enum: [1, 2] },
  ],
  ['an enum that fits no type wins over it', { type: 'object', enum: ['a'] }, { enum: ['a'] }],
  ['const is kept in 3.0 too', { type: 'string', const: 'a' }, { type: 'string', const: 'a' }],
  ['a const of another type wins over it', { type: 'string', const: 1 }, { const: 1 }],
  [
    'required names each once',
    { required: ['a', 'a'], properties: { a: {} } },
    { required: ['a'], properties: { a: {} } },
  ],
  ['an empty required goes', { required: [], properties: { a: {} } }, { properties: { a: {} } }],
  [
    'a boolean required goes',
    { properties: { a: { type: 'string', required: true } } },
    { properties: { a: { type: 'string' } } },
  ],
  [
    'required may name what any property may be',
    { required: ['b'], properties: { a: {} } },
    { required: ['b'], properties: { a: {} } },
  ],
  [
    'required does not name what is forbidden',
    { required: ['b'], properties: { a: {} }, additionalProperties: false },
    { properties: { a: {} }, additionalProperties: false },
  ],
  ['example becomes examples', { type: 'string', example: 'a' }, { type: 'string', examples: ['a'] }],
  ['an example of another type goes', { type: 'integer', example: 'many' }, { type: 'integer' }],
  ['a default of another type goes', { type: 'integer', default: 'x' }, { type: 'integer' }],
  [
    'a default written as text is read as its type',
    { type: 'integer', default: '7' },
    { type: 'integer', default: 7 },
  ],
  [
    'a default outside the enum goes',
    { type: 'string', enum: ['a'], default: 'b' },
    { type: 'string', enum: ['a'] },
  ],
  ['a null default of what is not nullable goes', { type: 'string', default: null }, { type: 'string' }],
  ['a valid pattern stays', { type: 'string', pattern: '^a$' }, { type: 'string', pattern: '^a$' }],
  ['a pattern that is not valid with /u goes', { type: 'string', pattern: '\\-[' }, { type: 'string' }],
  [
    'backslashes that /u does not take go where they say nothing',
    { type: 'string', pattern: '^\\d\\-[\\w\\-\\:\\_]\\@$' },
    { type: 'string', pattern: '^\\d-[\\w\\-:_]@$' },
  ],
  ['slashes around a pattern go', { type: 'string', pattern: '/^a$/i' }, { type: 'string', pattern: '^a$' }],
  [
    'format byte says base64',
    { type: 'string', format: 'byte' },
    { type: 'string', format: 'byte', contentEncoding: 'base64' },
  ],
  ['binary stays a text in JSON', { type: 'string', format: 'binary' }, { type: 'string', format: 'binary' }],
  ['type file is binary', { type: 'file' }, { type: 'string', format: 'binary' }],
  ['integer formats stay', { type: 'integer', format: 'int64' }, { type: 'integer', format: 'int64' }],
  [
    'int is integer, any is anything',
    { properties: { a: { type: 'int' }, b: { type: 'any' } } },
    { properties: { a: { type: 'integer' }, b: {} } },
  ],
  [
    'discriminator goes, the choice stays',
    { oneOf: [ref], discriminator: { propertyName: 'k' } },
    { oneOf: [small] },
  ],
  [
    'vendor keywords and unknown ones go',
    { type: 'string', 'x-a': 1, faker: 'name', xml: {}, externalDocs: {} },
    { type: 'string' },
  ],
  [
    'identifiers go',
    { $id: 'a', id: 'b', $schema: 'c', $anchor: 'd', $comment: 'e', type: 'string' },
    { type: 'string' },
  ],
  ['an array says what it holds', { type: 'array' }, { type: 'array', items: {} }],
  [
    'a list of items is a tuple',
    { type: 'array', items: [{ type: 'string' }], additionalItems: false },
    { type: 'array', prefixItems: [{ type: 'string' }], items: false },
  ],
  ['boolean schemas stay', { properties: { a: true, b: false } }, { properties: { a: true, b: false } }],
  ['what is no schema is open', { properties: { a: 'string', b: null } }, { properties: { a: {}, b: {} } }],
  [
    'beside a reference 3.0 keeps only words',
    { ...ref, description: 'D', maxProperties: 1 },
    { ...small, description: 'D' },
  ],
  ['empty combinators go', { type: 'object', allOf: [], anyOf: [] }, { type: 'object' }],
  [
    'descriptions lose their HTML',
    { type: 'string', description: '<p>A &amp; <b>b</b></p>' },
    { type: 'string', description: 'A & b' },
  ],
  ['properties that are a list go', { type: 'object', properties: ['a'] }, { type: 'object' }],
];

describe('a schema in 2020-12 form', () => {
  test.each(forms)('%s', async (_, given, expected) => {
    const { schema } = await normalised(given, SMALL);
    expect(schema).toEqual(expected);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(() => ajv.compile({ properties: { v: schema }, $defs: { Small: {} } })).not.toThrow();
  });
});

test('a dropped pattern is told with its place', async () => {
  const { omitted } = await normalised({ type: 'string', pattern: '(' });
  const schemas = omitted.filter(({ code }) => code === 'schema-unusable');
  expect(schemas.map(({ code, severity, source }) => [code, severity, source.pointer])).toEqual([
    ['schema-unusable', 'notice', '#/paths/~1things/post/requestBody/content/application~1json/schema'],
  ]);
});

test('readOnly is not asked for, writeOnly is not answered, and only what differs has two forms', async () => {
  const { blueprint } = await readText({
    openapi: '3.0.0',
    paths: {
      '/a': {
        post: {
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } } },
          responses: {
            200: {
              description: 'ok',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        User: {
          allOf: [
            { $ref: '#/components/schemas/Base' },
            {
              required: ['id', 'name'],
              properties: {
                password: { type: 'string', writeOnly: true },
                team: { $ref: '#/components/schemas/Team' },
              },
            },
          ],
        },
        Base: {
          type: 'object',
          properties: { id: { $ref: '#/components/schemas/Id' }, name: { type: 'string' } },
        },
        Id: { type: 'integer', readOnly: true },
        Team: { type: 'object', properties: { title: { type: 'string' } } },
      },
    },
  });
  expect(Object.keys(blueprint.types)).toEqual(['Base', 'Base.out', 'Id', 'Team', 'User', 'User.out']);
  expect(blueprint.types['User']).toEqual({
    allOf: [{ $ref: '#/$defs/Base' }],
    required: ['name'],
    properties: { password: { type: 'string' }, team: { $ref: '#/$defs/Team' } },
  });
  expect(blueprint.types['User.out']).toEqual({
    allOf: [{ $ref: '#/$defs/Base.out' }],
    required: ['id', 'name'],
    properties: { team: { $ref: '#/$defs/Team' } },
  });
  expect(blueprint.types['Base']).toEqual({ type: 'object', properties: { name: { type: 'string' } } });
});

test('type names are kept apart when different names would become the same', async () => {
  const use = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const { types, schema } = await normalised(
    { properties: { a: use('A B'), b: use('A_B'), c: use('C~1D') } },
    { 'A B': { type: 'string' }, A_B: { type: 'number' }, 'C/D': { type: 'boolean' } },
  );
  expect(Object.keys(types)).toHaveLength(3);
  expect(Object.keys(types).every((name) => /^[A-Za-z0-9_.-]+$/.test(name))).toBe(true);
  expect(types['C_D']).toEqual({ type: 'boolean' });
  expect(JSON.stringify(schema)).not.toContain('components');
});

test('references to any place of the document become types', async () => {
  const place = '#/components/responses/Found/content/application~1json/schema/properties/user';
  const { blueprint } = await readText({
    openapi: '3.1.0',
    paths: {
      '/a': {
        post: {
          requestBody: {
            content: { 'application/json': { schema: { type: 'array', items: { $ref: place } } } },
          },
        },
      },
    },
    components: {
      responses: {
        Found: {
          content: {
            'application/json': { schema: { properties: { user: { type: 'object', title: 'U' } } } },
          },
        },
      },
    },
  });
  const body = inputsOf(operationAt(blueprint, 'POST /a'))['body'];
  const [name] = Object.keys(blueprint.types);
  expect(body).toEqual({ type: 'array', items: { $ref: `#/$defs/${name ?? ''}` } });
  expect(blueprint.types[name ?? '']).toEqual({ title: 'U', type: 'object' });
});

test('a type that is only answered has the name it would have if it were sent too', async () => {
  const user = { type: 'object', properties: { id: { type: 'integer', readOnly: true } } };
  const answer = {
    200: {
      description: 'ok',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } },
    },
  };
  const get = { '/users': { get: { responses: answer } } };
  const document = { openapi: '3.1.0', paths: get, components: { schemas: { User: user } } };
  const { blueprint } = await readText(document);
  const body = { content: { 'application/json': { schema: { $ref: '#/components/schemas/User' } } } };
  const more = { ...document, paths: { ...get, '/more': { post: { requestBody: body } } } };
  const { blueprint: grown } = await readText(more);
  expect(Object.keys(blueprint.types)).toEqual(['User.out']);
  expect(Object.keys(grown.types)).toEqual(['User', 'User.out']);
});

describe('allOf', () => {
  const [a, b] = [{ type: 'string' }, { type: 'integer' }];
  test.each<[string, JsonObject, JsonObject]>([
    [
      'of plain objects becomes one object',
      {
        allOf: [
          { type: 'object', properties: { a }, required: ['a'] },
          { properties: { b }, required: ['b'], description: 'Both.' },
        ],
      },
      { type: 'object', description: 'Both.', properties: { a, b }, required: ['a', 'b'] },
    ],
    [
      'of one member that is only described is that member',
      { description: 'D', allOf: [a] },
      { ...a, description: 'D' },
    ],
    [
      'stays where two members describe one property differently',
      { allOf: [{ properties: { a } }, { properties: { a: b } }] },
      { properties: { a }, allOf: [{ properties: { a: b } }] },
    ],
    [
      'stays where a member is closed',
      { allOf: [{ properties: { a }, additionalProperties: false }, { minProperties: 1 }] },
      { allOf: [{ properties: { a }, additionalProperties: false }, { minProperties: 1 }] },
    ],
  ])('%s', async (_, given, expected) => {
    expect((await normalised(given)).schema).toEqual(expected);
  });
});

test('a closed schema that others extend is open, and one that nothing extends stays closed', async () => {
  const closed = (name: string, more: JsonObject = {}): JsonObject => ({
    type: 'object',
    properties: { [name]: { type: 'string' } },
    additionalProperties: false,
    ...more,
  });
  const base = { $ref: '#/components/schemas/Base' };
  const { schema, types } = await normalised(
    {
      type: 'object',
      properties: {
        shape: { $ref: '#/components/schemas/Circle' },
        form: { allOf: [closed('street'), closed('tag')] },
        alone: closed('x'),
      },
    },
    {
      Base: closed('kind', { required: ['kind'] }),
      Circle: closed('radius', { allOf: [base] }),
    },
  );
  const validate = new Ajv2020({ strict: false }).compile({ ...(schema as JsonObject), $defs: types });
  expect(validate({ shape: { kind: 'circle', radius: '1' }, form: { street: 's', tag: 't' } })).toBe(true);
  expect(validate({ shape: { radius: '1' } })).toBe(false);
  expect(validate({ alone: { y: '1' } })).toBe(false);
});

describe('a discriminator', () => {
  const pet = (extra: JsonObject = {}): JsonObject => ({
    type: 'object',
    properties: { kind: { type: 'string', ...extra } },
  });
  const choice = (mapping?: JsonObject): JsonObject => ({
    oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
    discriminator: { propertyName: 'kind', ...(mapping === undefined ? {} : { mapping }) },
  });
  const arms = async (given: JsonObject, cat: JsonObject) =>
    (await normalised(given, { Cat: cat, Dog: pet() })).schema;

  test('tells the alternatives apart by name, or by its mapping', async () => {
    expect(await arms(choice(), pet())).toEqual({
      oneOf: [
        { $ref: '#/$defs/Cat', properties: { kind: { const: 'Cat' } } },
        { $ref: '#/$defs/Dog', properties: { kind: { const: 'Dog' } } },
      ],
    });
    const mapping = { cat: '#/components/schemas/Cat', kitten: '#/components/schemas/Cat', dog: 'Dog' };
    expect(await arms(choice(mapping), pet())).toEqual({
      oneOf: [
        { $ref: '#/$defs/Cat', properties: { kind: { enum: ['cat', 'kitten'] } } },
        { $ref: '#/$defs/Dog', properties: { kind: { const: 'dog' } } },
      ],
    });
  });

  test('tells them apart where the property stands beside the choice', async () => {
    const given = { ...choice(), properties: { kind: { type: 'string' } } };
    const { schema } = await normalised(given, { Cat: { type: 'object' }, Dog: { type: 'object' } });
    expect(schema).toMatchObject({
      oneOf: [{ properties: { kind: { const: 'Cat' } } }, { properties: { kind: { const: 'Dog' } } }],
    });
  });

  test('tells them apart where the class that they extend has it', async () => {
    const base = {
      ...pet(),
      additionalProperties: false,
      discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat' } },
    };
    const extended = (more: JsonObject): JsonObject => ({
      allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', properties: more }],
    });
    const { oneOf } = choice();
    const { schema } = await normalised({ oneOf } as JsonObject, {
      Pet: base,
      Cat: extended({ lives: { type: 'integer' } }),
      Dog: extended({ tricks: { type: 'integer' } }),
    });
    expect(schema).toEqual({
      oneOf: [
        { $ref: '#/$defs/Cat', properties: { kind: { const: 'cat' } } },
        { $ref: '#/$defs/Dog', properties: { kind: { const: 'Dog' } } },
      ],
    });
  });

  test('adds nothing where the alternative says otherwise', async () => {
    expect(await arms(choice(), pet({ enum: ['feline'] }))).toEqual({
      oneOf: [{ $ref: '#/$defs/Cat' }, { $ref: '#/$defs/Dog', properties: { kind: { const: 'Dog' } } }],
    });
  });
});

test('a shared type of another language is named with letters of English', async () => {
  const components = {
    schemas: { Größe_Straße: { type: 'object', properties: { n: { type: 'integer' } } } },
  };
  const shape = { $ref: '#/components/schemas/Größe_Straße' };
  const answer = { description: 'ok', content: { 'application/json': { schema: shape } } };
  const { blueprint } = await readText(
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'T', version: '1' },
      paths: { '/a': { get: { responses: { 200: answer } } }, '/b': { get: { responses: { 200: answer } } } },
      components,
    }),
  );
  expect(Object.keys(blueprint.types)).toEqual(['Grosse_Strasse']);
});
