import { expect, test } from 'vitest';
import { addressOf, hostAllowed } from './address.ts';

test('an address keeps its path exactly as written', () => {
  expect(addressOf('https://A.test/x/%2E%2E/y?q=%20#f')).toEqual({
    protocol: 'https:',
    hostname: 'a.test',
    port: 443,
    host: 'a.test:443',
    path: '/x/%2E%2E/y?q=%20',
  });
  expect(addressOf('http://[::1]:81')).toEqual({
    protocol: 'http:',
    hostname: '::1',
    port: 81,
    host: '[::1]:81',
    path: '/',
  });
});

test('a host is allowed when it is named, or fits a star within names', () => {
  const allowed = ['api.a.test:443', '*.b.test:443', 'c.test:*'];
  const hosts = [
    'api.a.test:443',
    'api.a.test:80',
    'evil-api.a.test:443',
    'x.b.test:443',
    'b.test:443',
    'evilb.test:443',
    'x.b.test.evil:443',
    'c.test:8080',
  ];
  expect(hosts.map((host) => hostAllowed(host, allowed))).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    false,
    true,
  ]);
});
