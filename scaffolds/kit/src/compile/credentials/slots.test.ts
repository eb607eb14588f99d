import { describe, expect, test } from 'vitest';
import { blueprintOf, operationOf } from '../../testing/blueprint.ts';
import { permissionsOf, slotsOf } from './slots.ts';
import { tokenUrlOf } from './token-urls.ts';

describe('slots', () => {
  test('name every variable of addresses, limits and used schemes, and no others', () => {
    const blueprint = blueprintOf({
      servers: [
        {
          url: 'https://{region}.a.test',
          variables: { region: { default: 'eu', enum: ['eu', 'us'], description: 'Where.' } },
        },
      ],
      auth: {
        schemes: {
          a: { kind: 'bearer' },
          b: { kind: 'basic', description: 'Login.' },
          unused: { kind: 'api-key', in: 'query', name: 'k' },
        },
        default: [{ a: [] }, { b: [] }],
      },
      operations: [operationOf()],
    });
    const { config, secrets } = slotsOf(blueprint);
    expect(config.map(({ name, default: usual, required }) => [name, usual, required])).toEqual([
      ['TINY_BASE_URL', 'https://{region}.a.test', false],
      ['TINY_REGION', 'eu', false],
      ['TINY_MAX_RESULT_BYTES', '102400', false],
      ['TINY_TIMEOUT_MS', '60000', false],
    ]);
    expect(secrets).toEqual([
      { name: 'TINY_TOKEN', scheme: 'a', required: false },
      { name: 'TINY_USERNAME', scheme: 'b', description: 'Login.', required: false },
      { name: 'TINY_PASSWORD', scheme: 'b', description: 'Login.', required: false },
    ]);
  });

  test('two schemes of one kind carry their own names', () => {
    const auth = {
      schemes: { userAuth: { kind: 'oauth2', flows: {} }, 'app-auth': { kind: 'oauth2', flows: {} } },
      default: [{ userAuth: [], 'app-auth': [] }],
    } as const;
    const blueprint = blueprintOf({ auth: structuredClone(auth) as never, operations: [operationOf()] });
    expect(slotsOf(blueprint).secrets.map(({ name, required }) => [name, required])).toEqual([
      ['TINY_USER_AUTH_TOKEN', true],
      ['TINY_APP_AUTH_TOKEN', true],
    ]);
  });

  test('tokens that are had beside a base URL nobody knows yet can be obtained by the server itself', () => {
    const flows = { clientCredentials: { tokenUrl: '../oauth/token', scopes: {} } };
    const blueprint = blueprintOf({
      servers: [{ url: '/api/v2' }],
      auth: { schemes: { cc: { kind: 'oauth2', flows } }, default: [{ cc: [] }] },
      operations: [operationOf()],
    });
    const { config, secrets } = slotsOf(blueprint);
    expect(secrets.map(({ name }) => name)).toEqual([
      'TINY_CLIENT_ID',
      'TINY_CLIENT_SECRET',
      'TINY_TOKEN',
      'TINY_REFRESH_TOKEN',
    ]);
    expect(config.find(({ name }) => name === 'TINY_TOKEN_URL')).toEqual({
      name: 'TINY_TOKEN_URL',
      description: 'Where access tokens are obtained.',
      required: false,
    });
    const names = { tokenUrl: 'TINY_TOKEN_URL' };
    const scheme = { kind: 'oauth2', flows } as const;
    const urlWith = (env: Record<string, string>): string | undefined =>
      tokenUrlOf(blueprint, scheme, names, (name) => env[name]);
    expect(urlWith({})).toBeUndefined();
    expect(urlWith({ TINY_BASE_URL: 'https://a.test/api/v2' })).toBe('https://a.test/oauth/token');
    expect(urlWith({ TINY_BASE_URL: 'https://a.test', TINY_TOKEN_URL: 'https://b.test/t' })).toBe(
      'https://b.test/t',
    );
  });

  test('of a service for programs the client credentials are needed, and a token is not', () => {
    const flow = { tokenUrl: 'https://a.test/token', scopes: {} };
    const needed = (flows: Record<string, typeof flow>): string[] =>
      slotsOf(
        blueprintOf({
          auth: { schemes: { a: { kind: 'oauth2', flows } }, default: [{ a: [] }] },
          operations: [operationOf()],
        }),
      ).secrets.flatMap(({ name, required }) => (required ? [name] : []));
    expect(needed({ clientCredentials: flow })).toEqual(['TINY_CLIENT_ID', 'TINY_CLIENT_SECRET']);
    expect(needed({ clientCredentials: flow, authorizationCode: flow })).toEqual(['TINY_TOKEN']);
    expect(needed({ clientCredentials: { ...flow, tokenUrl: '' } })).toEqual(['TINY_TOKEN']);
  });

  test('a base URL is required when the description has no absolute one', () => {
    const blueprint = blueprintOf({ servers: [{ url: '/api' }], operations: [operationOf()] });
    expect(slotsOf(blueprint).config[0]).toMatchObject({ name: 'TINY_BASE_URL', required: true });
  });
});

describe('permissions', () => {
  test('are the hosts of all servers, with enums spelled out and free parts as a star', () => {
    const servers = [
      { url: 'https://api.a.test/v1' },
      { url: 'http://b.test:8080' },
      { url: 'https://{r}.c.test', variables: { r: { default: 'eu', enum: ['eu', 'us'] } } },
      { url: 'https://{tenant}.d.test', variables: { tenant: { default: 'x' } } },
      { url: '{protocol}://{host}:{port}', variables: { host: { default: 'x' } } },
      { url: '/relative' },
    ];
    const operations = [operationOf({ servers: [{ url: 'https://uploads.a.test' }] })];
    expect(permissionsOf(blueprintOf({ servers, operations }))).toEqual([
      '*.d.test:443',
      'api.a.test:443',
      'b.test:8080',
      'eu.c.test:443',
      'uploads.a.test:443',
      'us.c.test:443',
    ]);
  });
});
