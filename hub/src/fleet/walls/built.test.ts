import { readFileSync } from 'node:fs';
import { Manifest } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { databaseFiles, hostRules, insideEnvironment, type Inmate } from './built.ts';

const museum = Manifest.parse(JSON.parse(readFileSync('servers/museum/manifest.json', 'utf8')));
const manifest: Manifest = {
  ...museum,
  secrets: [{ name: 'MUSEUM_DATABASE_URL', scheme: 'database', required: true }],
};
const inmate = (url: string) => ({
  manifest,
  env: { MUSEUM_DATABASE_URL: url },
  override: undefined,
  directory: '/servers/museum',
  packageDir: '/servers/museum',
  entry: '/servers/museum/dist/server.js',
  mirrorUrl: 'http://127.0.0.1:1/mirror/museum',
  folders: [],
});

test('a database over a network is handed its password apart from the environment, and its host alone is opened', () => {
  const shop = inmate('postgres://ann:pass-word@db.example/shop?sslrootcert=/etc/own-ca.pem');
  const told = insideEnvironment(shop);
  expect(told).toMatchObject({ env: {}, handed: shop.env });
  expect(JSON.stringify([told.env, [...told.standIns]])).not.toContain('pass-word');
  expect(hostRules(shop)).toContainEqual({ entry: 'db.example:5432', by: 'owner' });
  expect(databaseFiles(shop)).toEqual(['/etc/own-ca.pem']);
});

test('a connection string that cannot be read is not shown to everybody either', () => {
  const { env, handed } = insideEnvironment(inmate('postgres//ann:pass-word@db'));
  expect([env, handed]).toEqual([{}, { MUSEUM_DATABASE_URL: 'postgres//ann:pass-word@db' }]);
});

test('a database behind a Unix socket is refused before a start, without its password', () => {
  const shop = inmate('postgres://ann:pass-word@%2Frun%2Fpostgresql/shop');
  expect(() => databaseFiles(shop)).toThrow(
    'museum cannot work inside walls: it asks postgresql://local/shop over a Unix socket, which stays outside',
  );
  expect(() => databaseFiles(shop)).not.toThrow('pass-word');
});

test('a database that is a file is read inside, by the address it has outside', () => {
  const file = inmate('sqlite:/data/shop.db');
  expect(databaseFiles(file)).toEqual(['/data/shop.db', '/data/shop.db-wal', '/data/shop.db-shm']);
  expect(insideEnvironment(file)).toMatchObject({ env: file.env, handed: {} });
  expect(databaseFiles({ manifest, env: {} })).toEqual([]);
});

test('hosts are those of the manifest, those the owner allows, and where the owner says that the service is', () => {
  const museum: Inmate = {
    ...inmate('sqlite:/data/shop.db'),
    manifest: { ...manifest, permissions: { ...manifest.permissions, net: ['api.example'] } },
    env: { MUSEUM_BASE_URL: 'https://own.example/v1' },
    override: { network: { allow: ['allowed.example'] } },
  };
  expect(hostRules(museum)).toEqual([
    { entry: 'api.example', by: 'manifest' },
    { entry: 'allowed.example', by: 'owner' },
    { entry: 'own.example:443', by: 'owner' },
  ]);
});

test('a server that speaks to its mirror reaches nothing else', () => {
  const museum: Inmate = {
    ...inmate('postgres://ann:pass-word@db.example/shop'),
    override: { target: 'mirror', network: { allow: ['allowed.example'] } },
  };
  expect(hostRules(museum)).toEqual([{ entry: '127.0.0.1:1', by: 'owner', path: '/mirror/museum' }]);
});
