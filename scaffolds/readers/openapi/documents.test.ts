import { ServerId, type JsonObject } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import type { Neighbour } from '../neighbours/neighbours.ts';
import { readOpenApi } from './read.ts';
import { inputsOf, operationAt, readText, textSource } from './testing.ts';

/** Reads a description of several files, which are texts here. */
function readFiles(files: Readonly<Record<string, string>>) {
  const home = 'file:///specs/openapi.yaml';
  const read = (address: string): Promise<Neighbour> => {
    const name = address.replace('file:///specs/', '');
    const text = files[name];
    if (name.startsWith('http')) return Promise.resolve({ kind: 'refused', reason: 'it is on the network' });
    return Promise.resolve(
      text === undefined
        ? { kind: 'missing', reason: 'there is no such file' }
        : { kind: 'text', text, name },
    );
  };
  const source = { ...textSource(files['openapi.yaml'] ?? '', 'openapi.yaml'), neighbours: { home, read } };
  return readOpenApi(source, { id: ServerId.parse('test') });
}

const head = 'openapi: 3.1.0\ninfo: {title: T, version: "1"}\nservers: [{url: "https://a.test"}]\n';
const body = (reference: string) =>
  `${head}paths:\n  /pets:\n    post:\n      requestBody:\n        content:\n          application/json:\n            schema:\n              $ref: ${reference}\n`;

const bodyOf = (blueprint: Awaited<ReturnType<typeof readFiles>>['blueprint']) =>
  inputsOf(operationAt(blueprint, 'POST /pets'))['body'];

