import { expect, test } from 'vitest';
import { createSchemaCompiler } from './schema-compiler.ts';

test('each property of a schema is checked by its own pattern', () => {
  const validate = createSchemaCompiler({}).compile({
    type: 'object',
    properties: {
      team: { type: 'string', pattern: '^T[A-Z0-9]{2,}$' },
      user: { type: 'string', pattern: '^U[A-Z0-9]{2,}$' },
      nested: { type: 'string', pattern: '^(?:a|bc)+$' },
      other: { type: 'string', pattern: '^(?:x|yz)+$' },
    },
  });
  expect(validate({ team: 'T01', user: 'U01', nested: 'abc', other: 'xyz' })).toBe(true);
  expect(validate({ team: 'U01' })).toBe(false);
  expect(validate({ user: 'T01' })).toBe(false);
  expect(validate({ other: 'abc' })).toBe(false);
});
