import { expect, test } from 'vitest';
import { isDeprecated, operationIdOf, tidyName } from './names.ts';

test.each([
  ['1.1 Get Tariffs', 'Get Tariffs'],
  ['02. List users', 'List users'],
  ['3 - Cancel order', 'Cancel order'],
  ['Step 4: Create order', 'Create order'],
  ['24 hour report', '24 hour report'],
  ['2.5D models', '2.5D models'],
  ['Get rates Copy 2', 'Get rates'],
  ['Cancel a pickup (deprecated)', 'Cancel a pickup'],
  ['Import/Export of orders', 'Import/Export of orders'],
  ['Webhooks / List', 'Webhooks / List'],
  ['{{base_url}}/rates', undefined],
  ['https://a.test/rates', undefined],
  ['GET /users', undefined],
  ['GET users/list', undefined],
  ['users/list', undefined],
  ['New Request', undefined],
  ['', undefined],
])('the name %j says %j', (name, tidy) => {
  expect(tidyName(name)).toBe(tidy);
});

test.each([
  [['Get Single Shipment by ID'], 'get-single-shipment-by-id'],
  [['Webhooks / List'], 'webhooks/list'],
  [['Create order', 'Create order with a gift'], 'create-order'],
  [['Create Shipment - Domestic', 'Create Shipment - International'], 'create-shipment'],
  [['List open orders', 'List closed orders', 'List all my orders'], 'list-orders'],
  [['Open orders', 'Closed orders'], undefined],
  [['Tracking'], undefined],
  [['{{base}}/a', 'Get a thing'], 'get-a-thing'],
  [['a b c d e f g h i j'], undefined],
])('requests called %j are the operation %j', (names, id) => {
  expect(operationIdOf(names)).toBe(id);
});

test('a mark says that a request is not to be used any more', () => {
  expect(['a (Deprecated)', '[OBSOLETE] b', 'remove deprecated ones'].map(isDeprecated)).toEqual([
    true,
    true,
    false,
  ]);
});
