import type { Operation } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { createRouter, matchRoute } from './router.ts';

function operation(method: string, path: string, name: string, reserved: readonly string[] = []): Operation {
  const inPath = [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');
  return {
    name,
    description: name,
    tags: [],
    effect: 'read',
    idempotent: true,
    source: { pointer: `#/${name}` },
    input: { type: 'object', properties: Object.fromEntries(inPath.map((key) => [key, { type: 'string' }])) },
    http: {
      method,
      path,
      parameters: inPath.map((key) => ({
        key,
        name: key,
        in: 'path' as const,
        style: 'simple' as const,
        explode: false,
        required: true,
        ...(reserved.includes(key) ? { allowReserved: true } : {}),
      })),
      responses: [],
      accept: [],
    },
  };
}

const router = createRouter([
  operation('GET', '/pets/{petId}', 'get_pet'),
  operation('DELETE', '/pets/{id}', 'delete_pet'),
  operation('GET', '/pets/mine', 'my_pets'),
  operation('GET', '/Accounts/{Sid}.json', 'account'),
  operation('GET', '/Accounts/{Sid}.{format}', 'account_as'),
  operation('QUERY', '/search/', 'search'),
  operation('GET', '/files/{path}', 'file', ['path']),
  operation('GET', '/caf%C3%A9/{a}:{b}', 'pair'),
  operation('POST', '/rpc?action=start', 'start'),
  operation('POST', '/rpc?action=stop', 'stop'),
]);

/** The names of what matched first, with its parameters. */
function found(method: string, path: string, query = ''): unknown {
  const match = matchRoute(router, method, path, query);
  if (match.kind !== 'found') return match;
  const [first] = match.groups[0] ?? [];
  return { name: first?.operation.name, values: Object.fromEntries(first?.pathValues ?? []) };
}

describe('matchRoute', () => {
  test('prefers literal text to a parameter', () => {
    expect(found('GET', '/pets/mine')).toEqual({ name: 'my_pets', values: {} });
    expect(found('GET', '/pets/17')).toEqual({ name: 'get_pet', values: { petId: '17' } });
  });

  test('gives each operation of one shape its own parameter names', () => {
    expect(found('DELETE', '/pets/17')).toEqual({ name: 'delete_pet', values: { id: '17' } });
  });

  test('reads a parameter with a literal suffix, the longer literal first', () => {
    expect(found('GET', '/Accounts/AC1.json')).toEqual({ name: 'account', values: { Sid: 'AC1' } });
    expect(found('GET', '/Accounts/AC1.csv')).toEqual({
      name: 'account_as',
      values: { Sid: 'AC1', format: 'csv' },
    });
  });

  test('takes any method and either form of a trailing slash', () => {
    expect(found('QUERY', '/search')).toEqual({ name: 'search', values: {} });
    expect(found('QUERY', '/search/')).toEqual({ name: 'search', values: {} });
  });

  test('lets only a reserved parameter hold slashes', () => {
    expect(found('GET', '/files/a/b/c.txt')).toEqual({ name: 'file', values: { path: 'a/b/c.txt' } });
    expect(found('GET', '/pets/a/b')).toMatchObject({ kind: 'unknown' });
  });

  test('leaves parameter values encoded and compares literals decoded', () => {
    expect(found('GET', '/caf%c3%a9/x%2Fy:z')).toEqual({ name: 'pair', values: { a: 'x%2Fy', b: 'z' } });
  });

  test('tells templates apart by the query that stands in them', () => {
    expect(found('POST', '/rpc', 'action=stop')).toEqual({ name: 'stop', values: {} });
    expect(found('POST', '/rpc', 'action=start&x=1')).toEqual({ name: 'start', values: {} });
  });

  test('names the methods a path takes', () => {
    expect(found('PUT', '/pets/17')).toEqual({ kind: 'wrong-method', allow: ['DELETE', 'GET', 'HEAD'] });
  });

  test('answers HEAD where there is GET', () => {
    expect(matchRoute(router, 'HEAD', '/pets/17')).toMatchObject({ kind: 'found', bodyless: true });
  });

  test('lists near templates for a path nobody has', () => {
    expect(found('GET', '/pet/17/toys')).toEqual({
      kind: 'unknown',
      near: ['/pets/{petId}', '/pets/{id}', '/pets/mine'],
    });
  });
});