describe('a description of several files', () => {
  test('may keep each operation in a file of its own', async () => {
    const { blueprint } = await readFiles({
      'openapi.yaml': `${head}paths:\n  /pets/{id}:\n    get: {$ref: pets/get.yml}\n    delete: {$ref: '#/x-operations/delete'}\n    put: {$ref: pets/put.yml}\nx-operations:\n  delete: {operationId: dropPet, parameters: [{$ref: pets/id.yml}]}\n`,
      'pets/get.yml':
        'operationId: pets_get_one\ntags: [Pets]\nparameters: [{$ref: id.yml}]\nresponses: {"200": {$ref: missing.yml}, default: {content: {application/json: {schema: {type: string}}}}}\n',
      'pets/id.yml': 'name: id\nin: path\nrequired: true\nschema: {type: integer}\n',
    });
    const get = operationAt(blueprint, 'GET /pets/{id}');
    expect(get).toMatchObject({ name: 'get_pets_one', tags: ['Pets'] });
    expect(get.source).toEqual({ pointer: 'pets/get.yml#', operationId: 'pets_get_one' });
    expect(inputsOf(get)).toEqual({ id: { type: 'integer' } });
    // The answer that was declared cannot be read: the one for errors must not stand in for it.
    expect(get.output).toBeUndefined();
    expect(inputsOf(operationAt(blueprint, 'DELETE /pets/{id}'))).toEqual({ id: { type: 'integer' } });
    expect(blueprint.omitted.map(({ severity, subject }) => `${severity} ${subject}`).toSorted()).toEqual([
      'operation PUT /pets/{id}',
      'part GET /pets/{id}: response 200',
    ]);
  });

  test('reads as one: path items, YAML beside JSON, files that refer to each other and back', async () => {
    const { blueprint, total } = await readFiles({
      'openapi.yaml': `${head}paths:\n  /pets:\n    $ref: paths/pets.yaml\ncomponents:\n  schemas:\n    Id: {type: integer}\n`,
      'paths/pets.yaml':
        'post:\n  operationId: createPet\n  requestBody:\n    $ref: ../bodies.json#/pet\n  responses: {}\n',
      'bodies.json': JSON.stringify({
        pet: { content: { 'application/json': { schema: { $ref: 'schemas/Pet.yaml' } } } },
      }),
      'schemas/Pet.yaml':
        'type: object\nproperties:\n  id: {$ref: ../openapi.yaml#/components/schemas/Id}\n  owner: {$ref: Owner.yaml}\n',
      'schemas/Owner.yaml': 'type: object\nproperties:\n  pets: {type: array, items: {$ref: ./Pet.yaml}}\n',
    });
    expect([total, blueprint.omitted]).toEqual([1, []]);
    const create = operationAt(blueprint, 'POST /pets');
    expect(create.source).toEqual({ pointer: 'paths/pets.yaml#/post', operationId: 'createPet' });
    expect(bodyOf(blueprint)).toEqual({ $ref: '#/$defs/Pet' });
    expect(blueprint.types).toEqual({
      Id: { type: 'integer' },
      Owner: {
        type: 'object',
        properties: { pets: { type: 'array', items: { $ref: '#/$defs/Pet' } } },
      },
      Pet: {
        type: 'object',
        properties: { id: { $ref: '#/$defs/Id' }, owner: { $ref: '#/$defs/Owner' } },
      },
    });
  });

  test('gives the types that the same description in one file has', async () => {
    const pet: JsonObject = { type: 'object', properties: { name: { type: 'string' } } };
    const one = await readText(
      `${body("'#/components/schemas/Pet'")}components: ${JSON.stringify({ schemas: { Pet: pet } })}\n`,
    );
    const several = await readFiles({
      'openapi.yaml': `${body("'#/components/schemas/Pet'")}components:\n  schemas:\n    Pet: {$ref: schemas/animal.json}\n`,
      'schemas/animal.json': JSON.stringify(pet),
    });
    expect(several.blueprint.types).toEqual(one.blueprint.types);
    expect(several.blueprint.operations).toEqual(one.blueprint.operations);
  });

  test('may keep whole maps in files of their own', async () => {
    const { blueprint } = await readFiles({
      'openapi.yaml': `${head}paths: {$ref: paths.yaml}\ncomponents:\n  schemas: {$ref: schemas.yaml}\n`,
      'paths.yaml':
        "/pets:\n  post:\n    requestBody: {content: {application/json: {schema: {$ref: 'openapi.yaml#/components/schemas/Pet'}}}}\n",
      'schemas.yaml':
        "Pet:\n  type: object\n  properties: {$ref: 'schemas.yaml#/fields'}\nfields:\n  name: {type: string}\n  content: {type: string}\n",
    });
    expect([bodyOf(blueprint), blueprint.types['Pet']]).toEqual([
      { $ref: '#/$defs/Pet' },
      { type: 'object', properties: { name: { type: 'string' }, content: { type: 'string' } } },
    ]);
  });

  test('that holds itself by such a map ends', async () => {
    const { blueprint } = await readFiles({
      'openapi.yaml': body('a.yaml'),
      'a.yaml': 'type: object\nproperties: {$ref: fields.yaml}\n',
      'fields.yaml': 'x: {type: object, properties: {$ref: fields.yaml}}\n',
    });
    expect(blueprint.operations).toHaveLength(1);
  });

  test('loses only what a file that cannot be read was for, and says where and why', async () => {
    const { blueprint } = await readFiles({
      'openapi.yaml': body('pet.yaml'),
      'pet.yaml':
        'type: object\nproperties:\n  a: {$ref: none.yaml}\n  b: {$ref: "http://10.0.0.1/x.json"}\n  c: {$ref: broken.json}\n  d: {$ref: "list.yaml#/z"}\n  e: {type: string}\n',
      'broken.json': '{"a": ',
      'list.yaml': 'a: 1\n',
    });
    expect(blueprint.types['pet']).toEqual({
      type: 'object',
      properties: { a: {}, b: {}, c: {}, d: {}, e: { type: 'string' } },
    });
    expect(blueprint.omitted.map(({ code, reason, source }) => [code, reason.slice(0, 90), source])).toEqual([
      [
        'reference-missing',
        'The schema refers to none.yaml, which was not read: there is no such file; any value is ac',
        { pointer: 'pet.yaml#/properties/a', line: 3 },
      ],
      [
        'reference-remote',
        'The schema refers to http://10.0.0.1/x.json, which was not read: it is on the network; any',
        { pointer: 'pet.yaml#/properties/b', line: 4 },
      ],
      [
        'reference-missing',
        expect.stringContaining(
          'The schema refers to broken.json, which was not read: its JSON does not parse',
        ),
        { pointer: 'pet.yaml#/properties/c', line: 5 },
      ],
      [
        'reference-missing',
        'The schema refers to list.yaml#/z, which does not exist; any value is accepted there.',
        { pointer: 'pet.yaml#/properties/d', line: 6 },
      ],
    ]);
  });

  test('has a hash of all its files', async () => {
    const hashOf = async (pet: string) =>
      (await readFiles({ 'openapi.yaml': body('pet.yaml'), 'pet.yaml': pet })).blueprint.source.sha256;
    expect(await hashOf('type: string')).not.toBe(await hashOf('type: object'));
    expect(await hashOf('type: string')).toBe(await hashOf('type: string'));
  });

  test('is refused when its maps unfold without bound', async () => {
    const levels = Array.from({ length: 30 }, (_, i) => [
      `l${i}.yaml`,
      `a: {type: object, properties: {$ref: l${i + 1}.yaml}}\nb: {type: object, properties: {$ref: l${i + 1}.yaml}}\n`,
    ]);
    const files = Object.fromEntries([
      ['openapi.yaml', body('first.yaml')],
      ['first.yaml', 'type: object\nproperties: {$ref: l0.yaml}\n'],
      ...levels,
    ]) as Record<string, string>;
    await expect(readFiles(files)).rejects.toThrow(/holds more than/);
  });
});

