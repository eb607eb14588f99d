import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId } from '@counterpart/schemas';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { description, hasDescriptions } from '../../e2e/builder-workspace.ts';
import { arbitraryOf } from './arbitrary.ts';
import { judgeProperties } from './calls.ts';

const read = async (file: string) =>
  (await readOpenApi(await loadSource(description(file)), { id: ServerId.parse('mirror') })).blueprint;

describe.skipIf(!hasDescriptions)('requests generated from a description, sent to its mirror', () => {
  test.each([
    ['museum.yaml', 8],
    ['petstore.yaml', 14],
  ])('%s: valid ones are answered as declared, wrong ones refused', async (file, operations) => {
    const blueprint = await read(file);
    const found = await judgeProperties(blueprint, blueprint.operations, { runs: 4 });
    expect(found.broken).toEqual([]);
    expect(found.operations).toBeGreaterThanOrEqual(operations);
    expect(found.wrong).toBeGreaterThan(found.operations);
  });

  test('a mirror whose answers are not those of the description is found out', async () => {
    const blueprint = await read('museum.yaml');
    const others = blueprint.operations.map((operation) => ({
      ...operation,
      http: {
        ...operation.http,
        responses: operation.http.responses.map((response) => ({
          ...response,
          contents: response.contents.map((content) => ({ ...content, schema: { type: 'integer' } })),
        })),
      },
    }));
    const found = await judgeProperties(blueprint, others, { runs: 1 });
    expect(found.broken.length).toBeGreaterThan(4);
    expect(found.broken[0]).toMatch('not true to its schema');
  });
});

test('values are generated for what schemas say of them', () => {
  const types = {
    Cat: { type: 'object', required: ['lives'], properties: { lives: { type: 'integer', maximum: 9 } } },
  };
  const schema = {
    allOf: [{ $ref: '#/$defs/Cat' }],
    properties: {
      lives: { type: 'integer', minimum: 1, maximum: 9 },
      kin: { type: 'array', maxItems: 2, items: { $ref: '#/$defs/Cat' } },
      name: { type: ['string', 'null'], maxLength: 5 },
    },
  };
  const made = fc.sample(arbitraryOf(schema, types), { numRuns: 50, seed: 1 });
  expect(made.filter((one) => !/"lives":[1-9]\b/.test(JSON.stringify(one)))).toEqual([]);
  expect(new Set(made.map((one) => JSON.stringify(one))).size).toBeGreaterThan(30);
});
