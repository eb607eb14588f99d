import { readOpenApi } from '@counterpart/scaffolds/readers/openapi/read';
import { loadSource } from '@counterpart/scaffolds/readers/source';
import { ServerId } from '@counterpart/schemas';
import { describe, expect, test } from 'vitest';
import { description, hasDescriptions } from '../../e2e/builder-workspace.ts';
import { choose } from '../operation-places.ts';
import { judgeContract } from './contract.ts';
import { Deframer } from './deframer.ts';
import { agreement, knownOf } from './likeness.ts';
import { judgeLives } from './lives.ts';

describe.skipIf(!hasDescriptions)('mirrors of real descriptions', () => {
  test.each([
    ['museum.yaml', 6, 90],
    ['notion.json', 8, 90],
  ])(
    '%s: every body is true to its schema, and every request that is wrong in one place is refused',
    async (file, bodies, mutants) => {
      const { blueprint } = await readOpenApi(await loadSource(description(file)), {
        id: ServerId.parse('mirror'),
      });
      const found = await judgeContract(blueprint, choose(blueprint.operations, 10));
      expect([found.invalid, found.taken]).toEqual([[], []]);
      expect(found.bodies).toBeGreaterThanOrEqual(bodies);
      expect(found.mutants).toBeGreaterThanOrEqual(mutants);
    },
  );
});

describe.skipIf(!hasDescriptions)('lives in mirrors of real descriptions', () => {
  test.each([
    ['petstore.yaml', 3],
    ['xero-files.yaml', 2],
    ['langfuse.yml', 14],
  ])('%s: what is made is shown and removed', async (file, lives) => {
    const { blueprint } = await readOpenApi(await loadSource(description(file)), {
      id: ServerId.parse('mirror'),
    });
    expect(await judgeLives(blueprint)).toEqual({ possible: lives, untrue: [] });
  });
});

test('a thing is known by what it was made with, wherever an answer holds it; another thing is not', () => {
  const made = { result: [{ key_id: 'k1', name: 'Deploy', scopes: ['read'] }] };
  const [known] = knownOf(made, { name: 'Deploy' }, 'key_id');
  expect(known?.name).toBe('k1');
  const thing = { key_id: 'k1', name: 'Deploy', scopes: ['read'] };
  expect(agreement({ data: thing }, thing)).toBe(3);
  expect(agreement({ data: { key_id: 'k1', name: 'Other', scopes: ['write'] } }, thing)).toBe(0);
});

test('answers that come in pieces, in chunks and several at once are told apart', () => {
  const statuses: number[] = [];
  const deframer = new Deframer((status) => statuses.push(status));
  const wire =
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 204 No Content\r\n\r\n' +
    'HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
  for (const byte of wire) deframer.take(Buffer.from(byte));
  deframer.take(Buffer.from(wire));
  expect(statuses).toEqual([200, 204, 201, 200, 204, 201]);
});
