import { Manifest, ServerId } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { builtEnvironment, builtVariables, commandEnvironment } from './environment.ts';

const manifest = Manifest.parse({
  id: 'my-api',
  version: '1.0.0',
  title: 'x',
  category: 'api',
  platform: 'x',
  scaffold: 'openapi@1',
  entry: 'dist/server.js',
  source: 'src/server.ts',
  permissions: { net: [], files: [] },
  config: [{ name: 'MY_API_BASE_URL', required: false }],
  secrets: [
    { name: 'MY_API_TOKEN', required: true },
    { name: 'MY_API_KEY', required: false },
  ],
  dependsOn: [],
  test: 'test/contract.test.ts',
  health: {},
  tools: {},
});
const host = { PATH: '/bin', HOME: '/home/me', AWS_SECRET: 'never', MY_API_TOKEN: 'from-host' };
const built = (override: object, overrideEnv = {}) =>
  builtEnvironment({ manifest, override, overrideEnv, host, mirrorUrl: 'http://m/mirror/my-api' });

test('a built server gets what its manifest declares and nothing else of the host', () => {
  expect(built({})).toEqual({
    env: { PATH: '/bin', MY_API_TOKEN: 'from-host' },
    missingSecrets: [],
    secretValues: ['from-host'],
  });
});

test('what the owner sets for a server beats the host', () => {
  expect(built({}, { MY_API_TOKEN: 'own', MY_API_BASE_URL: 'https://a.test' }).env).toEqual({
    PATH: '/bin',
    MY_API_TOKEN: 'own',
    MY_API_BASE_URL: 'https://a.test',
  });
});

test('a token that the server obtains by itself is not missing', () => {
  const oauth = [
    { name: 'MY_API_TOKEN', scheme: 'oauth', required: true },
    { name: 'MY_API_CLIENT_SECRET', scheme: 'oauth', required: false },
  ];
  const missing = (host: object): readonly string[] =>
    builtEnvironment({
      manifest: { ...manifest, secrets: oauth },
      override: {},
      overrideEnv: {},
      host: { ...host },
      mirrorUrl: 'http://m',
    }).missingSecrets;
  expect(missing({})).toEqual(['MY_API_TOKEN']);
  expect(missing({ MY_API_CLIENT_SECRET: 's' })).toEqual([]);
});

test('a server that speaks to its mirror never gets the real credential', () => {
  const { env, missingSecrets } = built({ target: 'mirror' });
  expect(env).toEqual({
    PATH: '/bin',
    MY_API_TOKEN: 'none-needed-by-the-mirror',
    MY_API_KEY: 'none-needed-by-the-mirror',
    MY_API_BASE_URL: 'http://m/mirror/my-api',
  });
  expect(missingSecrets).toEqual([]);
});

test('a connection string is left out where a server speaks to its mirror, and is not missing then', () => {
  const database = Manifest.parse({
    ...manifest,
    secrets: [{ name: 'MY_API_DATABASE_URL', scheme: 'database', required: true }],
  });
  const options = {
    manifest: database,
    overrideEnv: { MY_API_DATABASE_URL: 'postgres://me:word@db/shop' },
    host,
  };
  const mirrored = builtEnvironment({ ...options, override: { target: 'mirror' }, mirrorUrl: 'http://m' });
  expect(mirrored).toEqual({
    env: { PATH: '/bin', MY_API_BASE_URL: 'http://m' },
    missingSecrets: [],
    secretValues: [],
  });
  const real = builtEnvironment({ ...options, override: undefined, mirrorUrl: 'http://m' });
  expect(real.secretValues).toEqual(['postgres://me:word@db/shop']);
});

test('the mirror stands where the manifest says the address is, also for an id that begins with a digit', () => {
  const digit = { ...manifest, config: [{ name: 'S2FA_BASE_URL', required: false }] };
  const { env } = builtEnvironment({
    manifest: { ...digit, id: ServerId.parse('2fa') },
    override: { target: 'mirror' },
    overrideEnv: {},
    host: {},
    mirrorUrl: 'http://m/mirror/2fa',
  });
  expect(env['S2FA_BASE_URL']).toBe('http://m/mirror/2fa');
});

test('of client credentials the part that is not set is missing, and none beside a token', () => {
  const missing = (host: Record<string, string>): readonly string[] =>
    builtEnvironment({
      manifest: {
        ...manifest,
        secrets: [
          { name: 'MY_API_CLIENT_ID', scheme: 'oauth', required: true },
          { name: 'MY_API_CLIENT_SECRET', scheme: 'oauth', required: true },
          { name: 'MY_API_TOKEN', scheme: 'oauth', required: false },
        ],
      },
      override: {},
      overrideEnv: {},
      host,
      mirrorUrl: 'http://m',
    }).missingSecrets;
  expect([{}, { MY_API_CLIENT_ID: 'c' }, { MY_API_TOKEN: 't' }].map(missing)).toEqual([
    ['MY_API_CLIENT_ID', 'MY_API_CLIENT_SECRET'],
    ['MY_API_CLIENT_SECRET'],
    [],
  ]);
});

test('a required secret that is nowhere is named', () => {
  const { missingSecrets } = builtEnvironment({
    manifest,
    override: undefined,
    overrideEnv: {},
    host: {},
    mirrorUrl: '',
  });
  expect(missingSecrets).toEqual(['MY_API_TOKEN']);
});

test('a command gets the customary variables and its own, and its credentials are known as secrets', () => {
  expect(commandEnvironment({ API_KEY: 'k', REGION: 'eu' }, host)).toEqual({
    env: { PATH: '/bin', HOME: '/home/me', API_KEY: 'k', REGION: 'eu' },
    missingSecrets: [],
    secretValues: ['k'],
  });
});

test('any server trusts the certificates that its owner trusts', () => {
  const trust = { NODE_EXTRA_CA_CERTS: '/ca.pem', SSL_CERT_FILE: '/ca.pem', SSL_CERT_DIR: '/certs' };
  const around = { ...trust, REQUESTS_TOKEN: 'never' };
  expect(commandEnvironment({}, around).env).toEqual(trust);
  expect(builtVariables(around)).toEqual(trust);
});
