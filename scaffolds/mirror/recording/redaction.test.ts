import { describe, expect, test } from 'vitest';
import { createRedaction } from './redaction.ts';
import { isSecretName } from '../../secrets/names.ts';

const redaction = createRedaction(
  { auth: { schemes: { key: { kind: 'api-key', in: 'header', name: 'X-Shop' } }, default: [] } },
  { secrets: ['tok-from-caller'], names: ['iban'] },
);

describe('what must not be written down', () => {
  test.each([
    ['Authorization', true],
    ['X-Api-Key', true],
    ['accessToken', true],
    ['client_secret', true],
    ['sessionId', true],
    ['session_key', true],
    ['next_page_token', false],
    ['tokenType', false],
    ['total_tokens', false],
    ['author', false],
    ['key', false],
    ['keyboard', false],
    ['session_count', false],
  ])('the name %s is secret: %s', (name, secret) => {
    expect(isSecretName(name)).toBe(secret);
  });

  test('headers are blanked by the names of the description, of the settings and by their words', () => {
    expect(['x-shop', 'IBAN', 'cookie', 'accept'].map((name) => redaction.named(name, 'text/plain'))).toEqual(
      ['[redacted]', '[redacted]', '[redacted]', 'text/plain'],
    );
  });

  test('a JSON body keeps its shape and its types, and stays byte for byte when nothing in it is secret', () => {
    const secret = '{"user":{"password":"p","pin":1234,"tokens":[{"access_token":"abc"}]},"n":1.0}';
    expect(redaction.body('application/json', secret)).toBe(
      '{"user":{"password":"[redacted]","pin":0,"tokens":[{"access_token":"[redacted]"}]},"n":1}',
    );
    expect(redaction.body('application/json', '{"pin":9007199254740993,"id":9007199254740993}')).toBe(
      '{"pin":0,"id":9007199254740993}',
    );
    expect(redaction.body('application/json', '{ "n": 1.0 }')).toBe('{ "n": 1.0 }');
  });

  test('a body that breaks off, lines of JSON, forms, parts and markup are blanked by their names', () => {
    const bodies: [string, string][] = [
      ['application/json', '{"ok":1,"password":"p4ss'],
      ['application/x-ndjson', '{"token":"a"}\n{"b":1}'],
      ['application/x-www-form-urlencoded', 'user=u&password=p%20q&b=1'],
      [
        'multipart/form-data; boundary=x',
        '--x\r\nContent-Disposition: form-data; name="secret"\r\n\r\nabc\r\n--x--',
      ],
      ['application/xml', '<a><password>p</password><b secret="s">t</b></a>'],
    ];
    expect(bodies.map(([type, body]) => redaction.body(type, body))).toEqual([
      '{"ok":1,"password":"[redacted]"',
      '{"token":"[redacted]"}\n{"b":1}',
      'user=u&password=%5Bredacted%5D&b=1',
      '--x\r\nContent-Disposition: form-data; name="secret"\r\n\r\n[redacted]\r\n--x--',
      '<a><password>[redacted]</password><b secret="[redacted]">t</b></a>',
    ]);
  });

  test('a credential that comes back under another name, and texts that look like tokens, are blanked', () => {
    expect(redaction.body('application/json', '{"echo":"tok-from-caller"}')).toBe('{"echo":"[redacted]"}');
    expect(redaction.text('https://user:pa55@host/x')).toBe('https://[redacted]@host/x');
    expect(redaction.text(`see ghp_${'a'.repeat(36)} and AKIA${'A'.repeat(16)}`)).toBe(
      'see [redacted] and [redacted]',
    );
  });
});
