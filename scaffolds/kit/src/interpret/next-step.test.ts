import { expect, test } from 'vitest';
import { blueprintOf, operationOf, parameterOf } from '../testing/blueprint.ts';
import { inputNameOf, nextStepFor } from './next-step.ts';

const id = parameterOf('pet_id', { name: 'petId', in: 'path', required: true });
const list = operationOf({ path: '/pets' }, { name: 'list_pets' });
const get = operationOf({ path: '/pets/{petId}', parameters: [id] }, { name: 'get_pet' });
const update = operationOf(
  {
    path: '/pets/{petId}',
    method: 'PUT',
    parameters: [id, parameterOf('created_gte', { name: 'created[gte]' })],
    body: {
      required: true,
      contents: [{ mediaType: 'application/json', kind: 'json', schema: true }],
      renames: { '**': { type_: '$type' } },
    },
  },
  {
    name: 'update_pet',
    effect: 'write',
    auth: [{ login: ['pets:write', 'pets:read'] }, { key: [] }],
    input: { type: 'object', properties: { body: { type: 'object', properties: { name: {}, type_: {} } } } },
  },
);
const photos = operationOf({ path: '/pets/{petId}/photos', parameters: [id] }, { name: 'list_photos' });
const blueprint = blueprintOf({
  operations: [list, get, update, photos],
  auth: {
    schemes: { login: { kind: 'oauth2', flows: {} }, key: { kind: 'api-key', in: 'header', name: 'X-Key' } },
    default: [],
  },
});

test.each([
  [
    update,
    [],
    401,
    'The service wants credentials: set TINY_TOKEN, or TINY_API_KEY, with `hub secret set` where a hub runs this server, else in its environment.',
  ],
  [
    update,
    ['TINY_TOKEN'],
    401,
    'The credentials in TINY_TOKEN were refused: check that they are current and meant for this service.',
  ],
  [
    update,
    ['TINY_TOKEN'],
    403,
    'What TINY_TOKEN holds may not do this. It needs the scopes pets:write, pets:read: use credentials with it, or ask for less.',
  ],
  [get, [], 403, undefined],
  [
    get,
    [],
    404,
    'What pet_id names does not exist, or is not visible to these credentials. list_pets tells which there are.',
  ],
  [
    photos,
    [],
    404,
    'What pet_id names does not exist, or is not visible to these credentials. list_pets tells which there are.',
  ],
  [list, [], 404, undefined],
  [update, [], 409, 'It clashes with the present state: see with get_pet how it is now, then decide.'],
  [get, [], 500, undefined],
])('%# the next step names what this service has', (operation, sent, status, step) => {
  expect(nextStepFor({ blueprint, operation, sent, env: () => undefined }, status)).toBe(step);
});

test.each([
  ['petId', 'pet_id'],
  ['path.petId', 'pet_id'],
  ['created[gte]', 'created_gte'],
  ['name', 'body.name'],
  ['/name', 'body.name'],
  ['body.$type', 'body.type_'],
  ['/data/attributes/name', 'body.data.attributes.name'],
  ['tags[0]', 'tags[0]'],
  ['unknown', 'unknown'],
])('a service says %s and the caller knows it as %s', (field, key) => {
  expect(inputNameOf(update, field)).toBe(key);
});
