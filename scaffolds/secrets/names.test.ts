import { expect, test } from 'vitest';
import { withoutShapes } from './forms.ts';
import { isSecretName } from './names.ts';

test.each([
  'password',
  'user[password]',
  'passwordHash',
  'X-Api-Key',
  'accessToken',
  'client_secret',
  'sessionId',
  'session_secret_id',
  'set-cookie',
  'csrf_token_value',
  'stripe-signature',
  'otp',
  'cardNumber',
  'license_key',
  'code_verifier',
  'iban',
])('what goes by %s is secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each([
  'next_page_token',
  'tokenType',
  'total_tokens',
  'token_expires_at',
  'password_changed_at',
  'otp_enabled',
  'credential_id',
  'signature_algorithm',
  'cookie_policy',
  'key',
  'keyboard',
  'author',
  'session_count',
  'spinning',
  'secretary',
])('what goes by %s is not', (name) => {
  expect(isSecretName(name)).toBe(false);
});

test('what was blanked in a form is left as it is, and the rest of its secrets go', () => {
  expect(withoutShapes('a=1&password=%5Bredacted%5D&token=abcdef')).toBe(
    'a=1&password=%5Bredacted%5D&token=[redacted]',
  );
});
