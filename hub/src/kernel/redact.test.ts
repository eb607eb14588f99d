import { hubError } from '@counterpart/schemas';
import { expect, test } from 'vitest';
import { createRedactor, redactError } from './redact.ts';

const redactorOf = (...secrets: readonly string[]) => {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.add(secret);
  return redactor;
};

test('a secret is blanked out as it is, and as it looks in JSON, in an address and in base64', () => {
  const secret = 'p"ss wörd';
  const { redact } = redactorOf(secret);
  const forms = [
    secret,
    JSON.stringify({ secret }),
    `https://a.test/?key=${encodeURIComponent(secret)}`,
    Buffer.from(secret).toString('base64'),
  ];
  expect(forms.map(redact)).toEqual([
    '[redacted]',
    '{"secret":"[redacted]"}',
    'https://a.test/?key=[redacted]',
    '[redacted]',
  ]);
});

test('a secret that begins with another one is blanked out whole', () => {
  expect(redactorOf('secret-1', 'secret-1-long').redact('secret-1-long and secret-1')).toBe(
    '[redacted] and [redacted]',
  );
});

test('short values are ordinary words, and nothing is no secret', () => {
  const redactor = redactorOf('short', '');
  redactor.add(undefined);
  expect(redactor.redact('a short text')).toBe('a short text');
});

test('an error loses its secrets and the cause that quotes them; one without secrets stays as it is', () => {
  const { redact } = redactorOf('canary-1');
  const cause = new Error('canary-1');
  const error = redactError(
    hubError('UPSTREAM_LOST', { server: 'x', detail: 'said canary-1' }, { cause }),
    redact,
  );
  expect([error.code, error.message.includes('canary'), error.params, error.cause]).toEqual([
    'UPSTREAM_LOST',
    false,
    { server: 'x', detail: 'said [redacted]' },
    undefined,
  ]);
  const harmless = hubError('UPSTREAM_LOST', { server: 'x', detail: 'ended' }, { cause });
  expect(redactError(harmless, redact)).toBe(harmless);
});
