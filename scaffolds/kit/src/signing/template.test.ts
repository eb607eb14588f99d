import { createHash, createHmac } from 'node:crypto';
import type { RequestSignature } from '@counterpart/schemas';
import { TemplateSignature } from '@counterpart/schemas/blueprint/signature';
import { describe, expect, test } from 'vitest';
import { signByTemplate, timestampOf, timestampText } from './template.ts';
import type { Signable } from './wire.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const request: Signable = {
  method: 'POST',
  url: 'https://api.test:8443/v1/orders?b=2&a=1',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"n":1}'),
};
const moment = { now: NOW, nonce: 'n-1' };
const sha = (text: string, key = 's3cret'): string => createHmac('sha256', key).update(text).digest('hex');

describe('a signature by template', () => {
  test('covers method, target, digest of the body, time and nonce, and goes into headers', () => {
    const scheme: RequestSignature = {
      form: 'template',
      algorithm: 'hmac-sha256',
      content: '{method}\n{target}\n{host}\n{timestamp}\n{nonce}\n{body-digest}\n{header:Content-Type}',
      places: [
        { in: 'header', name: 'X-Time', value: '{timestamp}' },
        { in: 'header', name: 'Authorization', value: 'HMAC id={key-id}, nonce={nonce}, sig={signature}' },
      ],
    };
    const { headers } = signByTemplate(scheme, request, { key: 's3cret', keyId: 'me' }, moment);
    const digest = createHash('sha256').update('{"n":1}').digest('hex');
    const content = `POST\n/v1/orders?b=2&a=1\napi.test:8443\n1767323045\nn-1\n${digest}\napplication/json`;
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-time': '1767323045',
      authorization: `HMAC id=me, nonce=n-1, sig=${sha(content)}`,
    });
  });

  test('over a query covers what its other places put there, and is put behind it', () => {
    const scheme: RequestSignature = {
      form: 'template',
      algorithm: 'hmac-sha256',
      content: '{query}{body}',
      timestamp: 'unix-ms',
      places: [
        { in: 'query', name: 'signature', value: '{signature}' },
        { in: 'query', name: 'timestamp', value: '{timestamp}' },
      ],
    };
    const { url } = signByTemplate(scheme, request, { key: 's3cret' }, moment);
    const query = 'b=2&a=1&timestamp=1767323045000';
    expect(url).toBe(`https://api.test:8443/v1/orders?${query}&signature=${sha(`${query}{"n":1}`)}`);
  });

  test('keys and signatures are written as the scheme says', () => {
    const scheme: RequestSignature = {
      form: 'template',
      algorithm: 'hmac-sha512',
      keyEncoding: 'base64',
      encoding: 'base64url',
      content: '{sorted-query}',
      places: [{ in: 'header', name: 'X-Signature', value: 'v1={signature}' }],
    };
    const { headers } = signByTemplate(scheme, request, { key: 'AAEC' }, moment);
    const expected = createHmac('sha512', Buffer.from([0, 1, 2]))
      .update('a=1&b=2')
      .digest('base64url');
    expect(headers['x-signature']).toBe(`v1=${expected}`);
  });
});

test.each(['unix', 'unix-ms', 'iso8601', 'http-date', undefined] as const)(
  'a time written as %s is read back',
  (form) => {
    expect(timestampOf(form, timestampText(form, NOW))).toBe(NOW);
    expect(timestampOf(form, 'yesterday')).toBeNaN();
  },
);

test.each([
  [{ content: '{method} {secret}' }, 'a template knows'],
  [{ places: [{ in: 'header', name: 'X', value: 'nothing' }] }, 'exactly one place holds {signature}'],
  [{ content: '{timestamp}' }, 'is sent in a place too'],
  [{ content: '{signature}' }, 'content does not hold {signature}'],
])('a scheme that cannot be checked is refused: %j', (part, message) => {
  const scheme = {
    form: 'template',
    algorithm: 'hmac-sha256',
    content: '{body}',
    places: [{ in: 'header', name: 'X', value: '{signature}' }],
    ...part,
  };
  expect(TemplateSignature.safeParse(scheme).error?.message).toContain(message);
});
