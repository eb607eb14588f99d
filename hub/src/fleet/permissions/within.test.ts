import { expect, test } from 'vitest';
import { shopManifest } from '../../../../test/fixtures/shop-manifest.ts';
import { listPermissions } from './listed.ts';
import { deniedSchemes, withinPermissions, withoutDenied } from './within.ts';

const manifest = shopManifest({
  permissions: { net: ['*.shop.test:443'], files: ['a.csv', 'b.csv'] },
  secrets: [
    { name: 'SHOP_KEY', required: true, scheme: 'key' },
    { name: 'SHOP_NOTE', required: false },
  ],
});
const deny = { net: ['api.shop.test:443'], fs: ['a.csv'], secret: ['SHOP_KEY'] };
const override = { permissions: { deny }, env: { SHOP_KEY: 'k', SHOP_BASE_URL: 'http://10.0.0.1:8080/v1' } };

test('denied files and secrets are as if the manifest did not name them, whoever sets their values', () => {
  const { permissions, secrets } = withinPermissions(manifest, override);
  expect(permissions).toEqual({ net: ['*.shop.test:443'], files: ['b.csv'] });
  expect(secrets.map(({ name }) => name)).toEqual(['SHOP_NOTE']);
  expect(withoutDenied(override.env, override)).toEqual({ SHOP_BASE_URL: 'http://10.0.0.1:8080/v1' });
  expect(deniedSchemes(manifest, override)).toEqual(['key']);
  expect(withinPermissions(manifest, undefined)).toBe(manifest);
});

test('the list names all that was approved, set or denied, and what nothing holds the server to', () => {
  const found = {
    id: 'shop',
    directory: '/servers/shop',
    manifest,
    tools: undefined,
    contentHash: `sha256-${'0'.repeat(64)}`,
    sourceStamp: '',
  };
  const server = {
    id: 'shop',
    prefix: 'shop',
    enabled: true,
    hash: '',
    origin: { kind: 'built', found, override },
  } as const;
  const tools = [
    { tool: 'buy', enabled: false },
    { tool: 'look', enabled: true },
  ];
  const { permissions, walls, unheld } = listPermissions(server, tools, { walls: 'none' });
  expect(permissions.map((one) => `${one.capability} ${one.name} ${one.state} ${one.by}`)).toEqual([
    'net *.shop.test:443 allowed manifest',
    'net 10.0.0.1:8080 allowed owner',
    'net api.shop.test:443 denied owner',
    'fs a.csv denied owner',
    'fs b.csv allowed manifest',
    'secret SHOP_KEY denied owner',
    'secret SHOP_NOTE allowed manifest',
    'tool buy denied owner',
    'tool look allowed manifest',
  ]);
  expect([walls, unheld.length]).toEqual(['none', 1]);
  const named = { ...manifest, permissions: { net: ['api.shop.test:443'], files: [] } };
  const starred = { permissions: { deny: { net: ['*.shop.test:443'] } } };
  const origin = { kind: 'built', found: { ...found, manifest: named }, override: starred } as const;
  const covered = { ...server, origin };
  expect(listPermissions(covered, [], { walls: 'none' }).permissions[0]).toMatchObject({
    name: 'api.shop.test:443',
    state: 'denied',
  });
});
