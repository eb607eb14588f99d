import { describe, expect, test } from 'vitest';
import { blueprintOf, operationOf } from '../../testing/blueprint.ts';
import { permissionsOf, slotsOf } from './slots.ts';

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
