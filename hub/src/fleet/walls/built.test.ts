import { readFileSync } from 'node:fs';
import { Manifest } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { databaseFile, insideEnvironment } from './built.ts';

const museum = Manifest.parse(JSON.parse(readFileSync('servers/museum/manifest.json', 'utf8')));
const manifest: Manifest = {
  ...museum,
  secrets: [{ name: 'MUSEUM_DATABASE_URL', scheme: 'database', required: true }],
};

test('a database that needs a network and a password is refused before a start, by its address without the password', () => {
  const env = { MUSEUM_DATABASE_URL: 'postgres://ann:pass-word@db.example/shop' };
  expect(() => databaseFile({ manifest, env })).toThrow(
    'museum cannot work inside walls: it asks postgresql://db.example:5432/shop, whose protocol the broker does not relay',
  );
  expect(() => databaseFile({ manifest, env })).not.toThrow('pass-word');
});

test('a database that is a file is read inside, by the address it has outside', () => {
  const env = { MUSEUM_DATABASE_URL: 'sqlite:/data/shop.db' };
  expect(databaseFile({ manifest, env })).toBe('/data/shop.db');
  expect(insideEnvironment({ manifest, env }).env).toEqual(env);
  expect(databaseFile({ manifest, env: {} })).toBeUndefined();
});