test('anchors, identifiers and the address a document gives itself lead where they say', async () => {
  const { blueprint } = await readText({
    openapi: '3.2.0',
    $self: 'https://a.test/api/openapi.json',
    info: { title: 'T', version: '1' },
    paths: {
      '/pets': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    a: { $ref: '#pet' },
                    b: { $ref: 'https://a.test/schemas/owner' },
                    c: { $ref: 'https://a.test/schemas/owner#/properties/name' },
                    d: { $ref: 'openapi.json#/components/schemas/Id' },
                  },
                },
              },
            },
          },
        },
      },
    },
    components: {
      schemas: {
        Id: { type: 'integer' },
        Pet: { $anchor: 'pet', type: 'object' },
        Owner: {
          $id: 'https://a.test/schemas/owner',
          type: 'object',
          properties: { name: { type: 'string' } },
        },
      },
    },
  });
  expect(blueprint.omitted.filter(({ code }) => code.startsWith('reference'))).toEqual([]);
  const schema = bodyOf(blueprint);
  const properties =
    typeof schema === 'object' && schema !== null && 'properties' in schema ? schema['properties'] : {};
  const references = JSON.parse(
    JSON.stringify(Object.values(properties ?? {})).replace(/_[0-9a-f]{6}"/, '_<hash>"'),
  ) as unknown;
  expect(references).toEqual([
    { $ref: '#/$defs/Pet' },
    { $ref: '#/$defs/Owner' },
    { $ref: '#/$defs/Owner_name_<hash>' },
    { $ref: '#/$defs/Id' },
  ]);
});

const treeOf = (more: string) =>
  `${body("'#/components/schemas/Tree'")}components:\n  schemas:\n    Tree:\n      $dynamicAnchor: node\n      type: object\n      properties:\n        children: {type: array, items: {$dynamicRef: '#node'}}\n${more}`;

test('a dynamic reference whose anchor stands once is that schema', async () => {
  const { blueprint } = await readFiles({ 'openapi.yaml': treeOf('') });
  expect(blueprint.types['Tree']).toEqual({
    type: 'object',
    properties: { children: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
  });
  expect(blueprint.omitted).toEqual([]);
});

test('a dynamic reference that means another schema from each place is open there, and that is told', async () => {
  const { blueprint } = await readFiles({
    'openapi.yaml': treeOf('    Strict: {$dynamicAnchor: node, $ref: "#/components/schemas/Tree"}\n'),
  });
  expect(blueprint.types['Tree']).toMatchObject({ properties: { children: { items: {} } } });
  expect(blueprint.omitted).toMatchObject([{ code: 'reference-missing', severity: 'part' }]);
  expect(blueprint.omitted[0]?.reason).toContain('several schemas');
});
