import { expect, test } from 'vitest';
import { resolveReferences } from './references.ts';

const env = { TOKEN: 's3cret', EMPTY: '' };
const secrets = { TOKEN: 'of the vault' };
const resolve = (text: string) => resolveReferences(text, { env, secrets }, 'The server weather');

test.each([
  ['Bearer ${env:TOKEN}', 'Bearer s3cret'],
  ['${TOKEN}:${env:TOKEN}', 's3cret:s3cret'],
  ['${MISSING:-fallback}', 'fallback'],
  ['${EMPTY:-fallback}', 'fallback'],
  ['${EMPTY}', ''],
  ['${env:MISSING:-}', ''],
  ['Bearer ${secret:TOKEN}', 'Bearer of the vault'],
  ['${secret:EMPTY:-fallback}', 'fallback'],
  ['costs $5 {TOKEN} $TOKEN ${not a name}', 'costs $5 {TOKEN} $TOKEN ${not a name}'],
])('%s becomes %s', (text, resolved) => {
  expect(resolve(text)).toBe(resolved);
});

test('a value that looks like a reference is not resolved again', () => {
  expect(resolveReferences('${A}', { env: { A: '${B}' }, secrets }, 'x')).toBe('${B}');
});

test('a variable that is not set is named, values are not', () => {
  expect(() => resolve('${TOKEN} ${MISSING}')).toThrow(
    expect.objectContaining({
      code: 'CONFIG_REFERENCE_MISSING',
      message: 'The server weather refers to the environment variable MISSING, which is not set.',
    }),
  );
});

test('a secret that is not stored is named with the command that stores it; the environment does not stand in', () => {
  expect(() => resolve('${secret:EMPTY}')).toThrow(
    expect.objectContaining({
      code: 'CONFIG_SECRET_MISSING',
      message: 'The server weather refers to the secret EMPTY, which is not stored.',
    }),
  );
});
