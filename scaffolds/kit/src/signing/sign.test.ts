import type { MessageSignature } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { signRequest, type Signer } from './sign.ts';

const signerOf = (algorithm: MessageSignature['algorithm']): Signer => ({
  kind: 'signature',
  signature: { form: 'message-signatures', algorithm, components: ['@method', '@path'] },
  key: 'canary, and no PEM',
  variable: 'TINY_SIGNING_KEY',
});
const request = (url: string) => ({ method: 'GET', url, headers: {} });
const ALGORITHMS = [
  'ed25519',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
] as const;

test.each(ALGORITHMS)(
  'a key that cannot sign with %s is told of by its variable, never by its text',
  (one) => {
    expect(() => signRequest(request('https://a.test/x'), [signerOf(one)])).toThrow(
      expect.objectContaining({ message: `The key in TINY_SIGNING_KEY cannot sign with ${one}.` }),
    );
  },
);

test.each(ALGORITHMS)('before a mirror on this machine any key stands in for one of %s', (one) => {
  const { headers } = signRequest(request('http://127.0.0.1:1/x'), [signerOf(one)]);
  expect(headers['signature']).toMatch(/^sig1=:[\w+/]+=*:$/);
});

test('an address that tells neither service nor region is signed for those that are set, described, or usual', () => {
  const aws: Signer = {
    kind: 'aws-sigv4',
    accessKeyId: 'AK',
    secretAccessKey: 's',
    service: undefined,
    region: undefined,
    describedHost: undefined,
  };
  const scopeOf = (signer: Signer): string | undefined =>
    /\/\d{8}\/(.+)\/aws4_request/.exec(
      signRequest(request('https://api.example.com/'), [signer]).headers['authorization'] ?? '',
    )?.[1];
  expect(scopeOf(aws)).toBe('us-east-1/execute-api');
  expect(scopeOf({ ...aws, describedHost: 'sqs.eu-west-2.amazonaws.com' })).toBe('eu-west-2/sqs');
  expect(scopeOf({ ...aws, service: 'osis', region: 'eu-north-1' })).toBe('eu-north-1/osis');
});
