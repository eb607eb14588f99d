import { expect, test } from 'vitest';
import { referencedSecrets, referencedVariables, resolveReferences } from './references.ts';

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

test('a default may refer on: what a person stored is preferred to what the machine holds', () => {
  const text = 'Bearer ${secret:OWN:-${env:SYSTEM:-none}}';
  const resolved = (own: Record<string, string>, system: Record<string, string>) =>
    resolveReferences(text, { env: system, secrets: own }, 'x');
  expect([
    resolved({ OWN: 'mine' }, { SYSTEM: 'its' }),
    resolved({}, { SYSTEM: 'its' }),
    resolved({ OWN: '' }, {}),
  ]).toEqual(['Bearer mine', 'Bearer its', 'Bearer none']);
  expect([referencedSecrets(text), referencedVariables(text)]).toEqual([['OWN'], ['SYSTEM']]);
});
