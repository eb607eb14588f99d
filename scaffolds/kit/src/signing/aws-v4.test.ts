import { describe, expect, test } from 'vitest';
import { awsScopeOf } from './aws-host.ts';
import { awsHeaders } from './aws-v4.ts';

/** Vectors of the suite that AWS publishes for Signature Version 4, and the examples of its S3 documentation. */

const SUITE_KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const S3_KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const FORM = 'application/x-www-form-urlencoded';
const UNRESERVED = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const signatureIn = (headers: Record<string, string>): string | undefined =>
  /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1];

interface More {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}
type Vector = readonly [name: string, method: string, target: string, signature: string, more?: More];

const SUITE: readonly Vector[] = [
  ['get-vanilla', 'GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-query-unreserved',
    'GET',
    `/?${UNRESERVED}=${UNRESERVED}`,
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'get-vanilla-utf8-query',
    'GET',
    '/?ሴ=bar',
    '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  ],
  ['get-utf8', 'GET', '/ሴ', '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
  ['get-space', 'GET', '/example space/', '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
  ['get-relative', 'GET', '/example/..', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['get-slashes', 'GET', '//example//', '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
  [
    'get-slash-pointless-dot',
    'GET',
    '/./example',
    'ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5',
  ],
  [
    'get-header-value-trim',
    'GET',
    '/',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    { headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' } },
  ],
  [
    'post-vanilla-query',
    'POST',
    '/?Param1=value1',
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
  [
    'post-x-www-form-urlencoded',
    'POST',
    '/',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    { headers: { 'content-type': FORM }, body: 'Param1=value1' },
  ],
];

const named = (vectors: readonly Vector[]) =>
  vectors.map(([name, method, target, expected, { headers = {}, body = '' } = {}]) => ({
    name,
    method,
    target,
    expected,
    headers,
    body,
  }));

test.each(named(SUITE))('the suite’s $name is signed as published', (vector) => {
  const { method, target, expected, headers, body } = vector;
  const request = {
    method,
    url: `https://example.amazonaws.com${target}`,
    headers,
    body: Buffer.from(body),
  };
  const scope = { service: 'service', region: 'us-east-1' };
  const signed = awsHeaders(request, SUITE_KEYS, scope, Date.UTC(2015, 7, 30, 12, 36));
  expect(signatureIn(signed)).toBe(expected);
});

const S3: readonly Vector[] = [
  [
    'GET object',
    'GET',
    '/test.txt',
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    { headers: { range: 'bytes=0-9' } },
  ],
  [
    'PUT object',
    'PUT',
    '/test%24file.text',
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    {
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      body: 'Welcome to Amazon S3.',
    },
  ],
  ['GET lifecycle', 'GET', '/?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
  [
    'list objects',
    'GET',
    '/?max-keys=2&prefix=J',
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
];

test.each(named(S3))('the S3 example $name is signed as published', (vector) => {
  const { method, target, expected, headers, body } = vector;
  const url = `https://examplebucket.s3.amazonaws.com${target}`;
  const scope = awsScopeOf('examplebucket.s3.amazonaws.com') ?? { service: '', region: '' };
  const request = { method, url, headers, body: Buffer.from(body) };
  const signed = awsHeaders(request, S3_KEYS, scope, Date.UTC(2013, 4, 24));
  expect(signatureIn(signed)).toBe(expected);
});

test('a session token is sent and signed', () => {
  const request = { method: 'GET', url: 'https://a.test/', headers: {}, body: new Uint8Array() };
  const signed = awsHeaders(
    request,
    { ...SUITE_KEYS, sessionToken: 'tok' },
    { service: 'execute-api', region: 'eu-west-1' },
    0,
  );
  expect(signed['x-amz-security-token']).toBe('tok');
  expect(signed['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
});

describe('service and region', () => {
  test.each([
    ['dynamodb.eu-west-1.amazonaws.com', 'dynamodb', 'eu-west-1'],
    ['dynamodb-fips.us-gov-west-1.amazonaws.com', 'dynamodb', 'us-gov-west-1'],
    ['a1b2.execute-api.eu-central-1.amazonaws.com', 'execute-api', 'eu-central-1'],
    ['bucket.s3.amazonaws.com', 's3', 'us-east-1'],
    ['my.bucket.s3.dualstack.us-west-2.amazonaws.com', 's3', 'us-west-2'],
    ['s3-eu-west-1.amazonaws.com', 's3', 'eu-west-1'],
    ['email.us-east-1.amazonaws.com', 'ses', 'us-east-1'],
    ['runtime.sagemaker.us-east-2.amazonaws.com:443', 'sagemaker', 'us-east-2'],
    ['iam.amazonaws.com', 'iam', 'us-east-1'],
    ['search-x-abc.eu-west-1.es.amazonaws.com', 'es', 'eu-west-1'],
    ['ec2.cn-north-1.amazonaws.com.cn', 'ec2', 'cn-north-1'],
    ['abc.lambda-url.eu-west-3.on.aws', 'lambda', 'eu-west-3'],
    ['lambda.eu-west-3.api.aws', 'lambda', 'eu-west-3'],
  ])('%s is %s in %s', (host, service, region) => {
    expect(awsScopeOf(host)).toEqual({ service, region });
  });

  test('another host tells neither', () => {
    expect(awsScopeOf('api.example.com')).toBeUndefined();
  });
});
