import { expect, test } from 'vitest';
import { resolveReferences } from './references.ts';

const env = { TOKEN: 's3cret', EMPTY: '' };
const resolve = (text: string) => resolveReferences(text, env, 'The server weather');

test.each([
  ['Bearer ${env:TOKEN}', 'Bearer s3cret'],
  ['${TOKEN}:${env:TOKEN}', 's3cret:s3cret'],
  ['${MISSING:-fallback}', 'fallback'],
  ['${EMPTY:-fallback}', 'fallback'],
  ['${EMPTY}', ''],
  ['${env:MISSING:-}', ''],
  ['costs $5 {TOKEN} $TOKEN ${not a name}', 'costs $5 {TOKEN} $TOKEN ${not a name}'],
])('%s becomes %s', (text, resolved) => {
  expect(resolve(text)).toBe(resolved);
});

test('a value that looks like a reference is not resolved again', () => {
  expect(resolveReferences('${A}', { A: '${B}' }, 'x')).toBe('${B}');
});

test('a variable that is not set is named, values are not', () => {
  expect(() => resolve('${TOKEN} ${MISSING}')).toThrow(
    expect.objectContaining({
      code: 'CONFIG_REFERENCE_MISSING',
      message: 'The server weather refers to the environment variable MISSING, which is not set.',
    }),
  );
});
