import { HarEntry } from '@counterpart/schemas';
import { Fault } from '@counterpart/schemas/mirror/fault';
import { expect, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { faultsFrom, learnBehaviour, type KnownExchange } from './behaviour.ts';

const exchange = (operation: string, status: number, time: number): KnownExchange => ({
  operation,
  entry: HarEntry.parse({
    startedDateTime: '2026-01-31T12:00:00Z',
    time,
    request: { method: 'GET', url: 'https://shop.example/' },
    response: { status },
  }),
});
const TRAFFIC = [
  ...Array.from({ length: 8 }, (_, at) => exchange('list_items', 200, 100 + at * 10)),
  exchange('list_items', 503, 900),
  exchange('list_items', 404, 120),
  exchange('get_item', 200, 0),
];

test('what was recorded tells how often each operation was used, how it answered and how long it took', () => {
  verifies('M17');
  expect(learnBehaviour(TRAFFIC)).toEqual([
    {
      operation: 'list_items',
      calls: 10,
      statuses: { 200: 0.8, 404: 0.1, 503: 0.1 },
      latencyMs: { fastest: 100, median: 140, slowest: 900 },
    },
    { operation: 'get_item', calls: 1, statuses: { 200: 1 } },
  ]);
});

test('a mirror that learned it is as late and fails as often; refusals of wrong requests are not imitated', () => {
  const faults = learnBehaviour(TRAFFIC).flatMap(faultsFrom);
  expect(faults).toEqual([
    {
      kind: 'latency',
      id: 'learned-list-items-latency',
      operations: ['list_items'],
      rate: 1,
      ms: 100,
      jitterMs: 58,
      distribution: 'exponential',
    },
    { kind: 'error', id: 'learned-list-items-503', operations: ['list_items'], rate: 0.1, status: 503 },
  ]);
  expect(faults.map((fault) => Fault.safeParse(fault).error)).toEqual([undefined, undefined]);
  const odd = faultsFrom({ operation: `A__${'long'.repeat(30)}_`, calls: 1, statuses: { 500: 1 } });
  expect(odd.map((fault) => Fault.safeParse(fault).error)).toEqual([undefined]);
});
