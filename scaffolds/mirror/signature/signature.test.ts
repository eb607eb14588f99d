import { signRequest, type Signer } from '@counterpart/kit/signing';
import type { AuthScheme, Blueprint, RequestSignature } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { blueprintOf } from '../mirror-fixture.ts';
import { createMirror } from '../mirror.ts';

const NOW = Date.UTC(2026, 0, 2);
const KEY = 'mk_issued_key';

const byTemplate: RequestSignature = {
  form: 'template',
  algorithm: 'hmac-sha256',
  content: '{timestamp}.{nonce}.{method} {target}\n{body-digest}',
  places: [
    { in: 'header', name: 'X-Time', value: 't={timestamp},n={nonce}' },
    { in: 'header', name: 'X-Signature', value: 'v1={signature}' },
  ],
};
const inQuery: RequestSignature = {
  form: 'template',
  algorithm: 'hmac-sha512',
  content: '{query}{body}',
  timestamp: 'unix-ms',
  places: [
    { in: 'query', name: 'timestamp', value: '{timestamp}' },
    { in: 'query', name: 'signature', value: '{signature}' },
  ],
};
const byMessage: RequestSignature = {
  form: 'message-signatures',
  algorithm: 'hmac-sha256',
  components: ['@method', '@target-uri', 'content-type', 'content-digest'],
};

const SCHEMES: Readonly<Record<string, AuthScheme>> = {
  aws: { kind: 'aws-sigv4' },
  template: { kind: 'signature', signature: byTemplate },
  query: { kind: 'signature', signature: inQuery },
  message: { kind: 'signature', signature: byMessage },
};

function signerOf(name: string, key: string): Signer {
  const scheme = SCHEMES[name];
  return scheme?.kind === 'signature'
    ? { kind: 'signature', signature: scheme.signature, key, keyId: 'me', variable: 'X' }
    : {
        kind: 'aws-sigv4',
        accessKeyId: 'AK',
        secretAccessKey: key,
        sessionToken: 'st',
        service: undefined,
        region: 'eu-west-1',
        describedHost: undefined,
      };
}

function mirrorOf(name: string, issuedKey: string | undefined = KEY) {
  const plain = blueprintOf([
    {
      name: 'create_it',
      method: 'POST',
      path: '/it',
      body: { required: true, contents: [{ mediaType: 'application/json', kind: 'json', schema: true }] },
      responses: [{ status: '204', contents: [] }],
      auth: [{ [name]: [] }],
    },
  ]);
  const blueprint: Blueprint = { ...plain, auth: { ...plain.auth, schemes: { ...SCHEMES } } };
  return createMirror(blueprint, {
    strictAuth: true,
    ...(issuedKey === undefined ? {} : { issuedKey }),
    now: () => NOW,
  });
}

const PLAIN = {
  method: 'POST',
  url: 'http://mirror.test/it?x=1',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"n":1}'),
};

const signedWith = (name: string, { key = KEY, now = NOW } = {}) =>
  signRequest(PLAIN, [signerOf(name, key)], now);

type Signed = ReturnType<typeof signedWith>;

async function sent(mirror: ReturnType<typeof mirrorOf>, { method, url, headers, body }: Signed) {
  const request = new Request(url, {
    method,
    headers,
    body: body === undefined ? null : Uint8Array.from(body),
  });
  const response = await mirror.fetch(request);
  return { status: response.status, text: await response.text() };
}

describe.each(Object.keys(SCHEMES))('a request signed by %s', (name) => {
  test('with the issued key is taken, whatever is changed in it is refused', async () => {
    const mirror = mirrorOf(name);
    expect(await sent(mirror, signedWith(name))).toMatchObject({ status: 204 });
    const unsigned = await sent(mirror, { ...PLAIN });
    expect(unsigned.status).toBe(401);
    expect(unsigned.text).toContain('credential-missing');
    const changes: ((signed: Signed) => Signed)[] = [
      (signed) => ({ ...signed, body: Buffer.from('{"n":2}') }),
      (signed) => ({ ...signed, url: signed.url.replace('x=1', 'x=2') }),
    ];
    for (const change of changes)
      expect(await sent(mirror, change(signedWith(name)))).toMatchObject({ status: 401 });
  });

  test('with another key is refused, and the answer holds neither key', async () => {
    const { status, text } = await sent(mirrorOf(name), signedWith(name, { key: 'canary-key' }));
    expect(status).toBe(401);
    expect(text).toContain('not that of this request');
    expect(text).not.toMatch(/canary-key|mk_issued_key/);
  });

  test('an hour ago is refused with how far apart the clocks are', async () => {
    const { status, text } = await sent(mirrorOf(name), signedWith(name, { now: NOW - 3_600_000 }));
    expect(status).toBe(401);
    expect(text).toContain('3600 s');
  });

  test('is looked at for form and time only, where no key was issued', async () => {
    const mirror = createMirror(
      {
        ...blueprintOf([
          {
            name: 'get_it',
            path: '/it',
            responses: [{ status: '204', contents: [] }],
            auth: [{ [name]: [] }],
          },
        ]),
        auth: { schemes: { ...SCHEMES }, default: [] },
      },
      { strictAuth: true, now: () => NOW },
    );
    const plain = { ...PLAIN, method: 'GET', headers: {}, body: undefined };
    expect(await sent(mirror, signRequest(plain, [signerOf(name, 'any')], NOW))).toMatchObject({
      status: 204,
    });
    expect(await sent(mirror, plain)).toMatchObject({ status: 401 });
  });
});

test.each(['template', 'message'])('a nonce of %s is taken once', async (name) => {
  const mirror = mirrorOf(name);
  const signed = signedWith(name);
  expect((await sent(mirror, signed)).status).toBe(204);
  const again = await sent(mirror, signed);
  expect(again.status).toBe(401);
  expect(again.text).toContain('used before');
  expect((await sent(mirror, signedWith(name))).status).toBe(204);
});
