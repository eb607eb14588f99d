import type { MessageSignature } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { isSignatureOf, signatureBase, signBase, signMessage } from './message-signature.ts';
import type { Signable } from './wire.ts';

/** The request and the keys of RFC 9421, appendix B. */
const request: Signable = {
  method: 'POST',
  url: 'https://example.com/foo?param=Value&Pet=dog',
  headers: {
    date: 'Tue, 20 Apr 2021 02:07:55 GMT',
    'content-type': 'application/json',
    'content-length': '18',
  },
  body: Buffer.from('{"hello": "world"}'),
};
const SHARED = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==';
const ED25519 = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----`;

const baseOf = (components: string[], keyid: string): string =>
  signatureBase(
    request,
    components,
    `(${components.map((one) => `"${one}"`).join(' ')});created=1618884473;keyid="${keyid}"`,
  ) ?? '';

test('a request is signed with a shared secret as in RFC 9421, B.2.5', () => {
  const base = baseOf(['date', '@authority', 'content-type'], 'test-shared-secret');
  const signature = signBase({ algorithm: 'hmac-sha256', keyEncoding: 'base64' }, base, SHARED);
  expect(signature.toString('base64')).toBe('pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=');
});

test('a request is signed with Ed25519 as in RFC 9421, B.2.6', () => {
  const components = ['date', '@method', '@path', '@authority', 'content-type', 'content-length'];
  const base = baseOf(components, 'test-key-ed25519');
  const signature = signBase({ algorithm: 'ed25519' }, base, ED25519);
  expect(signature.toString('base64')).toBe(
    'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
  );
  expect(isSignatureOf({ algorithm: 'ed25519' }, base, { key: ED25519, signature })).toBe(true);
});

test('what a request lacks is not covered, and a body brings its digest (RFC 9530)', () => {
  const scheme: MessageSignature = {
    form: 'message-signatures',
    algorithm: 'hmac-sha256',
    components: ['@method', '@query', 'content-digest', 'x-missing'],
    tag: 'app',
  };
  const { headers } = signMessage(scheme, request, { key: 'k', keyId: 'a"b' }, { now: 1_000, nonce: 'n' });
  expect(headers['content-digest']).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
  expect(headers['signature-input']).toBe(
    'sig1=("@method" "@query" "content-digest");created=1;nonce="n";keyid="a\\"b";alg="hmac-sha256";tag="app"',
  );
  expect(headers['signature']).toMatch(/^sig1=:[\w+/]+=*:$/);
});
