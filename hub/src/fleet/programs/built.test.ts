import { expect, test } from 'vitest';
import { shopManifest } from '../../../../test/fixtures/shop-manifest.ts';
import { environmentOf, type BuiltOrigin } from './built.ts';
import type { Lookup } from './lookup.ts';

const manifest = shopManifest({
  permissions: { net: ['shop.test:443'], files: [] },
  secrets: [
    { name: 'SHOP_TOKEN', required: true, scheme: 'sign_in' },
    { name: 'SHOP_KEY', required: false, scheme: 'key' },
  ],
});

/** Somebody signed in to both schemes. */
const lookup = {
  host: {},
  given: { values: {}, revoked: [], own: [], schemes: ['sign_in', 'key'] },
  mirrorUrl: () => 'http://mirror.test',
  lend: () => ({ url: 'http://hub.test/lend', key: 'k' }),
  redactor: { add: () => undefined },
  inbox: { folderOf: () => '' },
} as unknown as Lookup;

test('a server is lent no token of a sign-in whose secret its owner denied', () => {
  const origin = (secret: string[]) =>
    ({ kind: 'built', found: { manifest }, override: { permissions: { deny: { secret } } } }) as BuiltOrigin;
  const lent = (secret: string[]) => {
    const { env } = environmentOf(origin(secret), manifest, lookup);
    return Object.values(env).join();
  };
  expect(lent([])).toContain('"schemes":["sign_in","key"]');
  expect(lent(['SHOP_TOKEN'])).toContain('"schemes":["key"]');
  expect(lent(['SHOP_TOKEN', 'SHOP_KEY'])).not.toContain('http://hub.test/lend');
});
