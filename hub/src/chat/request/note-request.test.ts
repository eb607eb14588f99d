import { expect, test } from 'vitest';
import { clientIdOf } from './note-request.ts';

test.each([
  ['its own for requests', { 'x-client-request-id': 'trip-7', 'x-request-id': 'other' }, 'trip-7'],
  ['that of a proxy before the hub', { 'x-request-id': '4bf92f35-77b3' }, '4bf92f35-77b3'],
  ['one with what a log does not take', { 'x-client-request-id': 'a\tb "c"' }, undefined],
  ['one that is too long', { 'x-client-request-id': 'x'.repeat(129) }, undefined],
  ['none', {}, undefined],
])('the name of a client for its request is taken as far as it is plain: %s', (_, headers, id) => {
  expect(clientIdOf({ headers })).toBe(id);
});
