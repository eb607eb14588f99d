import { ServerId } from '@counterpart/schemas';
import { readSource } from '@counterpart/scaffolds/readers/read';
import { expect, test } from 'vitest';
import { verifyInput } from './verify-input.ts';

test('a change that wants a condition is verified with one that holds for whatever is there', async () => {
  const header = (required: boolean) => ({
    name: 'If-Match',
    in: 'header',
    required,
    schema: { type: 'string' },
  });
  const responses = { 200: { description: 'ok' } };
  const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
  const text = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'T', version: '1' },
    paths: {
      '/a/{id}': {
        put: { parameters: [id, header(true)], responses },
        patch: { parameters: [id, header(false)], responses },
      },
    },
  });
  const source = { text, location: 'api.json', sha256: `sha256-${'0'.repeat(64)}` };
  const { blueprint } = await readSource(source, { id: ServerId.parse('test') });
  const [put, patch] = blueprint.operations;
  if (put === undefined || patch === undefined) throw new Error('two operations');
  expect(await verifyInput(blueprint, put)).toMatchObject({ 'If-Match': '*' });
  expect(await verifyInput(blueprint, patch)).not.toMatchObject({ 'If-Match': '*' });
});
