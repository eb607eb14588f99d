import { bindInput } from '@counterpart/kit';
import type { Json } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { operationAt, readText } from '../../readers/openapi/testing.ts';
import { createMirror } from '../mirror.ts';

const pet = {
  type: 'object',
  required: ['id', 'name'],
  xml: { name: 'pet', prefix: 'p', namespace: 'urn:pets' },
  properties: {
    id: { type: 'integer', xml: { attribute: true } },
    name: { type: 'string' },
    good: { type: 'boolean' },
    photos: { type: 'array', xml: { wrapped: true }, items: { type: 'string', xml: { name: 'photo' } } },
    tags: { type: 'array', items: { type: 'integer', xml: { name: 'tag' } } },
    mother: { $ref: '#/components/schemas/Pet' },
  },
};
const content = { 'application/xml': { schema: { $ref: '#/components/schemas/Pet' } } };
const described = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'http://pets.test' }],
  paths: {
    '/pets': {
      post: {
        operationId: 'addPet',
        requestBody: { required: true, content },
        responses: { '201': { description: 'It.', content } },
      },
    },
    '/pets/{id}': {
      get: {
        operationId: 'getPet',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: {
          '200': {
            description: 'It.',
            content: { ...content, 'application/json': content['application/xml'] },
          },
        },
      },
    },
  },
  components: { schemas: { Pet: pet } },
};

async function openPets() {
  const { blueprint } = await readText(described);
  const mirror = createMirror(blueprint, { unknownIds: 'refuse' });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await mirror.fetch(new Request(`http://pets.test${path}`, init));
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  };
  return { blueprint, ask };
}

const value: Json = {
  id: 7,
  name: 'Ann & <Bo>',
  good: true,
  photos: ['a'],
  tags: [1],
  mother: { id: 8, name: '12', photos: [], tags: [2, 3] },
};

test('what a server writes as XML a mirror reads, keeps, and answers as XML or JSON, as it is asked', async () => {
  const { blueprint, ask } = await openPets();
  const { http } = operationAt(blueprint, 'POST /pets');
  const { headers, body } = bindInput(http, { body: value });
  const init = { method: 'POST', headers: { ...headers }, body: Uint8Array.from(body ?? []) };
  const made = await ask('/pets', init);
  expect(made).toMatchObject({ status: 201, type: 'application/xml' });
  const json = await ask('/pets/7', { headers: { accept: 'application/json' } });
  expect(JSON.parse(json.text)).toEqual(value);
  const xml = await ask('/pets/7', { headers: { accept: 'application/xml' } });
  expect(xml.text).toBe(Buffer.from(body ?? []).toString());
});

test.each([
  ['<pet id="x"><name>a</name></pet>', 422],
  ['<pet><name>a</name></pet>', 422],
  ['<pet id="1"><name>a</nam></pet>', 400],
  ['{"id":1}', 400],
])('a document that is not as described is refused: %s', async (body, status) => {
  const { ask } = await openPets();
  const answer = await ask('/pets', { method: 'POST', headers: { 'content-type': 'application/xml' }, body });
  expect(answer.status).toBe(status);
});
