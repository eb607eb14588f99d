import { expect, test } from 'vitest';
import { fitDefinition } from './fit-definition.ts';

const wide = (name: string, size: number, refers: string[] = []) => ({
  description: name.repeat(Math.ceil(size / name.length)),
  properties: Object.fromEntries(refers.map((type) => [type, { $ref: `#/$defs/${type}` }])),
});

const definition = (types: object) => ({
  name: 'do_it',
  inputSchema: { type: 'object', properties: { body: { $ref: '#/$defs/Near' } }, $defs: types },
  outputSchema: { type: 'object', description: 'x'.repeat(10_000) },
});

test('a definition of usual size stays as it is', () => {
  const small = definition({ Near: wide('n', 100) });
  expect(fitDefinition(small)).toBe(small);
});

test('the schema of the answer goes first', () => {
  const { outputSchema: _gone, ...rest } = definition({ Near: wide('n', 20_000) });
  expect(fitDefinition(definition({ Near: wide('n', 20_000) }))).toEqual(rest);
});

test('then the types farthest from the root are left open, each still by its name', () => {
  const types = {
    Far: wide('f', 15_000, ['Near']),
    Near: wide('n', 10_000, ['Far', 'Other']),
    Other: wide('o', 5_000),
    Stranger: wide('s', 5_000),
  };
  const fitted = fitDefinition(definition(types));
  expect(JSON.stringify(fitted).length).toBeLessThanOrEqual(24_000);
  expect(fitted).not.toHaveProperty('outputSchema');
  expect(fitted['inputSchema']).toMatchObject({
    $defs: {
      Near: types.Near,
      Far: { description: expect.stringContaining('Left out here') as string },
      Other: types.Other,
    },
  });
});
