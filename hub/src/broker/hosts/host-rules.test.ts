import { CounterpartError, hubError } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import type { HostRule } from '../../kernel/ports.ts';
import { assertReach, judgeTarget } from './host-rules.ts';

const manifest = (...entries: string[]): HostRule[] => entries.map((entry) => ({ entry, by: 'manifest' }));
const owner = (entry: string, path?: string): HostRule => ({ entry, by: 'owner', path });

function verdict(rules: readonly HostRule[], url: string, address?: string): string {
  try {
    const target = judgeTarget('shop', rules, url);
    if (address !== undefined) assertReach('shop', target, address);
    return 'open';
  } catch (error) {
    if (error instanceof CounterpartError) return error.code;
    throw error;
  }
}

describe('the hosts of a server', () => {
  const rules = manifest('api.shop.test:443', '*.files.test:443', 'any.test:*');

  test.each([
    ['https://api.shop.test/v1', 'open'],
    ['https://API.Shop.test:443/v1', 'open'],
    ['http://api.shop.test/v1', 'HOST_REFUSED'],
    ['https://api.shop.test:444/', 'HOST_REFUSED'],
    ['https://api.shop.test.evil.test/', 'HOST_REFUSED'],
    ['https://evil.test/?api.shop.test:443', 'HOST_REFUSED'],
    ['https://a.files.test/', 'open'],
    ['https://files.test/', 'HOST_REFUSED'],
    ['http://any.test:8080/', 'open'],
    ['https://api.shop.test@evil.test/', 'BROKER_REQUEST_INVALID'],
    ['https://user:word@api.shop.test/', 'BROKER_REQUEST_INVALID'],
    ['ftp://api.shop.test/', 'BROKER_REQUEST_INVALID'],
    ['/v1', 'BROKER_REQUEST_INVALID'],
    ['api.shop.test:443', 'BROKER_REQUEST_INVALID'],
    ['https://', 'BROKER_REQUEST_INVALID'],
    ['file:///etc/passwd', 'BROKER_REQUEST_INVALID'],
  ])('%s: %s', (url, expected) => {
    expect(verdict(rules, url)).toBe(expected);
  });

  test('the refusal names host, rule and fix', () => {
    expect(() => judgeTarget('shop', manifest('api.shop.test:443'), 'https://evil.test/x?y=z')).toThrow(
      'shop may not reach evil.test:443: it declares only api.shop.test:443.',
    );
    expect(() => judgeTarget('shop', [], 'https://evil.test/')).toThrow(
      expect.objectContaining({ message: 'shop may not reach evil.test:443: it declares no host.' }),
    );
    expect(hubError('HOST_REFUSED', { server: 'shop', host: 'evil.test:443' }).fix).toBe(
      'If it should, add "evil.test:443" to `network.allow` of shop in hub.config.json; for every hub, declare it in `permissions.net` of its manifest.json.',
    );
  });
});

test('a host that is denied is refused whatever else allows it, and the refusal says so', () => {
  const rules = [
    { ...owner('api.shop.test:443'), denied: true },
    ...manifest('*.shop.test:443'),
    owner('*:*'),
  ];
  expect(verdict(rules, 'https://api.shop.test/')).toBe('HOST_DENIED');
  expect(verdict(rules, 'https://www.shop.test/')).toBe('open');
  expect(() => judgeTarget('shop', rules, 'https://api.shop.test/')).toThrow(
    'shop may not reach api.shop.test:443: its owner denied it api.shop.test:443.',
  );
  expect(() => judgeTarget('shop', rules.slice(0, 2), 'https://evil.test/')).toThrow(
    'it declares only *.shop.test:443.',
  );
});

describe('what a name may lead to', () => {
  test.each([
    ['a declared name', manifest('a.test:80'), '1.1.1.1', 'open'],
    ['a declared name', manifest('a.test:80'), '10.0.0.1', 'ADDRESS_REFUSED'],
    ['a declared name', manifest('a.test:80'), '::ffff:127.0.0.1', 'ADDRESS_REFUSED'],
    ['the owner’s name', [owner('a.test:80')], '10.0.0.1', 'open'],
    ['the owner’s name', [owner('a.test:80')], '127.0.0.1', 'open'],
    ['the owner’s name', [owner('a.test:80')], '169.254.169.254', 'ADDRESS_REFUSED'],
    [
      'the owner’s name beside the manifest’s',
      [...manifest('a.test:80'), owner('a.test:80')],
      '10.0.0.1',
      'open',
    ],
    ['every name', manifest('*:*'), '192.168.0.1', 'ADDRESS_REFUSED'],
  ])('%s %j to %s: %s', (_, rules, address, expected) => {
    expect(verdict(rules, 'http://a.test/', address)).toBe(expected);
  });

  test.each([
    ['http://127.0.0.1:90/', manifest('127.0.0.1:90'), 'open'],
    ['http://2130706433:90/', manifest('127.0.0.1:90'), 'open'],
    ['http://0x7f.1:90/', manifest('api.test:90'), 'HOST_REFUSED'],
    ['http://127.0.0.1:90/', manifest('*:*'), 'ADDRESS_REFUSED'],
    ['http://127.0.0.1:90/', [owner('*:*')], 'open'],
    ['http://[::1]:90/', manifest('[::1]:90'), 'open'],
    ['http://[::ffff:10.0.0.1]/', manifest('*:80'), 'HOST_REFUSED'],
    ['http://169.254.169.254/', manifest('169.254.169.254:80'), 'open'],
    ['http://0.0.0.0/', manifest('0.0.0.0:80'), 'ADDRESS_REFUSED'],
    ['http://1.1.1.1/', manifest('*:80'), 'open'],
  ])('the address itself, %s with %j: %s', (url, rules, expected) => {
    expect(verdict(rules, url)).toBe(expected);
  });

  test('localhost that is declared is this machine and nothing else', () => {
    const rules = manifest('localhost:80');
    expect([
      verdict(rules, 'http://localhost/', '127.0.0.1'),
      verdict(rules, 'http://localhost/', '1.1.1.1'),
    ]).toEqual(['open', 'ADDRESS_REFUSED']);
  });

  test.each([
    ['/mirror/shop', 'open'],
    ['/mirror/shop/v1?x=/../', 'open'],
    ['/mirror/shop?x', 'open'],
    ['/mirror/shopping', 'HOST_REFUSED'],
    ['/mcp', 'HOST_REFUSED'],
    ['/mirror/shop/../../mcp', 'HOST_REFUSED'],
    ['/mirror/shop/%2e%2e/%2E%2E/mcp', 'HOST_REFUSED'],
  ])('where one path is open, %s: %s', (path, expected) => {
    const rules = [owner('127.0.0.1:90', '/mirror/shop')];
    expect(verdict(rules, `http://127.0.0.1:90${path}`)).toBe(expected);
  });
});
