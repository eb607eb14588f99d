import { expect, test } from 'vitest';
import { endpointsOf, noEndpoint } from './endpoints.ts';

const at = endpointsOf({
  models: { GET: 'list' },
  'models/**': { GET: 'one' },
  'conversations/*/items': { GET: 'items', POST: 'add' },
  completions: { POST: 'write' },
});
const found = (method: string, path: string) => {
  const endpoint = at(path);
  return endpoint && [endpoint.handlerOf(method), ...endpoint.names];
};

test('an endpoint is found by its path, with the names in it, however it is written', () => {
  expect(found('GET', '/v1/models')).toEqual(['list']);
  expect(found('HEAD', '//v1/models//own/big%20one/')).toEqual(['one', 'own/big one']);
  expect(found('GET', '/v1/models/own%2Fbig')).toEqual(['one', 'own/big']);
  expect(found('POST', '/v1/conversations/c%2/items')).toEqual(['add', 'c%2']);
  expect(found('DELETE', '/v1/conversations/c/items')).toEqual([undefined, 'c']);
  expect([at('/v1/conversations/c/d/items'), at('/v1'), at('/v1/chat')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is asked in another way is told how it is asked', () => {
  expect(at('/v1/conversations/c/items')?.methods).toEqual(['GET', 'POST', 'HEAD', 'OPTIONS']);
  const methods = at('/v1/completions')?.methods;
  expect(methods).toEqual(['POST']);
  expect(noEndpoint('GET', '/v1/completions', methods)).toMatchObject({
    code: 'METHOD_UNFIT',
    params: { method: 'GET', methods: 'POST' },
  });
  expect(noEndpoint('GET', '/v1/none').code).toBe('ENDPOINT_UNKNOWN');
});
