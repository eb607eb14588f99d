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

test('a credential of a SOAP header is in the body before that is signed, and in no text but the header', () => {
  const header = {
    name: 'Security',
    ns: 'urn:s',
    parts: ['Username', 'Password', 'Realm'].map((name) => ({
      path: [
        { name: 'Token', ns: 'urn:s' },
        { name, ns: 'urn:s' },
      ],
      setting: name,
      required: true,
    })),
  };
  const soap: Signer = { kind: 'soap-header', header, values: ['ann', '<Envelope>$&', undefined] };
  const sent = (text: string): string => {
    const one = { ...request('https://a.test/x'), method: 'POST', body: Buffer.from(text) };
    return Buffer.from(signRequest(one, [soap]).body ?? []).toString();
  };
  const token =
    '<Security xmlns="urn:s"><Token><Username>ann</Username><Password>&lt;Envelope&gt;$&amp;</Password></Token></Security>';
  const body = '<S:Body><a>&lt;S:Header&gt;</a></S:Body></S:Envelope>';
  const start = '<?xml version="1.0"?>\n<S:Envelope xmlns:S="urn:e">';
  expect(sent(`${start}${body}`)).toBe(`${start}<S:Header>${token}</S:Header>${body}`);
  expect(sent(`${start}<S:Header/>${body}`)).toBe(`${start}<S:Header>${token}</S:Header>${body}`);
  expect(sent(`${start}<S:Header><b/></S:Header>${body}`)).toBe(
    `${start}<S:Header>${token}<b/></S:Header>${body}`,
  );
  expect(sent('{"a":"<Envelope>"}')).toBe('{"a":"<Envelope>"}');
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
