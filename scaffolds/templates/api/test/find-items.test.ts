import { startService, testContext } from '@counterpart/kit/testing';
import { expect, test } from 'vitest';
import { findItems } from '../src/tools/find-items.ts';

test('items are asked for with words, limit and token, and come back with what is known of them', async () => {
  const asked: unknown[] = [];
  const service = await startService((request, response) => {
    asked.push([request.url, request.headers.authorization]);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([{ id: '1', name: 'Blue lamp', stock: 3 }]));
  });
  const settings = { TEMPLATE_TOKEN: 'token-of-a-test' };
  const { structuredContent } = await findItems.call(
    { words: 'lamp', limit: 5 },
    testContext({ baseUrl: service.url, settings }),
  );
  await service.close();
  expect(asked).toEqual([['/items?q=lamp&limit=5', 'Bearer token-of-a-test']]);
  expect(structuredContent).toEqual({ items: [{ id: '1', name: 'Blue lamp' }] });
});
